"""Two windows of one form: neither writes over the other, and only what was checked is sent."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.builders.filled_forms import filled
from tests.builders.walked_case import Town
from tests.builders.ways_in import referral
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import said
from tests.webapp.referral_work import application, signed_in

NEW = "/referrals/new/acm"


@pytest.fixture
def app(town: Town) -> Flask:
    """The application on the demonstration's office."""
    return application(town)


@pytest.fixture
def staff(app: Flask, town: Town) -> Browser:
    """The coordinator, signed in."""
    return signed_in(app, town, "Ifeoma")


def window(page: TestResponse) -> dict[str, str]:
    """What a page sends of itself, beside what is typed in it."""
    return dict(re.findall(r'name="(draft_page|reviewed)" value="([^"]+)"', page.text))


def test_two_windows_of_a_new_referral_are_two_drafts(staff: Browser, town: Town) -> None:
    first, second = window(staff.get(NEW)), window(staff.get(NEW))
    checked = staff.post(NEW, {**referral(town, given_name="Alice"), **first}).location
    answer = staff.post(f"{NEW}/autosave", {"given_name": "Bob", **second}).get_json()
    assert "both are kept" in answer["note"]
    page = staff.get(checked)
    assert "Alice" in page.text
    assert "ACM-000001" in staff.get(staff.post(f"{NEW}/send", window(page)).location).text
    assert "Bob" in staff.get("/referrals").text
    later = staff.post(NEW, {**referral(town, given_name="Bob"), **second}).location
    assert "Bob" in staff.get(later).text


def test_what_was_changed_in_another_window_since_it_was_checked_is_not_sent(staff: Browser, town: Town) -> None:
    checked = staff.post(NEW, {**referral(town, given_name="Alice"), **window(staff.get(NEW))}).location
    page = staff.get(checked)
    again = f"{NEW}?draft=first"
    staff.post(again, {**referral(town, given_name="Bob"), **window(staff.get(again))})
    answer = staff.post(f"{NEW}/send", window(page))
    assert answer.location == checked
    shown = staff.get(checked)
    assert "Nothing is sent" in said(shown)
    assert "/referrals/sent/" in staff.post(f"{NEW}/send", window(shown)).location


def test_what_was_typed_about_a_case_in_two_windows_is_kept_twice(staff: Browser, town: Town) -> None:
    address = f"/cases/{town.refer()}/do/contact"
    first, second = window(staff.get(address)), window(staff.get(address))
    for notes, page in (("NOTES A", first), ("NOTES B", second), ("NOTES A, longer", first), ("NOTES B2", second)):
        staff.post(f"{address}/autosave", {"notes": notes, **page})
    shown = staff.get(address)
    assert "NOTES A, longer" in shown.text
    assert "NOTES B" not in shown.text
    (other,) = re.findall(r'href="([^"]+)">Go on with what was saved', shown.text)
    kept = staff.get(other)
    assert "NOTES B2" in kept.text
    assert re.findall(r'href="([^"]+)">Go on with what was saved', kept.text) == [address]
    staff.post(f"{address}/discard")
    assert "NOTES B2" in staff.get(other).text


def test_the_window_that_went_on_from_the_newest_draft_follows_it(staff: Browser, town: Town) -> None:
    address = f"/cases/{town.refer()}/do/contact"
    staff.post(f"{address}/autosave", {"notes": "begun", **window(staff.get(address))})
    answer = staff.post(f"{address}/autosave", {"notes": "gone on", **window(staff.get(address))}).get_json()
    assert "note" not in answer
    assert "Go on with what was saved" not in staff.get(address).text


@pytest.fixture
def triage(staff: Browser, town: Town) -> tuple[Browser, str]:
    """The clinician who triages at work, and the address of the task."""
    (task,) = town.open_tasks(town.refer())
    return signed_in(application(town), town, "Siobhan"), f"/tasks/{task.id}"


def test_what_was_typed_into_a_task_in_two_windows_is_kept_twice(triage: tuple[Browser, str]) -> None:
    nurse, address = triage
    first, second = window(nurse.get(address)), window(nurse.get(address))
    nurse.post(f"{address}/autosave", {"override_reason": "REASON A", **first})
    answer = nurse.post(f"{address}/autosave", {"override_reason": "REASON B", **second}).get_json()
    assert "both are kept" in answer["note"]
    shown = nurse.get(address)
    assert "REASON A" in shown.text
    (other,) = re.findall(r'href="([^"]+)">Go on with what was saved', shown.text)
    kept = nurse.get(other)
    assert "REASON B" in kept.text
    nurse.post(other.replace("?", "/keep?"), {"override_reason": "REASON B2", **window(kept)})
    assert "REASON B2" in nurse.get(other).text
    nurse.post(f"{address}/discard")
    assert "started, draft" in said(nurse.get("/inbox?view=pool"))
    assert "REASON B2" in nurse.get(other).text


def test_a_task_completed_in_one_window_tells_what_was_typed_in_the_other(
    triage: tuple[Browser, str], town: Town
) -> None:
    nurse, address = triage
    first, second = window(nurse.get(address)), window(nurse.get(address))
    form = town.office.desk().forms.form("F03")
    raw = filled(form, verdict="accept", priority="standard", changed_advice="no", override_reason=None)
    raw |= {"team": ["east"], "signpost_to": []}
    nurse.post(f"{address}/autosave", {"verdict": "accept", **first})
    nurse.post(f"{address}/autosave", {**raw, "notes": "ONLY HERE", **second})
    nurse.post(f"{address}/complete", {**raw, **first})
    told = nurse.get("/inbox")
    assert "What you typed into it in another window was not sent with it." in said(told)
    assert "What you typed in another window" in said(nurse.get(address))


def test_a_garbled_name_of_a_window_shows_the_form_as_it_is(triage: tuple[Browser, str]) -> None:
    nurse, address = triage
    assert nurse.get(f"{address}?draft=garbled").status_code == 200
