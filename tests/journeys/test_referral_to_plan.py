"""From a referral to an agreed care plan: each step by the one whose step it is, on the pages they see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import follow
from tests.builders.walked_case import PRACTICE_IN_EAST, Town
from tests.journeys.staff_room import StaffRoom
from tests.journeys.street import EDITH
from tests.journeys.tour import COORDINATOR, GP_LEAD, NURSE, PHARMACIST, TEAM_MANAGER
from tests.web_server import Serve
from webapp import create_app

pytestmark = pytest.mark.journey
REFERRAL = {**EDITH, "gp_practice": PRACTICE_IN_EAST, "source": "gp", "message_safe": "yes"}


@pytest.fixture
def room(
    browser: Browser, browser_context_args: dict[str, Any], serve: Serve, one_programme: Town
) -> Iterator[StaffRoom]:
    """The demonstration's staff, before one browser."""
    context = browser.new_context(**{**browser_context_args, "base_url": serve(create_app(one_programme.office))})
    yield StaffRoom(context.new_page(), one_programme)
    context.close()


@pytest.fixture
def room_without_scripts(
    browser: Browser, browser_context_args: dict[str, Any], serve: Serve, one_programme: Town
) -> Iterator[StaffRoom]:
    """The same, before a browser in which no script runs."""
    given = {**browser_context_args, "base_url": serve(create_app(one_programme.office)), "java_script_enabled": False}
    context = browser.new_context(**given)
    yield StaffRoom(context.new_page(), one_programme)
    context.close()


def test_a_doctor_refers_and_in_the_end_a_plan_is_agreed(room: StaffRoom) -> None:
    # A doctor refers Edie; whether she agrees to sharing has not been asked yet.
    room.enter(GP_LEAD)
    number = refer(room, consent_stage="no_not_asked")

    # The triage clinician finds the referral in her pool and accepts it; consent is asked for and given.
    room.enter(NURSE)
    room.complete(number, "Triage the referral", verdict="accept", priority="standard")
    room.complete(number, "Talk about consent and record it", choice="given", capacity_doubt="no")

    # The manager names a care coordinator, who finds the first steps in her inbox.
    room.enter(TEAM_MANAGER)
    room.complete(number, "Name a care coordinator", coordinator=room.id_of(NURSE))
    room.enter(NURSE)
    room.complete(number, "Risk assessment before any home visit")
    room.complete(number, "First contact", outcome="spoke")
    expect_stage(room, number, "Assessment")

    assess(room, number)

    # The meeting: its administrator invites, the chair decides, the administrator checks the letters about it.
    room.complete(number, "Prepare the case for the meeting")
    room.enter(COORDINATOR)
    room.complete(number, "Invite members, referrer and person")
    room.enter(GP_LEAD)
    names = {"coordinator": room.id_of(NURSE), "signed_by_chair": room.id_of(GP_LEAD)}
    room.complete(number, "Record and sign the decision", decision="case_manage", **names)
    room.enter(COORDINATOR)
    room.complete(number, "Check the outcome letters")
    room.enter(NURSE)
    expect_stage(room, number, "Care plan")

    agree_a_plan(room, number, important_to_me="Sleeping in my own bed.")
    expect_stage(room, number, "Delivery")
    follow(room.page.get_by_role("navigation", name="Pages of this case").get_by_role("link", name="Plan and goals"))
    expect(room.page.get_by_role("main")).to_contain_text("Sleeping in my own bed.")


def test_a_task_is_done_without_any_script(room_without_scripts: StaffRoom) -> None:
    room = room_without_scripts
    number = room.town.refer(**EDITH)
    room.enter(NURSE)

    # Given a task completed with nothing filled in, the page says what is missing and leads there.
    room.open_task(number, "Triage the referral")
    press(room, "Complete")
    summary = room.page.locator(".nhsuk-error-summary")
    expect(room.page).to_have_title(re.compile("^Error: "))
    missing = summary.get_by_role("link").first
    place = missing.get_attribute("href") or ""
    missing.click()
    expect(room.page.locator(f"main [id='{place.removeprefix('#')}']")).to_be_visible()

    # When half of it is answered, saved and closed, it is there again the next time.
    room.page.get_by_role("textbox", name="Notes").fill("Her sister rang this morning.")
    press(room, "Save and close")
    expect(room.told()).to_contain_text("is kept")
    room.open_task(number, "Triage the referral")
    expect(room.page.get_by_role("textbox", name="Notes")).to_have_value("Her sister rang this morning.")

    # Then it can be completed, and the next step is asked.
    room.answer("F03", number, verdict="accept", priority="standard")
    press(room, "Complete")
    expect(room.told()).to_contain_text("Done")
    assert [task.key for task in room.town.open_tasks(number)] == ["allocate_coordinator"]


def refer(room: StaffRoom, **said: Any) -> str:
    """Refer Edie as a member of staff; returns the number of her case."""
    page = room.page
    follow(page.get_by_role("link", name="Refer", exact=True))
    follow(page.get_by_role("main").get_by_role("link", name="Active Case Management"))
    room.answer("F01", **{**REFERRAL, **said})
    press(room, "Check your answers")
    expect(page.get_by_role("main")).to_contain_text("Edith")
    press(room, "Send the referral")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Referral sent")
    return "ACM-000001"


def assess(room: StaffRoom, number: str) -> None:
    """The nurse and the pharmacist assess; the longest parts are typed elsewhere. The nurse signs."""
    room.complete(number, "Physical health")
    room.town.walk(number, "assess_whole_person", "measure_wellbeing", "assess_function")
    room.enter(PHARMACIST)
    room.complete(number, "Medication review")
    room.enter(NURSE)
    room.complete(number, "Confirm the risk level and sign", summary_done_by=room.id_of(NURSE))


def agree_a_plan(room: StaffRoom, number: str, **said: Any) -> None:
    """The plan is drafted, every profession adds its part, it is talked about with Edie, and she agrees."""
    room.complete(number, "Draft the personalised plan", **said)
    room.complete(number, "Nursing contribution", early_signs="Swollen ankles in the evening.", **said)
    room.town.walk(number, "contribute_therapy", "contribute_medicines")
    room.complete(number, "Plan conversation with the person", **said)
    room.complete(number, "Agree the plan with the person")


def press(room: StaffRoom, name: str) -> None:
    """Press a button of the page that leads to another."""
    follow(room.page.get_by_role("main").get_by_role("button", name=name, exact=True))


def expect_stage(room: StaffRoom, number: str, stage: str) -> None:
    """The case's page says where the case is."""
    room.page.goto(f"/cases/{number}")
    expect(room.page.get_by_role("heading", level=1)).to_contain_text(stage)
