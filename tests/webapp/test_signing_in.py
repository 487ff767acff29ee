"""Signing in and out, and what ends a session."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.builders.colleagues import PASSWORD, administration, hire
from tests.webapp.conftest import Browser, SignedIn, staff_id_of
from workflows.actions import accounts
from workflows.actions.notices import claim_notice, due_notices
from workflows.actions.sign_in import reset_link
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.notice import Notice
from workflows.clock import FixedClock

NEW = "three otters swim home"


@pytest.mark.both_databases
def test_a_right_password_opens_the_account(visitor: Browser, office: Office) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    assert visitor.sign_in("Anna Bell").status_code == 303
    assert "Anna Bell" in visitor.get("/account").text


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(visitor: Browser, office: Office) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    wrong = visitor.sign_in("Anna Bell", "not this one")
    unknown = visitor.sign_in("Nobody Here", "not this one")
    assert wrong.status_code == unknown.status_code == 422
    assert "is not right" in wrong.text
    assert "is not right" in unknown.text


def test_signing_out_closes_the_pages(as_role: SignedIn) -> None:
    nurse = as_role("nurse", "east")
    nurse.post("/sign-out")
    assert nurse.get("/account").status_code == 302


def test_a_copied_cookie_is_worth_nothing_once_its_owner_has_signed_out(as_role: SignedIn, app: Flask) -> None:
    nurse, thief = as_role("nurse", "east"), Browser(app.test_client())
    cookie = nurse.client.get_cookie("roundtable")
    assert cookie
    thief.client.set_cookie("roundtable", cookie.value)
    assert thief.get("/account").status_code == 200
    nurse.post("/sign-out")
    assert thief.get("/account").status_code == 302


def test_a_session_ends_after_a_long_shift_however_busy_it_was(as_role: SignedIn, clock: FixedClock) -> None:
    nurse = as_role("nurse", "east")
    clock.advance(timedelta(hours=11, minutes=59))
    assert nurse.get("/account").status_code == 200
    clock.advance(timedelta(minutes=2))
    assert nurse.get("/account").status_code == 302


def test_a_changed_password_ends_every_other_session(as_role: SignedIn, app: Flask) -> None:
    desk_computer = as_role("nurse", "east")
    phone = Browser(app.test_client())
    phone.sign_in("Anna Bell")
    changed = phone.post("/account/password", {"old": PASSWORD, "new": NEW})
    assert changed.status_code == 303
    assert phone.get("/account").status_code == 200
    assert desk_computer.get("/account").status_code == 302


def test_signing_out_everywhere_ends_every_session(as_role: SignedIn, app: Flask) -> None:
    desk_computer = as_role("nurse", "east")
    phone = Browser(app.test_client())
    phone.sign_in("Anna Bell")
    phone.post("/account/sign-out-everywhere")
    assert desk_computer.get("/account").status_code == 302


def test_an_ended_account_is_out_at_once(as_role: SignedIn, office: Office) -> None:
    nurse = as_role("nurse", "east")
    accounts.end_account(administration(office), staff_id_of(nurse))
    assert nurse.get("/account").status_code == 302


def test_in_a_demonstration_one_click_is_enough(visitor: Browser, office: Office) -> None:
    staff_id = hire(office, "Anna Bell", "nurse", "east")
    assert "Anna Bell" in visitor.get("/sign-in").text
    visitor.post(f"/sign-in/as/{staff_id}")
    assert visitor.get("/account").status_code == 200


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(visitor: Browser, office: Office) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    cookie = visitor.sign_in("Anna Bell").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" in cookie


def test_passwords_may_be_pasted_and_no_puzzle_is_set(visitor: Browser) -> None:
    page = visitor.get("/sign-in").text
    assert "onpaste" not in page
    assert 'autocomplete="current-password"' in page


def reset_id(office: Office) -> UUID:
    """The newest password link, as the outbox knows it."""
    with office.desk().looking() as session:
        notice = session.query(Notice).filter_by(kind="password_reset").order_by(Notice.id.desc()).first()
    assert notice
    assert set(notice.words) == {"reset"}
    return UUID(notice.words["reset"])


def path_of(office: Office, reset: UUID) -> str:
    """Where the mail's link leads, on this site."""
    return reset_link(office.settings, reset).removeprefix(office.settings.base_url)


@pytest.mark.both_databases
def test_a_forgotten_password_is_replaced_by_a_link_that_counts_once(visitor: Browser, office: Office) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    visitor.post("/password/forgotten", {"email": "anna.bell@example.org"})
    path = path_of(office, reset_id(office))
    assert visitor.get(path).status_code == 200
    assert visitor.post(path, {"new": "short"}).status_code == 422
    assert visitor.post(path, {"new": NEW}).status_code == 303
    assert visitor.post(path, {"new": NEW}).status_code == 404
    assert visitor.sign_in("Anna Bell").status_code == 422
    assert visitor.sign_in("Anna Bell", NEW).status_code == 303


def test_a_link_is_too_old_after_half_an_hour(visitor: Browser, office: Office, clock: FixedClock) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    visitor.post("/password/forgotten", {"email": "anna.bell@example.org"})
    clock.advance(timedelta(minutes=31))
    assert visitor.get(path_of(office, reset_id(office))).status_code == 404


def test_nobody_learns_whether_there_is_an_account(visitor: Browser, office: Office) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    known = visitor.post("/password/forgotten", {"email": "anna.bell@example.org"}, follow_redirects=True)
    unknown = visitor.post("/password/forgotten", {"email": "nobody@example.org"}, follow_redirects=True)
    without_tokens = [re.sub(r'(content|value)="[^"]{16,}"', "", page.text) for page in (known, unknown)]
    assert without_tokens[0] == without_tokens[1]
    with office.desk().looking() as session:
        assert session.query(Notice).count() == 1


def test_the_mail_holds_the_link(visitor: Browser, office: Office) -> None:
    hire(office, "Anna Bell", "nurse", "east")
    visitor.post("/password/forgotten", {"email": "anna.bell@example.org"})
    desk = office.desk()
    (notice_id,) = due_notices(desk)
    mail = claim_notice(desk, notice_id)
    assert mail is not None
    assert reset_link(office.settings, reset_id(office)) in mail.body


@pytest.mark.parametrize(
    ("named", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/143.0 Safari/537.36 Edg/143.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/26.0 Safari/605.1", "Safari on Mac"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/143.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5", "not named"),
    ],
)  # fmt: skip
def test_the_trail_names_the_kind_of_device_and_no_more(app: Flask, office: Office, named: str, device: str) -> None:
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = named
    Browser(client).post("/sign-in", {"email": "a@example.org", "password": "wrong"})
    with office.desk().looking() as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.act == "sign-in failed")).one()
    assert told.detail == {"name": "", "where": "127.0.0.1", "device": device}
