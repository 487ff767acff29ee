"""A recent assessment of an earlier episode is offered to begin with; what must be asked anew is never copied."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.builders.small_town import SmallTown
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import at_work, said
from webapp import create_app
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.programme import ProgrammeSetting
from workflows.questions.earlier_assessment import Earlier
from workflows.questions.task_form import task_form

SAID: dict[str, Any] = {
    "hopes": "To walk to the market again",
    "good_day": "When my sister rings",
    "conditions": ["copd"],
    "pain": 4,
    "self_harm": "no",
    "phq2": {"items": {}, "version": 1, "complete": False},
    "fire_risk": "no",
    "domestic_abuse": "no",
    "recommendation": "case_manage",
    "what_matters_done_by": "somebody",
    "what_matters_done_at": "2026-09-01",
}


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


@pytest.fixture
def nurse(town: SmallTown) -> UUID:
    """A nurse of East."""
    return town.staff("Nia Nurse", "nurse east")


def came_back(town: SmallTown, days_ago: int = 60, team: str = "east", **given: Any) -> UUID:
    """Somebody who was assessed so many days ago, in an episode that is over, and is with us again."""
    before = town.case(team=team, closed_at=town.now - timedelta(days=20), closure_reason="goals_met", **given)
    town.paper(before, "F11", SAID, completed_at=town.now - timedelta(days=days_ago))
    session = town.session()
    person = session.get_one(Case, before).person_id
    session.close()
    now = town.case()
    session = town.session()
    again = session.get_one(Case, now)
    again.person_id, again.previous_case_id = person, before
    session.commit()
    session.close()
    return now


def asked(town: SmallTown, case_id: UUID, nurse: UUID, **given: Any) -> UUID:
    return town.task(case_id, form_key="F11", assignee_id=nurse, **given)


def offered(town: SmallTown, nurse: UUID, case_id: UUID, **given: Any) -> Earlier | None:
    return task_form(town.desk(nurse), asked(town, case_id, nurse, **given)).earlier


def test_a_recent_assessment_is_offered_and_nothing_is_copied_unasked(town: SmallTown, nurse: UUID) -> None:
    found = task_form(town.desk(nurse), asked(town, came_back(town), nurse))
    assert found.earlier is not None
    assert (found.earlier.case_number, found.earlier.on) == ("ACM-000001", date(2026, 9, 17))
    assert (found.begun_with_it, "hopes" in found.raw) == (False, False)


def test_it_is_not_offered_to_whoever_was_told_that_it_should_not_be_copied(town: SmallTown, nurse: UUID) -> None:
    again = came_back(town)
    town.paper(again, "F30", {"copy_assessment": "no"})
    assert offered(town, nurse, again) is None


def test_what_can_change_in_a_day_and_what_is_a_judgement_is_asked_anew(town: SmallTown, nurse: UUID) -> None:
    found = task_form(town.desk(nurse), asked(town, came_back(town), nurse), with_earlier=True)
    assert found.begun_with_it
    assert found.raw["hopes"] == ["To walk to the market again"]
    assert found.raw["pain"] == ["4"]
    assert found.raw["what_matters_done_at[day]"] == ["16"]  # done today, by whoever does it
    assert found.raw["what_matters_done_by"] == [str(nurse)]
    begun = {name.partition(".")[0].partition("[")[0] for name in found.raw}
    assert begun & {"self_harm", "phq2", "fire_risk", "domestic_abuse", "recommendation"} == set()


def test_what_this_episode_knows_counts_and_choices_are_put_together(town: SmallTown, nurse: UUID) -> None:
    case_id = came_back(town)
    town.paper(case_id, "F01", {"ltcs": ["diabetes"]})
    town.paper(case_id, "F11", {"good_day": "When the sun shines"}, sections=["what_matters"])
    found = task_form(town.desk(nurse), asked(town, case_id, nurse), with_earlier=True)
    assert found.raw["good_day"] == ["When the sun shines"]
    assert found.raw["conditions"] == ["copd", "diabetes"]


@pytest.mark.parametrize(
    ("months", "days_ago", "there"),
    [("6", 184, True), ("6", 185, False), ("2", 61, True), ("2", 62, False), ("0", 1, False)],
)
def test_it_may_be_as_old_as_the_programme_says(
    town: SmallTown, nurse: UUID, months: str, days_ago: int, there: bool
) -> None:
    session = town.session()
    session.query(ProgrammeSetting).filter_by(key="assessment_reuse_months").one().value = months
    session.commit()
    session.close()
    assert (offered(town, nurse, came_back(town, days_ago)) is not None) is there


def test_only_the_sections_that_a_task_asks_for_are_offered(town: SmallTown, nurse: UUID) -> None:
    case_id = came_back(town)
    only = offered(town, nurse, case_id, properties={"sections": "physical"})
    assert only is not None
    assert set(only.inputs) == {"conditions", "pain"}
    assert offered(town, nurse, case_id, properties={"sections": "safety, summary"}) is None


def test_somebody_who_may_not_see_the_earlier_episode_is_offered_nothing_of_it(town: SmallTown, nurse: UUID) -> None:
    assert offered(town, nurse, came_back(town, team="north")) is None
    case_id = came_back(town)
    session = town.session()
    before = session.get_one(Case, case_id).previous_case_id
    session.close()
    assert before is not None
    town.shut_out(before, nurse)
    assert offered(town, nurse, case_id) is None


def test_without_an_earlier_episode_or_with_another_form_nothing_is_offered(town: SmallTown, nurse: UUID) -> None:
    assert offered(town, nurse, town.case()) is None
    case_id = came_back(town)
    assert task_form(town.desk(nurse), town.task(case_id, form_key="F12", assignee_id=nurse)).earlier is None


def test_on_the_page_one_begins_with_it_by_a_link_and_that_is_written_down(town: SmallTown, nurse: UUID) -> None:
    window: Browser = at_work(create_app(town.office), nurse)
    task = asked(town, came_back(town), nurse)
    page = window.get(f"/tasks/{task}")
    assert "The person was assessed on 17 September 2026, in the earlier episode ACM-000001." in said(page)
    assert "To walk to the market again" not in page.text
    page = window.get(f"/tasks/{task}?earlier=yes")
    assert "Confirm or change every answer with the person." in said(page)
    assert "To walk to the market again" in page.text
    with town.office.desk().looking() as session:
        told = [entry.detail.get("page") for entry in session.query(AuditEntry).filter_by(act="record seen")]
    assert told == ["assessment, as a beginning for that of ACM-000002"]


def test_a_draft_of_ones_own_is_not_overwritten(town: SmallTown, nurse: UUID) -> None:
    window = at_work(create_app(town.office), nurse)
    task = asked(town, came_back(town), nurse)
    window.post(f"/tasks/{task}/autosave", {"hopes": "Something else now"})
    page = window.get(f"/tasks/{task}?earlier=yes").text
    assert "Something else now" in page
    assert "To walk to the market again" not in page
