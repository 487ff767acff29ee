"""Twice is once: a page that is sent again does nothing again; a changed one, and a fresh one, does."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.builders.walked_case import Town
from tests.builders.ways_in import csv_file, referral
from tests.loaded_town import DELIVERING
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import said
from tests.webapp.referral_work import application, signed_in
from webapp import once
from webapp.once import ALREADY
from workflows.actions.housekeeping import ANSWERS_KEPT, forget_old_attempts
from workflows.actions.sent_pages import first_answer
from workflows.casework.base import Base
from workflows.casework.diagram import CaseRun
from workflows.casework.document import Document
from workflows.casework.referral import CandidateList
from workflows.casework.staff import Absence, ApiToken, SentPage, StaffMember
from workflows.clock import FixedClock

CONTACT = f"/cases/{DELIVERING}/do/contact"
# Acts that may come twice: said of each is why that does no harm.
HARMLESS_TWICE = {
    "calendar_feed.end": "an address ends once",
    "account.be_told": "the same ways are the same",
    "account.cancel_leave": "leave that was cancelled is not there",
    "account.change_cover": "leave has one cover",
    "account.note_read": "what is read is read",
    "account.change_password": "the old password does not fit any more",
    "account.end_all_sessions": "nobody is signed in any more",
    "auth.become": "somebody is signed in once",
    "auth.check_sign_in": "somebody is signed in once",
    "auth.send_link": "a few links at most are live",
    "auth.set_new_password": "the link is used up",
    "auth.sign_out": "nobody is signed in any more",
    "buttons.autosave": "keeps a draft over itself",
    "buttons.save": "keeps a draft over itself",
    "buttons.discard": "what is thrown away is gone",
    "buttons.watch": "one watches or not",
    "cases.autosave_amendment": "keeps a draft over itself",
    "cases.discard_amendment": "what is thrown away is gone",
    "finding.look": "only looks",
    "inbox.claim": "a task is claimed once",
    "inbox.claim_many": "a task is claimed once",
    "inbox.forget": "what is removed is gone",
    "inbox.hand_over": "a task is held by one",
    "inbox.save": "the same name is the same filter",
    "inbox.search": "only looks",
    "letters.save_text": "the text that was read is asked for",
    "letters.sent": "a letter is marked as sent once",
    "lists.again": "a list goes on once",
    "lists.confirm": "a list is confirmed once",
    "lists.discard": "what is thrown away is gone",
    "messages.try_again": "what is delivered is not delivered again",
    "operations.ask_to_repeat": "they are asked once a day",
    "operations.preview": "only looks",
    "operations.try_incidents_again": "what has happened is not tried again",
    "operations.try_all_again": "they are due once",
    "operations.try_again": "a notice waits once",
    "passing.confirm": "what is read is read",
    "passing.hand_on": "what is handed on is not there to hand on",
    "passing.write": "a note is kept over itself",
    "process.ask_impact": "what is being worked out already is",
    "process.bring_up": "it begins from the newest release already",
    "process.check_one": "only looks",
    "process.describe": "the same words are the same",
    "process.hold": "it is in the same hands",
    "process.mend": "only hands back what was sent, mended",
    "process.move_again": "only what stays waits again",
    "process.let_go": "what is let go is free",
    "process.save": "what is saved already is saved",
    "process.send": "a change is sent once",
    "process.stop_impact": "what is stopped is stopped",
    "process.take_back": "a change is taken back once",
    "process.take_in": "what is in the change stays as it is",
    "process.take_over": "it is in the same hands",
    "process.try_table": "only says what the table would",
    "process.upload": "what is saved already is saved",
    "process.widen": "it counts for all already",
    "process.withdraw": "a change is withdrawn once",
    "programme.change": "the same value is the same",
    "programme.change_address": "a practice has one address",
    "programme.change_service_address": "a service has one address",
    "programme.change_meetings": "the same days are kept over themselves",
    "programme.change_team": "a team has one name and one mailbox",
    "programme.end_duty": "duty days have one last day",
    "programme.end_practice": "a practice has one last day",
    "programme.end_team": "a team has one last day",
    "programme.keep_practice": "a practice has one last day",
    "programme.keep_team": "a team has one last day",
    "programme.confirm_change": "a change is made once",
    "programme.drop_change": "what is dropped is gone",
    "programme.end_webhook": "what is taken away is gone",
    "programme.let_webhook_go_on": "an address is paused or not",
    "programme.pause_webhook": "an address is paused or not",
    "programme.remove_duty": "what is removed is gone, and what has begun ends yesterday",
    "programme.reminders_again": "the draft says the same",
    "programme.reminders_discard": "what is thrown away is gone",
    "programme.reminders_keep_ladder": "the draft says the same",
    "programme.reminders_upload": "the draft says the same",
    "programme.suspend": "a team is at work or not",
    "referrals.autosave": "keeps a draft over itself",
    "referrals.autosave_section": "keeps a draft over itself",
    "referrals.begin": "an empty draft more, which is purged",
    "referrals.check": "keeps a draft over itself",
    "referrals.discard": "what is thrown away is gone",
    "referrals.leave": "what is closed is closed",
    "referrals.open_again": "only looks",
    "referrals.open_status": "only looks",
    "referrals.save_section": "keeps a draft over itself",
    "referrals.send_all": "a draft is sent once",
    "staff.activate": "an account is in use or not",
    "staff.end": "an account is in use or not",
    "staff.end_post": "a post has one last day",
    "staff.hand_out_link": "a new link ends those before",
    "staff.put_under": "somebody works for one kind of organisation",
    "staff.send_link": "a few links at most are live",
    "tasks.autosave": "keeps a draft over itself",
    "tasks.claim": "a task is claimed once",
    "tasks.complete": "a task is completed once",
    "tasks.discard": "what is thrown away is gone",
    "tasks.hand_over": "only asks to whom",
    "tasks.keep": "keeps a draft over itself",
    "tasks.known": "a task is known of or not",
    "tasks.save": "keeps a draft over itself",
    "tasks.take_back": "a step that was taken back is open again",
    "tasks.watch": "one watches or not",
    "tokens.revoke": "a token ends once",
}


@pytest.fixture
def app(delivering: Town) -> Flask:
    """The application on an office with a case whose plan is being carried out."""
    return application(delivering)


@pytest.fixture
def staff(app: Flask, delivering: Town) -> Browser:
    """The coordinator, signed in."""
    return signed_in(app, delivering, "Ifeoma")


def mark(page: TestResponse) -> dict[str, str]:
    """What a page says of itself, beside what is typed in it."""
    return {"page_mark": re.findall(r'name="page_mark" value="([0-9a-f]+)"', page.text)[-1]}


def spoke(town: Town, **changed: Any) -> dict[str, Any]:
    """What the form of a contact sends."""
    form = town.office.desk().forms.form("F20")
    return dict(town.answers(form, town.case(DELIVERING), changed))


def how_many(town: Town, noun: type[Base], *which: Any) -> int:
    """How many of something there are."""
    return int(town.ask(lambda session: session.scalar(select(func.count()).select_from(noun).where(*which))))


def contacts(town: Town) -> int:
    """How many contacts were written down."""
    return how_many(town, Document, Document.form_key == "F20")


def test_each_act_minds_pages_that_are_sent_twice_or_does_no_harm_then(app: Flask) -> None:
    posts = {
        rule.endpoint: once.acts_once(app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.endpoint.startswith("api.")
    }
    asked = "make it `@once`, or say in HARMLESS_TWICE why it does no harm when it comes twice"
    assert {endpoint for endpoint, minds in posts.items() if not minds} == set(HARMLESS_TWICE), asked


@pytest.mark.both_databases
def test_the_page_of_a_button_sent_again_is_answered_and_not_acted_on(staff: Browser, delivering: Town) -> None:
    before, page = contacts(delivering), {**spoke(delivering), **mark(staff.get(CONTACT))}
    answers = [staff.post(CONTACT, page) for _ in range(3)]
    assert [answer.location for answer in answers] == [f"/cases/{DELIVERING}"] * 3
    assert contacts(delivering) == before + 1
    told = said(staff.get(f"/cases/{DELIVERING}"))
    assert ALREADY in told


@pytest.mark.both_databases
def test_the_same_page_sent_at_the_same_moment_finds_itself_at_the_end(
    staff: Browser, delivering: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, page = contacts(delivering), {**spoke(delivering), **mark(staff.get(CONTACT))}
    first = staff.post(CONTACT, page)
    looks = iter([False, True])  # it asks before it acts, when the first is under way, and again when it cannot
    monkeypatch.setattr(once, "first_answer", lambda *asked: first_answer(*asked) if next(looks) else None)
    assert staff.post(CONTACT, page).location == first.location
    assert contacts(delivering) == before + 1


def test_a_changed_page_and_a_fresh_one_are_acts_of_their_own(staff: Browser, delivering: Town) -> None:
    before, page = contacts(delivering), mark(staff.get(CONTACT))
    staff.post(CONTACT, {**spoke(delivering), **page})
    staff.post(CONTACT, {**spoke(delivering, notes="And her daughter called."), **page})
    assert contacts(delivering) == before + 2
    staff.post(CONTACT, {**spoke(delivering), **mark(staff.get(CONTACT))})
    assert contacts(delivering) == before + 3
    assert ALREADY not in said(staff.get("/inbox"))


def test_a_page_that_was_refused_is_acted_on_when_it_is_right(staff: Browser, delivering: Town) -> None:
    before, page = contacts(delivering), mark(staff.get(CONTACT))
    refused = staff.post(CONTACT, {**spoke(delivering, notes=None), **page})
    assert refused.status_code == 422
    assert mark(refused) == page
    again = {**spoke(delivering), **mark(refused)}
    assert [staff.post(CONTACT, again).status_code for _ in range(2)] == [303, 303]
    assert contacts(delivering) == before + 1


def test_an_urgent_concern_sent_three_times_is_raised_once(staff: Browser, delivering: Town) -> None:
    address, form = f"/cases/{DELIVERING}/do/urgent", delivering.office.desk().forms.form("F22")
    said_so = delivering.answers(form, delivering.case(DELIVERING), {"danger_to_life": "no"})
    page = {**said_so, **mark(staff.get(address))}
    assert [staff.post(address, page).status_code for _ in range(3)] == [303, 303, 303]
    assert how_many(delivering, CaseRun, CaseRun.process == "acm_urgent") == 1


def test_a_grave_button_confirmed_again_says_that_it_was_done(staff: Browser, delivering: Town) -> None:
    address, form = f"/cases/{DELIVERING}/do/moved", delivering.office.desk().forms.form("F26")
    asked = {**delivering.answers(form, delivering.case(DELIVERING), {}), **mark(staff.get(address))}
    sure = staff.post(address, asked)
    assert sure.status_code == 200
    done = {**asked, **mark(sure), "confirmed": "yes"}
    assert [staff.post(address, sent).location for sent in (done, done, asked)] == [f"/cases/{DELIVERING}"] * 3
    assert ALREADY in said(staff.get(f"/cases/{DELIVERING}"))


def test_a_correction_sent_again_leads_to_the_document_that_stands(staff: Browser, delivering: Town) -> None:
    staff.post(CONTACT, spoke(delivering))
    paper = delivering.ask(
        lambda session: session.scalars(
            select(Document).where(Document.form_key == "F20").order_by(Document.id.desc())
        ).first()
    )
    address = f"/cases/{DELIVERING}/documents/{paper.id}/amend"
    page = {**spoke(delivering, notes="Put right."), "why": "A slip.", **mark(staff.get(address))}
    first, second = (staff.post(address, page) for _ in range(2))
    assert first.status_code == 303
    assert first.location == second.location
    assert how_many(delivering, Document, Document.amended_why == "A slip.") == 1


def test_a_referral_of_staff_sent_again_leads_to_what_was_said_then(staff: Browser, delivering: Town) -> None:
    new = "/referrals/new/acm"
    check = staff.get(staff.post(new, {**referral(delivering), **mark(staff.get(new))}).location)
    page = {**mark(check), **dict(re.findall(r'name="(reviewed)" value="([^"]+)"', check.text))}
    first, second = (staff.post(f"{new}/send", page) for _ in range(2))
    assert "/referrals/sent/" in first.location
    assert second.location == first.location


def test_a_list_sent_again_is_one_list(staff: Browser, delivering: Town) -> None:
    page = mark(staff.get("/lists"))

    def upload(**changed: str) -> TestResponse:
        file = (io.BytesIO(csv_file({}, changed)), "found.csv")
        return staff.post("/lists", {"programme": "acm", "source": "efi_search", "file": file, **page})

    assert upload().location == upload().location
    assert how_many(delivering, CandidateList) == 1
    upload(given_name="Another")  # the same page with another file in it
    assert how_many(delivering, CandidateList) == 2


def test_leave_and_a_token_sent_again_are_one(staff: Browser, delivering: Town) -> None:
    days = {f"{day}[{part}]": str(n) for day in ("first_day", "last_day") for part, n in zip(
        ("day", "month", "year"), (1, 12, 2026), strict=True
    )}  # fmt: skip
    leave = {**days, **mark(staff.get("/account/leave"))}
    assert [staff.post("/account/leave", leave).status_code for _ in range(2)] == [303, 303]
    assert how_many(delivering, Absence) == 1
    token = {"name": "A system", "scopes": "tasks:read", "days": "30", **mark(staff.get("/account/tokens"))}
    assert [staff.post("/account/tokens", token).status_code for _ in range(2)] == [200, 303]
    assert how_many(delivering, ApiToken) == 1
    assert "revoke it and make another" in said(staff.get("/account/tokens"))


def test_an_account_opened_twice_is_opened_once(app: Flask, delivering: Town) -> None:
    admin = signed_in(app, delivering, "Robin")
    page = {"name": "Nell New", "email": "nell.new@example.org", **mark(admin.get("/staff/new"))}
    first, second = (admin.post("/staff/new", page) for _ in range(2))
    assert first.status_code == 303
    assert second.location == first.location
    assert how_many(delivering, StaffMember, StaffMember.name == "Nell New") == 1


def test_somebody_else_with_the_same_mark_is_not_taken_for_the_first(
    app: Flask, staff: Browser, delivering: Town
) -> None:
    before, page = contacts(delivering), {**spoke(delivering), **mark(staff.get(CONTACT))}
    staff.post(CONTACT, page)
    signed_in(app, delivering, "Siobhan").post(CONTACT, page)
    assert contacts(delivering) == before + 2


def test_marks_are_forgotten_after_a_while(staff: Browser, delivering: Town, clock: FixedClock) -> None:
    staff.post(CONTACT, {**spoke(delivering), **mark(staff.get(CONTACT))})
    assert how_many(delivering, SentPage) == 1
    clock.advance(ANSWERS_KEPT + timedelta(minutes=1))
    forget_old_attempts(delivering.office.desk())
    assert how_many(delivering, SentPage) == 0
