"""Lists of candidates: what a file may look like, what is wrong in it, and how it is taken in."""

from __future__ import annotations

import time
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders.walked_case import Town
from tests.builders.ways_in import COORDINATOR, a_list, csv_file, take_in
from workflows.actions import lists, tasks
from workflows.actions.list_files import LARGEST, MOST_ROWS, read_file
from workflows.casework.case import Case
from workflows.casework.diagram import DecisionRecord
from workflows.casework.document import Document
from workflows.casework.errors import AnswersRefused, NotAllowed, RuleBroken
from workflows.casework.programme import Practice
from workflows.casework.referral import Candidate, CandidateList
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.questions import api
from workflows.questions import lists as asked
from workflows.questions.known import known_for
from workflows.questions.task_form import task_form


def complaint(content: bytes) -> str:
    with pytest.raises(AnswersRefused) as refused:
        read_file(content)
    return refused.value.errors["file"]


def problems(town: Town, list_id: UUID) -> dict[int, list[tuple[str, str]]]:
    page = asked.list_page(town.office.desk(town.who(COORDINATOR)), list_id)
    return {row.row: list(row.problems) for row in page.problems}


def identified(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Case).where(Case.stage == "identified")) or 0


def test_a_file_with_a_byte_order_mark_is_read() -> None:
    assert len(read_file(b"\xef\xbb\xbf" + csv_file({}, {})).lines) == 2


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_separate_cells(separator: str) -> None:
    line = read_file(csv_file({"family_name": "Khan"}, separator=separator)).lines[0]
    assert line.cells["family_name"] == "Khan"


def test_a_file_of_an_older_spreadsheet_keeps_its_accents() -> None:
    content = csv_file(*({"family_name": "Müller", "given_name": "Zoë"} for _ in range(3)))
    assert read_file(content.decode().encode("cp1252")).lines[0].cells["family_name"] == "Müller"


@pytest.mark.parametrize(
    ("encoding", "family_name", "read"),
    [("mac_roman", "Müller", "MŸller"), ("cp1254", "Yıldız", "Yýldýz")],
)
def test_letters_that_were_guessed_are_shown_before_anybody_is_named_by_them(
    town: Town, encoding: str, family_name: str, read: str
) -> None:
    content = csv_file(*({"family_name": family_name} for _ in range(3))).decode().encode(encoding)
    desk = town.office.desk(town.who(COORDINATOR))
    with pytest.raises(AnswersRefused) as refused:
        lists.upload_list(desk, "acm", "efi_search", "mac.csv", content)
    assert f"“{read}”" in refused.value.errors["letters"]
    lists.upload_list(desk, "acm", "efi_search", "mac.csv", content, letters_right=True)
    assert read_file(csv_file({"family_name": family_name})).guessed == ()


def test_what_our_own_file_puts_before_a_formula_is_taken_off_again() -> None:
    lines = read_file(csv_file(*({"family_name": name} for name in ("'=cmd()", "'-Smith", "'t Hooft")))).lines
    assert [line.cells["family_name"] for line in lines] == ["=cmd()", "-Smith", "'t Hooft"]


def test_the_wrong_encoding_is_named_with_what_to_do() -> None:
    text = csv_file({"family_name": "Müller"}).decode()
    assert "not saved as UTF-8" in complaint(text.encode("utf-16"))
    assert "neither UTF-8 nor Windows-1252" in complaint(csv_file({}) + bytes(range(0x80, 0xA0)) * 20)


def test_a_spreadsheet_or_a_picture_is_not_taken_for_a_csv() -> None:
    assert "spreadsheet" in complaint(b"PK\x03\x04 a workbook")
    assert "not a CSV" in complaint(b"%PDF-1.7 a letter")


def test_an_open_quotation_mark_does_not_swallow_the_rest() -> None:
    assert "quotation mark" in complaint(csv_file({"family_name": '"Khan'}, {}))


def test_missing_and_doubled_headings_are_named() -> None:
    assert "A column is missing: gp_practice." in complaint(b"nhs_number,family_name,given_name,dob\n1,2,3,4\n")
    four = complaint(b"nhs_number,phone\n1,2\n")
    assert "4 columns are missing: family_name, given_name, dob and gp_practice." in four
    assert "twice: dob" in complaint(b"nhs_number,family_name,given_name,dob,gp_practice,dob\n1,2,3,4,5,6\n")
    assert "None of them was found" in complaint(b"hello\nworld\n")


def test_headings_may_be_the_words_of_the_forms() -> None:
    headings = ("NHS number", "Family name", "First name", "Date of birth", "GP practice")
    content = ",".join(headings) + "\n999 000 0018,Khan,Amina,27/03/1941,ZZ003\n"
    (line,) = read_file(content.encode()).lines
    assert (line.cells["given_name"], line.cells["dob"]) == ("Amina", "27/03/1941")


def test_an_empty_file_and_one_without_rows_are_refused() -> None:
    assert complaint(b"  \n") == "The file is empty."
    assert "no rows" in complaint(csv_file())


def test_five_megabytes_and_twenty_thousand_rows_are_the_most() -> None:
    assert "5 MB" in complaint(b"x" * (LARGEST + 1))
    header, row = csv_file({}).split(b"\r\n")
    assert "20,001 rows" in complaint(b"\n".join([header, *([row] * (MOST_ROWS + 1))]))


def test_other_columns_are_left_out_and_named() -> None:
    assert read_file(csv_file({}, headings=(*csv_headings(), "favourite_colour"))).unknown == ("favourite_colour",)


def csv_headings() -> tuple[str, ...]:
    return tuple(csv_file().decode().split(","))


def test_each_fault_is_told_by_row_and_column(town: Town) -> None:
    content = csv_file(
        {"nhs_number": "999 000 0019"},
        {"nhs_number": "1111111111"},
        {"family_name": "", "dob": "31/02/1941"},
        {"gp_practice": "P84001"},
        {"dob": "27/03/2027"},
        {"dob": "27/03/41"},
    )
    found = problems(town, a_list(town, content))
    assert found[2] == [("nhs_number", "NHS number is not a real NHS number; check each digit")]
    assert found[3] == [("nhs_number", "NHS number is not a real NHS number; check each digit")]
    assert [column for column, _ in found[4]] == ["family_name", "dob"]
    assert found[5][0][1].startswith("“P84001” is not a practice of Active Case Management")
    assert found[6] == [("dob", "Date of birth must be today or in the past")]
    assert found[7] == [("dob", "Write the year with four digits, like 27/03/1941")]


def test_a_practice_may_be_named_and_the_page_says_which_was_understood(town: Town) -> None:
    named = ({"gp_practice": cell} for cell in ("Copper Kettle Lane Surgery", "copper kettle lane", "zz003"))
    page = asked.list_page(town.office.desk(town.who(COORDINATOR)), a_list(town, csv_file(*named)))
    assert [row.cells["gp_practice"] for row in page.good] == ["ZZ003", "ZZ003", "ZZ003"]
    assert page.practices == {"ZZ003": "Copper Kettle Lane Surgery"}


def test_a_name_that_may_mean_another_practice_is_asked_back_with_what_it_may_mean(town: Town) -> None:
    found = problems(town, a_list(town, csv_file({"gp_practice": "Coper Kettle Lane"}, {"gp_practice": "Elsewhere"})))
    assert found[2] == [
        (
            "gp_practice",
            "“Coper Kettle Lane” is not a practice of Active Case Management. "
            "Do you mean Copper Kettle Lane Surgery (ZZ003)? Use the code",
        )
    ]
    assert found[3][0][1].endswith("Use the code or the name in its register")


def test_a_practice_that_has_closed_is_said_to_have_closed(town: Town) -> None:
    with town.office.desk().work() as work:
        practice = work.session.scalars(select(Practice).where(Practice.code == "ZZ003")).one()
        practice.valid_to = date(2026, 11, 1)
        practice.happened("practice ended")
        work.commit()
    rows = ({"gp_practice": cell} for cell in ("ZZ003", "Copper Kettle Lane Surgery"))
    found = problems(town, a_list(town, csv_file(*rows)))
    assert {told for _, told in (*found[2], *found[3])} == {
        "Copper Kettle Lane Surgery closed on 1 November 2026. Use the practice that the person is registered with now"
    }


@pytest.mark.parametrize("dob", ["1941-03-27", "27/3/1941", "27.03.1941", "27-Mar-1941", "27 March 1941"])
def test_dates_are_read_as_spreadsheets_write_them(town: Town, dob: str) -> None:
    list_id = a_list(town, csv_file({"dob": dob}))
    page = asked.list_page(town.office.desk(town.who(COORDINATOR)), list_id)
    assert page.good[0].cells["dob"] == "1941-03-27"


def test_the_programmes_own_table_refuses_children(town: Town) -> None:
    found = problems(town, a_list(town, csv_file({"dob": "17/11/2008"}, {"dob": "16/11/2008"})))
    assert list(found) == [2]
    assert "under 18" in found[2][0][1]


def test_the_same_number_twice_in_a_file_is_found(town: Town) -> None:
    found = problems(town, a_list(town, csv_file({"nhs_number": "9990000018"}, {"nhs_number": "999 000 0018"})))
    assert found == {3: [("nhs_number", "The same NHS number stands in row 2. Keep one")]}


def test_where_two_people_stand_under_one_number_neither_is_taken_in(town: Town) -> None:
    rows = ({"family_name": "Twin"}, {"family_name": "Twine"}, {"family_name": "TWIN"})
    found = problems(town, a_list(town, csv_file(*({"nhs_number": "9990000018"} | row for row in rows))))
    whose = "The same NHS number stands with another name or date of birth in row {}. Find out whose it is"
    assert found == {
        2: [("nhs_number", whose.format(3))],
        3: [("nhs_number", whose.format(2))],
        4: [("nhs_number", whose.format(3))],
    }


def test_somebody_with_an_open_case_is_not_nominated_again(town: Town) -> None:
    town.refer()
    found = problems(town, a_list(town, csv_file({"nhs_number": "9990000018"}, {})))
    assert found == {2: [("nhs_number", "This person already has an open case here")]}


def test_whom_the_person_left_out_learns_of_no_case_through_a_list(town: Town) -> None:
    town.shut_out(town.refer(), COORDINATOR)
    ((_, told),) = problems(town, a_list(town, csv_file({"nhs_number": "9990000018"})))[2]
    assert "case" not in told


def test_somebody_whose_nomination_nobody_has_looked_at_is_said_to_be_nominated(town: Town) -> None:
    confirmed = a_list(town, csv_file({"nhs_number": "9990000018"}))
    lists.confirm_list(town.office.desk(town.who(COORDINATOR)), confirmed)
    take_in(town, confirmed)
    ((_, told),) = problems(town, a_list(town, csv_file({"nhs_number": "9990000018"})))[2]
    assert told.endswith("somebody has yet to look at the nomination")


def test_a_score_needs_its_name_and_date(town: Town) -> None:
    found = problems(town, a_list(town, csv_file({"score": "12"}, headings=(*csv_headings(), "score"))))
    assert [column for column, _ in found[2]] == ["score_name", "score_date"]


def test_nothing_is_taken_in_before_somebody_confirms(town: Town) -> None:
    list_id = a_list(town, csv_file({}, {}))
    assert take_in(town, list_id) == 0
    assert town.ask(identified) == 0


def test_a_confirmed_list_makes_a_case_and_a_review_for_each_good_row(town: Town) -> None:
    list_id = a_list(town, csv_file({}, {"nhs_number": "1234567890"}, {}))
    lists.confirm_list(town.office.desk(town.who(COORDINATOR)), list_id)
    take_in(town, list_id)
    reviews = town.ask(lambda s: s.scalars(select(Task).where(Task.key == "review_nomination")).all())
    assert len(reviews) == 2
    assert {task.case.stage for task in reviews} == {"identified"}
    assert {task.case.source for task in reviews} == {"risk_list"}


def nominated(town: Town, content: bytes) -> str:
    """Take a list of one in and let triage offer help; returns the case number."""
    list_id = a_list(town, content)
    lists.confirm_list(town.office.desk(town.who(COORDINATOR)), list_id)
    take_in(town, list_id)
    number = town.ask(lambda s: s.scalars(select(Case.number)).one())
    town.do(number, "review_nomination", nominate="yes")
    return str(number)


def advised(town: Town, number: str) -> str:
    """What the rules say of whether the programme suits the person."""
    said = select(DecisionRecord.outputs).join(Case, Case.id == DecisionRecord.case_id)
    verdict = said.where(Case.number == number, DecisionRecord.table == "suitability_verdict")
    return str(town.ask(lambda s: s.scalars(verdict).one())["suitability_verdict"])


def a_review(town: Town) -> Task:
    """The review of somebody who was on a list with a score."""
    scored = csv_file(
        {"score": "0.31", "score_name": "eFI", "score_date": "01/11/2026"},
        headings=(*csv_headings(), "score", "score_name", "score_date"),
    )
    list_id = a_list(town, scored)
    lists.confirm_list(town.office.desk(town.who(COORDINATOR)), list_id)
    take_in(town, list_id)
    found: Task = town.ask(lambda s: s.scalars(select(Task).where(Task.key == "review_nomination")).one())
    return found


def test_the_review_does_not_ask_again_what_the_list_said_but_shows_it(town: Town) -> None:
    triage, review = town.office.desk(town.who("Siobhan")), a_review(town)
    assert task_form(triage, review.id).sections == ("decision",)
    said = {row.label: row.text for paper in known_for(triage, review.id).earlier for row in paper.sections[0].rows}
    assert said["Which list was the person on?"] == "Frailty search (eFI)"
    assert said["Risk score"] == "0.31"
    tasks.complete_task(triage, review.id, {"nominate": ["yes"]})


def test_a_review_of_an_older_diagram_that_asks_for_the_list_begins_with_it(town: Town) -> None:
    triage, review = town.office.desk(town.who("Siobhan")), a_review(town)
    with town.office.desk().work() as work:
        task = work.session.get_one(Task, review.id)
        task.properties = {name: value for name, value in task.properties.items() if name != "sections"}
        task.happened("opened by an older diagram")
        work.commit()
    raw = task_form(triage, review.id).raw
    assert (raw["list_source"], raw["risk_score"]) == (["efi_search"], ["0.31"])
    assert raw["score_date[day]"] == ["1"]


def test_a_row_knows_its_case_and_no_longer_holds_what_it_said(town: Town) -> None:
    list_id = a_list(town, csv_file({}))
    lists.confirm_list(town.office.desk(town.who(COORDINATOR)), list_id)
    take_in(town, list_id)
    row = town.ask(lambda s: s.scalars(select(Candidate)).one())
    assert row.case_id is not None
    assert row.answers == {}


def test_what_the_list_said_stands_in_the_case(town: Town) -> None:
    said = {"score": "12.5", "score_name": "eFI", "score_date": "01/11/2026"}
    list_id = a_list(town, csv_file(said, headings=(*csv_headings(), *said)))
    lists.confirm_list(town.office.desk(town.who(COORDINATOR)), list_id)
    take_in(town, list_id)
    papers = {paper.form_key: paper for paper in town.ask(lambda s: s.scalars(select(Document)).all())}
    assert papers["F00"].answers["list_source"] == "efi_search"
    assert papers["F00"].answers["risk_score"] == 12.5
    assert papers["F01"].answers["gp_registered"] == "yes"


def test_what_the_list_knows_of_the_four_groups_counts_at_triage(town: Town) -> None:
    said = {
        "ed_12m": "9", "ltcs": "COPD; diabetes", "multi_ltc": "Yes", "frailty_factors": "falls", "hiu_flag": "no",
        "risk_admission": "", "preventable": "", "reason": "Nine visits",
    }  # fmt: skip
    number = nominated(town, csv_file(said, headings=(*csv_headings(), *said)))
    papers = town.ask(lambda s: s.scalars(select(Document).order_by(Document.form_key)).all())
    answers = {paper.form_key: paper.answers for paper in papers}
    assert [answers["F01"].get(name) for name in ("ed_12m", "ltcs", "multi_ltc")] == [9, ["copd", "diabetes"], True]
    assert "hiu_flag" not in answers["F01"]
    assert "question" not in answers["F01"]  # nobody referred
    assert "Nine visits" in [paper.answers.get("list_reason") for paper in papers]
    assert advised(town, number) == "strongly_suitable"


def test_a_list_that_says_nothing_of_the_groups_speaks_against_nobody(town: Town) -> None:
    number = nominated(town, csv_file({"reason": "Falls"}, headings=(*csv_headings(), "reason")))
    assert advised(town, number) == "not_known"
    town.do(number, "triage_referral", priority="planned", changed_advice="no", override_reason=None)
    assert town.case(number).stage == "consent"
    (triage,) = [task for task in town.ask(lambda s: s.scalars(select(Task)).all()) if task.key == "triage_referral"]
    known = known_for(town.office.desk(town.who("Siobhan")), triage.id)
    assert known.asked is None
    assert "Falls" in {row.text for paper in known.beside for part in paper.sections for row in part.rows}


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"ed_12m": "many"}, "ed_12m"),
        ({"hiu_flag": "perhaps"}, "hiu_flag"),
        ({"frailty_factors": "falls; flying"}, "frailty_factors"),
        ({"risk_admission": "yes"}, "preventable"),
        ({"risk_admission": "yes", "preventable": "very"}, "preventable"),
    ],
)
def test_what_cannot_be_read_of_the_groups_is_said_at_its_column(town: Town, cells: dict[str, str], wrong: str) -> None:
    headings = (*csv_headings(), "ed_12m", "hiu_flag", "frailty_factors", "risk_admission", "preventable")
    assert [column for column, _ in problems(town, a_list(town, csv_file(cells, headings=headings)))[2]] == [wrong]


def test_a_part_of_a_list_is_seen_by_nobody(town: Town) -> None:
    desk = town.office.desk(town.who(COORDINATOR))
    list_id = a_list(town, csv_file({}, {}, {}))
    lists.confirm_list(desk, list_id)
    lists.import_next_rows(town.office.desk(), list_id, 2)
    assert town.ask(identified) == 2
    assert api.cases(desk, api.CaseWanted()).items == ()
    take_in(town, list_id)
    assert len(api.cases(desk, api.CaseWanted()).items) == 3


def test_a_list_goes_on_where_it_stopped(town: Town) -> None:
    list_id = a_list(town, csv_file(*({} for _ in range(5))))
    lists.confirm_list(town.office.desk(town.who(COORDINATOR)), list_id)
    lists.import_next_rows(town.office.desk(), list_id, 2)
    assert lists.lists_under_way(town.office.desk()) == [list_id]
    take_in(town, list_id, batch=2)
    take_in(town, list_id, batch=2)
    assert town.ask(identified) == 5
    assert lists.lists_under_way(town.office.desk()) == []


def test_a_batch_that_dies_leaves_nothing_behind(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    list_id = a_list(town, csv_file({}, {}, {}))
    lists.confirm_list(town.office.desk(town.who(COORDINATOR)), list_id)
    real, times = lists.start_process, [0]

    def dies_at_the_second(*given: object, **named: object) -> object:
        times[0] += 1
        if times[0] == 2:
            raise MemoryError
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(lists, "start_process", dies_at_the_second)
    with pytest.raises(MemoryError):
        lists.import_next_rows(town.office.desk(), list_id, 3)
    assert town.ask(identified) == 0
    take_in(town, list_id)
    assert town.ask(identified) == 3


def test_somebody_referred_meanwhile_is_left_out_when_the_list_is_taken_in(town: Town) -> None:
    list_id = a_list(town, csv_file({"nhs_number": "9990000018"}, {}))
    lists.confirm_list(town.office.desk(town.who(COORDINATOR)), list_id)
    town.refer()
    take_in(town, list_id)
    found = town.ask(lambda s: s.get_one(CandidateList, list_id))
    assert (found.status, found.good, found.done) == ("imported", 1, 1)
    assert 2 in problems(town, list_id)


def test_a_person_we_know_is_not_entered_a_second_time(town: Town) -> None:
    known = town.case(town.refer())
    session = town.office.database.writing()
    session.get_one(Case, known.id).close("goals_met", town.office.clock.now(), date(2035, 1, 1))
    session.commit()
    session.close()
    list_id = a_list(town, csv_file({"nhs_number": "9990000018"}))
    lists.confirm_list(town.office.desk(town.who(COORDINATOR)), list_id)
    take_in(town, list_id)
    nominated = town.ask(lambda s: s.scalars(select(Case).where(Case.stage == "identified")).one())
    assert nominated.person_id == known.person_id


def test_a_discarded_list_keeps_nothing_of_anybody(town: Town) -> None:
    desk = town.office.desk(town.who(COORDINATOR))
    list_id = a_list(town, csv_file({}, {"dob": "never"}))
    lists.discard_list(desk, list_id)
    assert town.ask(lambda s: s.scalars(select(Candidate)).all()) == []
    with pytest.raises(RuleBroken):
        lists.confirm_list(desk, list_id)


def test_rows_that_nobody_worked_on_for_a_month_are_forgotten(town: Town, clock: FixedClock) -> None:
    taken, left = a_list(town, csv_file({}, {"dob": "never"})), a_list(town, csv_file({}))
    lists.confirm_list(town.office.desk(town.who(COORDINATOR)), taken)
    take_in(town, taken)
    assert lists.forget_old_rows(town.office.desk()) == 0
    clock.advance(timedelta(days=31))
    assert lists.forget_old_rows(town.office.desk()) == 2
    assert lists.forget_old_rows(town.office.desk()) == 0
    assert [row.list_id for row in town.ask(lambda s: s.scalars(select(Candidate)).all())] == [taken]
    assert town.ask(lambda s: s.get_one(CandidateList, left)).status == "discarded"


def test_a_referrer_or_analyst_brings_no_lists(town: Town) -> None:
    for name in ("Brennan", "Farkas"):
        with pytest.raises(NotAllowed):
            lists.upload_list(town.office.desk(town.who(name)), "acm", "efi_search", "x.csv", csv_file({}))


def test_a_list_belongs_to_its_programme(town: Town) -> None:
    list_id = a_list(town, csv_file({}))
    elsewhere = town.office.desk(town.who("Iqbal"))
    assert asked.all_lists(elsewhere) == []
    with pytest.raises(NotAllowed):
        lists.confirm_list(elsewhere, list_id)


def test_a_thousand_rows_would_take_well_under_a_minute(town: Town) -> None:
    list_id = a_list(town, csv_file(*({} for _ in range(250))))
    lists.confirm_list(town.office.desk(town.who(COORDINATOR)), list_id)
    began = time.process_time()  # what this process works: the machine may have other things to do
    take_in(town, list_id)
    assert town.ask(identified) == 250
    assert (time.process_time() - began) * 4 < 45


def test_the_review_of_a_nomination_lies_in_triages_pool(town: Town) -> None:
    list_id = a_list(town, csv_file({}))
    lists.confirm_list(town.office.desk(town.who(COORDINATOR)), list_id)
    take_in(town, list_id)
    triage = town.office.desk(town.who("Kelly"))
    assert [task.key for task in api.tasks(triage, api.TaskWanted(view="pool")).items] == ["review_nomination"]
