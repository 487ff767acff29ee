"""The case page's questions: who sees what, why a case waits, and in how few statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.casework.care import CarePlan, Contact
from workflows.casework.case import Case, StageEntry
from workflows.casework.consent import Consent, SharingOverride
from workflows.casework.document import Document
from workflows.casework.errors import NotFound
from workflows.clock import FixedClock
from workflows.questions.case import case_page
from workflows.questions.caseload import Narrowed, caseload
from workflows.questions.documents import document, documents, names_ever
from workflows.questions.finding import find_nhs_number, find_person
from workflows.questions.involved import people_page
from workflows.questions.plans import plan_page


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


@contextmanager
def statements(office: Office) -> Iterator[list[str]]:
    """Gather the statements that reading sends to the database."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            sent.append(statement)

    engine = office.database._reader
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_an_excluded_colleague_finds_no_case_in_the_very_words_of_one_that_does_not_exist(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    case_id = town.case()
    assert case_page(town.desk(nurse), "ACM-000001").head.number == "ACM-000001"
    town.shut_out(case_id, nurse)
    with pytest.raises(NotFound) as excluded:
        case_page(town.desk(nurse), "ACM-000001")
    with pytest.raises(NotFound) as missing:
        case_page(town.desk(nurse), "ACM-999999")
    assert str(excluded.value) == str(missing.value)


def test_a_case_of_another_team_does_not_exist(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse north")
    town.case(team="east")
    with pytest.raises(NotFound):
        case_page(town.desk(nurse), "ACM-000001")


def test_overdue_tasks_come_first_and_stopped_clocks_last(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    case_id = town.case()
    town.task(case_id, due="+1d", name="Paused", paused_at=town.now)
    town.task(case_id, due="+2d", name="Later")
    town.task(case_id, due="-1d", name="Late")
    found = case_page(town.desk(nurse), "ACM-000001")
    assert [(task.name, task.overdue) for task in found.tasks] == [("Late", True), ("Later", False), ("Paused", False)]


def test_a_stage_that_was_left_is_done_and_one_passed_over_is_not_needed(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    case_id = town.case(stage="planning")
    for stage in ("referred", "triage", "planning"):
        town.add(StageEntry(case_id=case_id, stage=stage, entered_at=town.now))
    states = {stage.key: stage.state for stage in case_page(town.desk(nurse), "ACM-000001").journey}
    assert states["referred"] == states["triage"] == "done"
    assert (states["mdt"], states["planning"], states["active"]) == ("skipped", "here", "ahead")
    assert "identified" not in states


def test_the_plan_says_what_matters_before_the_assessment_and_the_referral(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    case_id = town.case()
    town.paper(case_id, "F01", {"views": "To be left in peace"})
    desk = town.desk(nurse)
    assert _words(desk) == ("To be left in peace", "referral")
    town.paper(case_id, "F11", {"hopes": "To see the sea"})
    assert _words(desk) == ("To see the sea", "assessment")
    town.paper(case_id, "F18", {"important_to_me": "My own bed"})
    assert _words(desk) == ("My own bed", "care plan")


def _words(desk: Any) -> tuple[str, str]:
    said = case_page(desk, "ACM-000001").own_words
    assert said is not None
    return said.text, said.said_in


def test_the_rule_for_visits_and_living_alone_are_told_first(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    case_id = town.case(flags=["safeguarding_open"])
    town.paper(case_id, "F14", {"visit_rule": "two_staff", "safe_word": "yes"})
    town.paper(case_id, "F11", {"lives_with": "alone"})
    alerts = [alert.text for alert in case_page(town.desk(nurse), "ACM-000001").head.strip.alerts]
    assert alerts == ["Safeguarding concern open", "Visit in pairs only", "A safe word is agreed", "Lives alone"]


def test_consent_says_with_whom_and_an_override_when_it_ends(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    case_id = town.case(sharing_scope="limited")
    ends = town.now + timedelta(days=14)
    town.add(
        Consent(
            case_id=case_id, basis="explicit_limited", may_proceed="limited", share_with=["gp"], valid_from=town.now,
            review_by=date(2027, 11, 1), details={"limits": "Not with housing"},
        ),
        SharingOverride(
            case_id=case_id, status="approved", items=[{"item": "Address"}], recipients=[{"name": "Ward 3"}],
            requested_at=town.now, expires_at=ends,
        ),
    )  # fmt: skip
    sharing = case_page(town.desk(nurse), "ACM-000001").sharing
    assert (sharing.basis, sharing.share_with, sharing.limits) == (
        "explicit_limited",
        "GP practice",
        "Not with housing",
    )
    assert sharing.override is not None
    assert (sharing.override.expires_at, sharing.override.items) == (ends, ("Address",))


def test_other_episodes_of_the_person_are_named_if_the_reader_may_open_them(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    first = town.case(stage="closed", closed_at=town.now, opened_at=town.now - timedelta(days=90))
    session = town.session()
    person_id = session.get_one(Case, first).person_id
    session.close()
    town.case()
    town.case(team="north")
    session = town.session()
    for case in session.query(Case):
        case.person_id = person_id
    session.commit()
    session.close()
    episodes = case_page(town.desk(nurse), "ACM-000002").episodes
    assert [(one.number, one.before) for one in episodes] == [("ACM-000001", True)]


def test_a_partner_sees_only_what_was_shared_and_its_own_work(town: SmallTown) -> None:
    partner = town.staff("Peg Partner", "vcse_partner east")
    case_id = town.case(sharing_scope="minimum", flags=["safeguarding_open"])
    town.name_in_override(case_id, partner)
    town.paper(case_id, "F01", {"views": "To be left in peace"})
    plan = town.paper(case_id, "F18", {"important_to_me": "My own bed"})
    town.task(case_id, role="nurse")
    town.task(case_id, role="vcse_partner", name="Visit")
    desk = town.desk(partner)
    page = case_page(desk, "ACM-000001")
    assert [task.name for task in page.tasks] == ["Visit"]
    assert (page.own_words, page.decisions, page.head.strip.alerts) == (None, (), ())
    assert documents(desk, "ACM-000001").total == 0
    with pytest.raises(NotFound):
        document(desk, "ACM-000001", plan)
    session = town.session()
    session.get_one(Case, case_id).share("limited", ["vcse"])
    session.commit()
    session.close()
    assert [each.form_key for each in documents(desk, "ACM-000001").forms] == ["F18"]
    assert people_page(desk, "ACM-000001").outsiders == ()


def test_padlocked_answers_are_restricted_for_who_may_not_read_them(town: SmallTown) -> None:
    clerk, nurse = town.staff("Cleo Clerk", "coordinator east"), town.staff("Nia Nurse", "nurse east")
    case_id = town.case()
    paper = town.paper(case_id, "F01", {"safe_contact": "Never ring in the evening"})
    assert "Never ring" in str(document(town.desk(nurse), "ACM-000001", paper).sections)
    assert "Never ring" not in str(document(town.desk(clerk), "ACM-000001", paper).sections)


def test_the_number_of_statements_does_not_grow_with_the_case(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    case_id = town.case()
    desk = town.desk(nurse)
    pages = (case_page, documents, people_page, plan_page)

    def sent() -> list[int]:
        numbers = []
        for page in pages:
            with statements(town.office) as told:
                page(desk, "ACM-000001")
            numbers.append(len(told))
        return numbers

    before = sent()
    for _ in range(15):
        town.task(case_id, assignee_id=nurse)
        town.paper(case_id, "F20", {"notes": "x"})
        town.watches(town.staff(f"Watcher {town.cases}{_}", "nurse east"), case_id)
    assert sent() == before
    assert max(before) <= 15


GOAL = {"statement": "See my sister", "target_date": "2026-12-24", "status": "not_started"}


def test_two_versions_of_a_plan_are_compared_goal_by_goal(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    case_id = town.case()
    first = town.paper(case_id, "F18", {"needs": "Help with stairs", "goals": [GOAL, {**GOAL, "statement": "Swim"}]})
    later = {"needs": "A stair lift", "goals": [{**GOAL, "target_date": "2027-01-31"}, {**GOAL, "statement": "Dance"}]}
    session = town.session()
    second = town.paper(case_id, "F18", later)
    session.get_one(Document, second).completed_at = town.now
    session.commit()
    session.close()
    town.add(
        CarePlan(case_id=case_id, number=1, document_id=first, valid_from=town.now, superseded_at=town.now),
        CarePlan(case_id=case_id, number=2, document_id=second, valid_from=town.now),
    )
    page = plan_page(town.desk(nurse), "ACM-000001", 2, 1)
    assert page.shown is not None
    assert page.shown.number == 2
    assert [goal.statement for goal in page.goals] == ["See my sister", "Dance"]
    told = page.difference
    assert told is not None
    assert (told.earlier, told.later, told.goals_added, told.goals_removed) == (1, 2, ("Dance",), ("Swim",))
    assert [change.about for change in told.goals_changed] == ["See my sister: By when?"]
    assert [(change.before, change.after) for change in told.answers] == [("Help with stairs", "A stair lift")]


def test_the_plan_names_the_same_next_review_as_the_case(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    case_id = town.case(next_review_at=datetime(2026, 12, 21, 17, tzinfo=UTC))
    plan = town.paper(case_id, "F18", {"next_review": "2026-12-22"})
    town.add(CarePlan(case_id=case_id, number=1, document_id=plan, valid_from=town.now))
    rows = [row.text for section in plan_page(town.desk(nurse), "ACM-000001").sections for row in section.rows]
    assert rows == ["21 December 2026 (agreed: 22 December 2026)"]


def test_a_review_knows_better_than_the_plan_how_a_goal_stands(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    case_id = town.case()
    plan = town.paper(case_id, "F18", {"goals": [GOAL]})
    town.add(CarePlan(case_id=case_id, number=1, document_id=plan, valid_from=town.now - timedelta(days=30)))
    town.paper(case_id, "F21", {"goals": [{"statement": "see my  SISTER", "status": "achieved"}]})
    assert plan_page(town.desk(nurse), "ACM-000001").goals[0].status == "achieved"


def test_the_caseload_counts_by_stage_and_puts_the_late_and_the_silent_first(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    quiet, spoken, late = (town.case(family=name) for name in ("Quiet", "Spoken", "Late"))
    town.case(stage="mdt", coordinator_id=nurse)
    town.case(team="north")
    paper = town.paper(spoken, "F20", {})
    town.add(
        Contact(case_id=spoken, document_id=paper, at=town.now - timedelta(days=2), route="phone", outcome="", by="Nia")
    )
    town.task(late, due="-2d")
    town.task(quiet, due="+2d")
    board = caseload(town.desk(nurse))
    assert [(column.stage, column.total, column.median_days) for column in board.columns] == [
        ("mdt", 1, 20),
        ("active", 3, 20),
    ]
    assert [card.person for card in board.columns[1].cards] == ["Ada Late", "Ada Quiet", "Ada Spoken"]
    assert [card.overdue for card in board.columns[1].cards] == [1, 0, 0]
    mine = caseload(town.desk(nurse), Narrowed(coordinator=str(nurse)))
    assert (mine.total, mine.coordinators) == (1, ((str(nurse), "Nia Nurse"),))


def test_the_middle_of_a_stage_counts_the_days_that_its_cards_tell(town: SmallTown, clock: FixedClock) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    town.case()
    clock.advance(timedelta(hours=14))
    (column,) = caseload(town.desk(nurse)).columns
    assert (column.cards[0].days_here, column.median_days) == (20, 20)


def test_the_caseload_takes_as_many_statements_for_many_as_for_one(town: SmallTown) -> None:
    desk = town.desk(town.staff("Nia Nurse", "nurse east"))
    town.case()
    with statements(town.office) as one:
        caseload(desk)
    for _ in range(20):
        town.case()
    with statements(town.office) as many:
        caseload(desk)
    assert len(one) == len(many)


def test_a_person_is_found_by_a_part_of_the_name_the_case_number_or_the_nhs_number(town: SmallTown) -> None:
    desk = town.desk(town.staff("Nia Nurse", "nurse east"))
    case_id = town.case(given="Özlem", family="Kaya")
    town.case(given="Ada", family="Khan", team="north")
    session = town.session()
    session.get_one(Case, case_id).person.nhs_number = "9990000018"
    session.commit()
    session.close()
    for words in ("kay", "ÖZLEM kaya", "acm-1", "ACM-000001"):
        assert [found.person for found in find_person(desk, words).found] == ["Özlem Kaya"], words
    assert [found.number for found in find_nhs_number(desk, "9990000018").found] == ["ACM-000001"]
    assert find_person(desk, "khan").found == ()
    assert find_person(desk, "999 000 0018").found == ()
    assert find_person(desk, "k").too_short


def test_a_document_names_a_role_as_people_do(town: SmallTown) -> None:
    town.case()
    names = {choice.value: choice.label for choice in names_ever(town.session(), town.programme_id)["role"]}
    assert names["gp_lead"] == "GP lead and MDT chair"
