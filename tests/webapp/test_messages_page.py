"""The queue of parked messages, and the page of one's own tokens."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.actions.test_death_after_closing import closed_today
from tests.actions.test_joining import NEW_NUMBER, OLD_NUMBER, ONE, OTHER, two_records
from tests.builders.walked_case import Town
from tests.builders.ways_in import a_message, referral
from tests.webapp.conftest import Browser
from tests.webapp.referral_work import application, problems_on, signed_in
from workflows.actions import messages
from workflows.actions.referrals import submit_referral
from workflows.casework.audit import AuditEntry
from workflows.clock import FixedClock


@pytest.fixture
def app(town: Town) -> Flask:
    """The application on the demonstration's office."""
    return application(town)


@pytest.fixture
def staff(app: Flask, town: Town) -> Browser:
    """The coordinator, signed in."""
    return signed_in(app, town, "Ifeoma")


@pytest.fixture
def parked(town: Town, staff: Browser) -> str:
    """The page of a message that no case took."""
    messages.receive(town.office.desk(), a_message("hospital_admission", payload={"hospital": "North Ward"}))
    found = re.search(r'href="(/messages/[0-9a-f-]{36})"', staff.get("/messages").text)
    assert found is not None
    return found[1]


def test_an_empty_queue_says_what_would_stand_here(staff: Browser) -> None:
    assert "No message waits" in staff.get("/messages").text


def test_the_queue_says_what_and_why_and_not_who(staff: Browser, parked: str) -> None:
    shown = staff.get("/messages").text
    assert "Admission to hospital" in shown
    assert "Nobody with this NHS number is known here." in shown
    assert "999 000 0018" not in shown


def test_the_menu_counts_what_waits(staff: Browser, parked: str) -> None:
    assert "Messages (1)" in staff.get("/account").text
    staff.post(f"{parked}/settle", {"how": "Phoned the ward"})
    assert "Messages (" not in staff.get("/account").text


def test_a_message_says_whom_it_is_about_and_the_view_is_recorded(staff: Browser, parked: str, town: Town) -> None:
    shown = staff.get(parked).text
    assert "999 000 0018" in shown
    assert "North Ward" in shown
    assert town.ask(lambda s: s.scalars(select(AuditEntry).where(AuditEntry.act == "message seen")).one())


@pytest.mark.both_databases
def test_trying_again_says_what_came_of_it(staff: Browser, parked: str, town: Town) -> None:
    assert "Still not possible" in staff.get(staff.post(f"{parked}/again").location).text
    number = town.refer()
    answer = staff.get(staff.post(f"{parked}/again").location)
    assert f"case {number} has the message now" in answer.text
    assert "No message waits" in answer.text


def test_trying_again_does_not_name_a_case_that_is_not_theirs(app: Flask, town: Town, clock: FixedClock) -> None:
    town.refer()
    elsewhere = town.office.desk(town.who("Mohammed Iqbal"))
    submit_referral(elsewhere, "mcm", referral(town, gp_registered="unknown", gp_practice=None))
    tomorrow = clock.now() + timedelta(days=1)
    messages.receive(town.office.desk(), a_message("person_died", occurred_at=tomorrow, payload={}))
    clock.advance(timedelta(days=2))
    staff = signed_in(app, town, "Ifeoma")
    found = re.search(r'href="(/messages/[0-9a-f-]{36})"', staff.get("/messages").text)
    assert found is not None
    assert "Delivered: a case has the message now" in staff.get(staff.post(f"{found[1]}/again").location).text


def test_what_is_about_somebody_elses_case_is_not_here(app: Flask, town: Town, staff: Browser) -> None:
    town.refer()
    messages.receive(town.office.desk(), a_message("ed_attendance", dob=date(1950, 1, 1)))
    found = re.search(r'href="(/messages/[0-9a-f-]{36})"', staff.get("/messages").text)
    assert found is not None
    stranger = signed_in(app, town, "Mohammed Iqbal")
    assert "Messages (" not in stranger.get("/account").text
    assert "No message waits" in stranger.get("/messages").text
    answers = [
        stranger.get(found[1]),
        stranger.post(f"{found[1]}/again"),
        stranger.post(f"{found[1]}/settle", {"how": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_settling_needs_a_note(staff: Browser, parked: str) -> None:
    assert problems_on(staff.post(f"{parked}/settle", {"how": " "})) == ["Say what was done about the message"]
    staff.post(f"{parked}/settle", {"how": "Phoned the ward"})
    assert "Phoned the ward" in staff.get(parked).text
    assert staff.post(f"{parked}/settle", {"how": "Again"}).status_code == 409


def test_those_who_may_not_settle_find_no_door(app: Flask, town: Town, parked: str) -> None:
    adviser = signed_in(app, town, "Ashworth")
    assert adviser.get("/messages").status_code == 403
    assert adviser.get(parked).status_code == 403


@pytest.mark.both_databases
def test_a_token_is_shown_once_and_can_be_ended(staff: Browser) -> None:
    made = staff.post("/account/tokens", {"name": "Ward feed", "scopes": ["messages:write"], "days": "90"})
    assert re.search(r"rt_[\w-]{40,}", made.text)
    listed = staff.get("/account/tokens").text
    assert "Ward feed" in listed
    assert not re.search(r"rt_[\w-]{40,}", listed)
    revoke = re.search(r'action="(/account/tokens/[^"]+/revoke)"', listed)
    assert revoke is not None
    staff.post(revoke[1])
    assert "ended 16 November 2026" in staff.get("/account/tokens").text


def test_a_token_needs_a_name_and_something_to_do(staff: Browser) -> None:
    answer = staff.post("/account/tokens", {"name": "", "days": "90"})
    assert len(problems_on(answer)) == 2
    assert staff.post("/account/tokens", {"name": "x", "scopes": ["cases:read"], "days": "9999"}).status_code == 422


def test_a_token_for_what_ones_roles_do_not_cover_cannot_be_made(app: Flask, town: Town) -> None:
    referrer = signed_in(app, town, "Brennan")
    assert "cases:read" not in referrer.get("/account/tokens").text
    answer = referrer.post("/account/tokens", {"name": "x", "scopes": ["cases:read"], "days": "30"})
    assert answer.status_code == 422


def test_who_somebody_is_needs_a_second_person_to_agree(app: Flask, town: Town, staff: Browser) -> None:
    messages.receive(town.office.desk(), a_message("merge_identity"))
    found = re.search(r'href="(/messages/[0-9a-f-]{36})"', staff.get("/messages").text)
    assert found is not None
    assert "Agree and settle" not in staff.get(found[1]).text
    staff.post(f"{found[1]}/settle", {"how": "Same person, two spellings"})
    assert "A colleague has to agree" in staff.get(found[1]).text
    manager = signed_in(app, town, "Adaeze")
    assert "Agree and settle" in manager.get(found[1]).text
    manager.post(f"{found[1]}/settle", {"how": "I looked too", "agree": "yes"})
    assert "Settled by Ifeoma Adeyemi and Adaeze Nwosu" in staff.get(found[1]).text


def test_a_death_of_somebody_whose_case_is_closed_is_recorded_from_its_message(app: Flask, town: Town) -> None:
    number = str(town.once(closed_today))
    staff = signed_in(app, town, "Ifeoma")
    messages.receive(town.office.desk(), a_message("person_died"))
    found = re.search(r'href="(/messages/[0-9a-f-]{36})"', staff.get("/messages").text)
    assert found is not None
    shown = staff.get(found[1]).text
    assert f"record the death in {number}" in shown
    assert "The notice is wrong" in shown
    assert "The person has died" in staff.get(f"/cases/{number}").text
    assert "When did the person die?" in staff.get(f"/cases/{number}/do/death").text
    assert "case is closed" in staff.get(f"/cases/{number}/do/contact").text


def test_two_records_stand_side_by_side_before_they_are_joined_and_before_a_colleague_agrees(
    app: Flask, town: Town
) -> None:
    two_records(town)
    staff = signed_in(app, town, "Ifeoma")
    said = {"nhs_number": NEW_NUMBER}
    messages.receive(town.office.desk(), a_message("merge_identity", nhs_number=OLD_NUMBER, dob=None, payload=said))
    from_outside = re.search(r'href="(/messages/[0-9a-f-]{36})"', staff.get("/messages").text)
    assert from_outside is not None
    page = f"/cases/{OTHER}/do/same_person"
    assert f"{page}?other_case={ONE}" in staff.get(from_outside[1]).text
    assert f'value="{ONE}"' in staff.get(f"{page}?other_case={ONE}").text
    sent = {"other_case": ONE, "keep": "this", "how_known": "The practice knows both names"}
    shown = staff.post(page, sent).text
    assert "May Before" in shown
    assert "Differs" in shown
    staff.post(page, {**sent, "confirmed": "yes"})
    manager = signed_in(app, town, "Adaeze")
    waiting = re.findall(r'href="(/messages/[0-9a-f-]{36})"', manager.get("/messages").text)
    ours = next(one for one in waiting if one != from_outside[1])
    assert "May Before" in manager.get(ours).text
    manager.post(f"{ours}/settle", {"how": "Compared both", "agree": "yes"})
    assert town.case(ONE).person_id == town.case(OTHER).person_id
    assert "Two records of one person were joined" in manager.get(f"/cases/{OTHER}/timeline").text
