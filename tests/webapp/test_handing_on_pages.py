"""The pages of cover and hand-over: what is typed stays, what is pressed is done, and each list leaves its entry."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from tests.webapp.conftest import Browser
from tests.webapp.referral_work import application, signed_in
from workflows.actions import accounts
from workflows.casework.audit import AuditEntry
from workflows.casework.staff import Absence

KNOWN = "She lets nobody in before ten."


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


@pytest.fixture
def number(town: Town) -> str:
    """A case that Farah coordinates."""
    return str(town.once(farahs))


@pytest.fixture
def app(town: Town, number: str) -> Flask:
    return application(town)


def farahs(town: Town) -> str:
    number = walked_to(town, "first_contact")
    town.press(number, "coordinator", "Adaeze", coordinator=str(town.who("Farah").id))
    return number


def id_of(town: Town, name: str) -> UUID:
    found = town.who(name).id
    assert found is not None
    return found


def lists_seen(town: Town) -> list[Any]:
    query = select(AuditEntry.detail).where(AuditEntry.act == "list seen").order_by(AuditEntry.at)
    return [one["page"] for one in town.ask(lambda session: session.scalars(query).all())]


def test_a_caseload_is_prepared_handed_on_read_and_confirmed(app: Flask, town: Town, number: str) -> None:
    farah, manager, siobhan = (signed_in(app, town, who) for who in ("Farah", "Adaeze", "Kelly"))
    pack = f"/handing-on/{id_of(town, 'Farah')}"
    assert farah.get("/handing-on/own").location == pack
    assert farah.post(f"{pack}/cases/{number}", {"text": KNOWN, "to": str(id_of(town, "Kelly"))}).status_code == 303
    assert KNOWN in farah.get(pack).text
    assert farah.post(pack).status_code == 403
    assert "Handed on: 1 case of 1." in manager.post(pack, follow_redirects=True).text
    assert "1 case was handed to you." in siobhan.get("/inbox").text
    page = siobhan.get("/handing-on/received").text
    assert KNOWN in page
    note = page.partition("/handing-on/received/")[2].partition('"')[0]
    assert "Nothing waits to be read." in siobhan.post(f"/handing-on/received/{note}", follow_redirects=True).text
    assert {"hand-over pack", "cases handed over to me"} <= set(lists_seen(town))


def test_a_note_that_is_too_long_stays_on_the_page(app: Flask, town: Town, number: str) -> None:
    farah = signed_in(app, town, "Farah")
    long = "x" * 2001
    page = farah.post(f"/handing-on/{id_of(town, 'Farah')}/cases/{number}", {"text": long, "to": ""})
    assert page.status_code == 422
    assert "The note must be 2,000 characters or fewer" in page.text
    assert long in page.text


def test_the_out_of_hours_page_leaves_one_entry(app: Flask, town: Town, number: str) -> None:
    town.press(number, "urgent", "Farah", what="Confused since the weekend")
    page = signed_in(app, town, "Kelly").get("/caseload/out-of-hours").text
    assert "An urgent concern is open" in page
    assert lists_seen(town) == ["out of hours"]


def test_who_comes_back_reads_what_happened_and_says_so(app: Flask, town: Town) -> None:
    farah = town.who("Farah")
    days = date(2026, 11, 16), date(2026, 11, 20)
    leave = accounts.enter_leave(town.office.desk(farah), id_of(town, "Farah"), *days, id_of(town, "Marta"))
    town.office.clock.move_to(town.office.clock.now().replace(day=23))
    browser: Browser = signed_in(app, town, "Farah")
    assert "Welcome back." in browser.get("/inbox").text
    page = f"/account/leave/{leave}/while-away"
    assert "Marta Kowalczyk covered" in browser.get(page).text
    browser.post(page)
    assert "Welcome back." not in browser.get("/inbox").text.replace("Noted. Welcome back.", "")


def test_cover_is_changed_and_who_is_away_too_is_refused(app: Flask, town: Town) -> None:
    farah = town.who("Farah")
    days = date(2026, 11, 23), date(2026, 11, 27)
    leave = accounts.enter_leave(town.office.desk(farah), id_of(town, "Farah"), *days, id_of(town, "Marta"))
    accounts.enter_leave(town.office.desk(town.who("Kelly")), id_of(town, "Kelly"), *days)
    browser = signed_in(app, town, "Farah")
    page = f"/account/leave/{leave}/cover"
    refused = browser.post(page, {"cover": str(id_of(town, "Kelly"))})
    assert (refused.status_code, "Siobhan Kelly is away too" in refused.text) == (422, True)
    browser.post(page, {"cover": ""})
    assert town.ask(lambda session: session.get(Absence, leave).cover_id) is None
