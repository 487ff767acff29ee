"""Taking back on the pages: offered where it is possible, one sentence where it is not."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from tests.builders.walked_case import QUIET, Town
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import said
from tests.webapp.referral_work import application, signed_in
from workflows.actions.taking_back import take_back


@pytest.fixture
def nurse(town: Town) -> Browser:
    """The triage clinician, signed in."""
    return signed_in(application(town), town, "Siobhan")


@pytest.fixture
def triage(town: Town) -> UUID:
    """A task that waits for them."""
    (task,) = town.open_tasks(town.refer())
    return task.id


def completed(nurse: Browser, town: Town, task_id: UUID) -> str:
    """Complete it on its page; returns the page after it."""
    (task,) = town.open_tasks("ACM-000001")
    raw = town.answers(town.office.desk().forms.form("F03"), town.case("ACM-000001"), QUIET[task.key], task.run_id)
    answer = nurse.post(f"/tasks/{task_id}/complete", dict(raw))
    assert answer.status_code == 303, said(answer)
    return nurse.get("/inbox").text


def test_the_banner_offers_it_and_the_task_is_open_again_with_what_was_typed(
    nurse: Browser, town: Town, triage: UUID
) -> None:
    told = completed(nurse, town, triage)
    button = re.search(r'<button type="submit" form="(\S+)" formaction="(\S+)"', told)
    assert button is not None
    assert f'<form id="{button[1]}" method="post"' in told
    address = nurse.post(button[2]).location
    page = nurse.get(address)
    assert "Taken back: “Triage the referral”. It is open again" in said(page)
    assert "Draft saved 09:00" in said(page)
    assert [task.id for task in town.open_tasks("ACM-000001")] == [triage]


def test_the_list_of_what_is_done_and_the_page_of_the_task_offer_it_while_it_is_possible(
    nurse: Browser, town: Town, triage: UUID
) -> None:
    completed(nurse, town, triage)
    offered = f"/tasks/{triage}/take-back"
    assert offered in nurse.get("/inbox?view=done").text
    assert offered in nurse.get(f"/tasks/{triage}").text
    town.do("ACM-000001", "allocate_coordinator")
    page = nurse.get(f"/tasks/{triage}")
    why = "Ifeoma Adeyemi has completed “Name a care coordinator” since, at 09:00."
    assert f"You cannot take it back. {why}" in said(page)
    assert offered not in page.text
    assert f"Nothing was taken back. {why}" in said(nurse.get(nurse.post(offered).location))


def test_a_colleague_is_offered_nothing(nurse: Browser, town: Town, triage: UUID) -> None:
    completed(nurse, town, triage)
    page = signed_in(application(town), town, "Adaeze").get(f"/tasks/{triage}")
    assert "take-back" not in page.text
    assert "You cannot take it back" not in said(page)


def test_the_timeline_tells_both_acts(nurse: Browser, town: Town, triage: UUID) -> None:
    completed(nurse, town, triage)
    take_back(town.office.desk(town.who("Siobhan")), triage)
    told = said(nurse.get("/cases/ACM-000001/timeline"))
    for words in ("Taken back, as it was before: Triage the referral", "Completed: Triage the referral"):
        assert words in told
    assert "Document: taken back since" in told
