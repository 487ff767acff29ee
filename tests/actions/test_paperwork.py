"""Reading a form for a case: what counts of what was said before, and which days it is held against."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.builders.filled_forms import filled
from tests.builders.small_town import SmallTown
from workflows.actions.amending import amend_document
from workflows.actions.paperwork import Occasion, known_days, read_form
from workflows.assembly import Office
from workflows.casework.care import HospitalEpisode
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.errors import AnswersRefused, LookAgain
from workflows.duties.papers import merged
from workflows.storage import cases
from workflows.storage.lookups import lookups_for

LAST_WEEK = {"checked_on": "2026-11-10", "still_in_hospital": "yes"}


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


def read(town: SmallTown, form_key: str, raw: dict[str, list[str]], *sections: str) -> dict[str, object]:
    """Read a form for the town's one case."""
    desk = town.office.desk()
    with desk.work() as work:
        case = work.session.query(Case).one()
        occasion = Occasion(case, sections or None, checked=())
        return read_form(work, desk.forms.form(form_key), raw, case.programme, occasion)


def a_day(name: str, day: str) -> dict[str, list[str]]:
    year, month, number = day.split("-")
    return {f"{name}[day]": [number], f"{name}[month]": [month], f"{name}[year]": [year]}


def test_last_week_s_decision_is_not_taken_for_this_week_s(town: SmallTown) -> None:
    case = town.case()
    town.paper(case, "F24", {"admitted_at": "2026-11-08T10:00:00+00:00", "hospital": "X", "planned": "emergency"})
    town.paper(case, "F24", LAST_WEEK, sections=["weekly_check"])
    with pytest.raises(AnswersRefused) as refused:
        read(town, "F24", a_day("checked_on", "2026-11-16"), "weekly_check")
    assert set(refused.value.errors) == {"still_in_hospital"}


def test_what_other_sections_say_still_counts(town: SmallTown) -> None:
    case = town.case()
    town.paper(case, "F24", {"admitted_at": "2026-11-08T10:00:00+00:00", "hospital": "X", "planned": "emergency"})
    answers = {"still_in_hospital": ["yes"]}
    with pytest.raises(AnswersRefused) as refused:
        read(town, "F24", {**a_day("checked_on", "2026-11-07"), **answers}, "weekly_check")
    assert "When was the person admitted?" in refused.value.errors["checked_on"]
    assert read(town, "F24", {**a_day("checked_on", "2026-11-08"), **answers}, "weekly_check")


def test_whether_a_case_stays_open_through_a_long_stay_is_asked_of_the_manager_alone(town: SmallTown) -> None:
    case = town.case()
    town.paper(case, "F24", {"admitted_at": "2026-11-08T10:00:00+00:00", "hospital": "X", "planned": "emergency"})
    asked = {**a_day("checked_on", "2026-11-16"), "still_in_hospital": ["yes"]}
    assert "weekly_check" not in read(town, "F24", asked, "weekly_check")
    with pytest.raises(AnswersRefused) as refused:
        read(town, "F24", asked, "weekly_check", "long_stay")
    assert set(refused.value.errors) == {"weekly_check"}


@pytest.mark.parametrize(("key", "said"), [("F20", {"with": ["person"]}), ("F43", {"reached": "nobody"})])
def test_a_visit_to_a_home_that_nobody_is_to_visit_is_asked_about(
    town: SmallTown, key: str, said: dict[str, Any]
) -> None:
    case = town.case()
    town.paper(case, "F14", {"visit_rule": "no_home_visits", "visit_reason": "The dog bites."})
    form = town.office.desk().forms.form(key)
    raw = filled(form, today=town.office.desk().today, type="visit", **said)
    with pytest.raises(LookAgain) as unusual:
        read(town, key, raw)
    assert "no visits at home" in unusual.value.warnings["type"]
    assert read(town, key, {**raw, "type": ["phone"]})


def test_what_is_unusual_is_raised_only_where_somebody_reads_it(town: SmallTown) -> None:
    town.case()
    desk, form = town.office.desk(), town.office.desk().forms.form("F20")
    raw = filled(form, today=desk.today) | {"at[day]": ["15"], "at[month]": ["11"], "at[year]": ["2026"]}
    assert read(town, "F20", raw)
    measured = a_day("measured_on", "2026-09-01")
    asked = filled(desk.forms.form("F12"), today=desk.today) | measured | {"tools_used": ["none"], "assessor": []}
    with pytest.raises(LookAgain) as doubted:
        read(town, "F12", asked)
    assert list(doubted.value.warnings) == ["measured_on"]
    with desk.work() as work:
        case = work.session.query(Case).one()
        assert read_form(work, desk.forms.form("F12"), asked, case.programme, Occasion(case))


def test_a_case_knows_when_it_was_opened_and_when_the_person_last_left_hospital(town: SmallTown) -> None:
    case = town.case(opened_at=town.now - timedelta(days=3))
    for days in (2, 1):
        town.add(
            HospitalEpisode(
                case_id=case, admitted_at=town.now - timedelta(days=3), hospital="X", planned="emergency",
                discharged_at=town.now - timedelta(days=days), destination="usual_home",
            )
        )  # fmt: skip
    with town.office.desk().looking() as session:
        known = known_days(session, session.get_one(Case, case), town.now + timedelta(seconds=40))
    assert known == {
        "opened": "2026-11-13",
        "referred": "2026-11-13",
        "born": "1942-03-01",
        "left_hospital": "2026-11-15",
        "raised": "2026-11-16T09:00:00+00:00",
    }


def test_a_form_is_told_the_days_it_asks_for_and_no_others(town: SmallTown) -> None:
    forms = town.office.desk().forms
    assert forms.form("F24b").days_asked == {"left_hospital"}
    assert forms.form("F26").days_asked >= {"born", "opened"}, "a limit of a date and a condition"
    assert not forms.form("F36").days_asked, "a note asks for none, so nothing is looked up for it"
    with town.office.desk().looking() as session:
        known = known_days(session, session.get_one(Case, town.case()), asked=forms.form("F24b").days_asked)
    assert known == {}, "nobody was in hospital"


def test_a_correction_is_judged_by_the_day_of_the_document_it_corrects(town: SmallTown) -> None:
    """The next review was to come when the review was written; that it is past by now is no fault."""
    nurse = town.desk(town.staff("Nia Nurse", "nurse east"))
    case, form = town.case(), nurse.forms.form("F21")
    with nurse.looking() as session:
        found = session.get_one(Case, case)
        lookups = lookups_for(session, found.programme, nurse.today, found)
    raw = filled(form, today=nurse.today, lookups=lookups, decision="continue", next_review="2026-11-10")
    answers = form.read(raw, today=(town.now - timedelta(days=10)).date(), lookups=lookups).answers
    town.paper(case, "F21", answers)
    with nurse.looking() as session:
        document = session.query(Document).one()
    town_session = town.session()
    town_session.get_one(Document, document.id).completed_at = town.now - timedelta(days=10)
    town_session.commit()
    town_session.close()
    with pytest.raises(AnswersRefused):
        read(town, "F21", raw)
    assert amend_document(nurse, document.id, raw, "A word was missing")


def test_correcting_an_old_document_does_not_make_it_the_newest(town: SmallTown) -> None:
    case = town.case()
    old = town.paper(case, "F18", {"early_signs": "Silnet", "important_to_me": "My cat"})
    part = town.paper(case, "F18", {"early_signs": "In bed"}, sections=["contingency"], number=2)
    town.paper(case, "F18", {"early_signs": "Silent", "important_to_me": "My cat"}, amends_id=old, number=3)
    with town.session() as session:
        assert merged(cases.documents_of(session, case, "F18")) == {
            "early_signs": "In bed",
            "important_to_me": "My cat",
        }
        newest = cases.newest_document(session, case, "F18")
        assert newest is not None
        assert newest.id == part
