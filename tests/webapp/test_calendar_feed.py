"""A private calendar address: made and shown once, read without a session, dead with its owner, silent about people."""

from __future__ import annotations

import logging
import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from icalendar import Calendar, Event
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.builders.colleagues import administration
from tests.builders.small_town import SmallTown
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import at_work
from webapp import create_app
from workflows.actions import accounts
from workflows.actions.calendar_feed import end_feed, make_feed
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.calendar_feed import CalendarFeed
from workflows.casework.staff import Membership
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.log_lines import JsonLines

WHO = "Nia Nurse"


@pytest.fixture
def small(office: Office) -> SmallTown:
    return SmallTown(office)


@pytest.fixture
def app(small: SmallTown) -> Flask:
    return create_app(small.office)


@pytest.fixture
def nurse(small: SmallTown) -> UUID:
    return small.staff(WHO, "nurse east")


def address(small: SmallTown, staff_id: UUID) -> str:
    return f"/calendar/{make_feed(small.desk(staff_id))}.ics"


def read(app: Flask, path: str, **given: str) -> TestResponse:
    return app.test_client().get(path, headers=given)


def events(answer: TestResponse) -> list[Event]:
    return list(Calendar.from_ical(answer.data).events)


def test_the_address_is_shown_once_and_only_a_hash_of_it_is_kept(app: Flask, small: SmallTown, nurse: UUID) -> None:
    browser = at_work(app, nurse)
    made = browser.post("/account/calendar")
    found = re.search(r"http://\S+(/calendar/[A-Za-z0-9_-]{43}\.ics)", made.text)
    assert found
    assert read(app, found[1]).status_code == 200
    secret = found[1].split("/")[-1].removesuffix(".ics")
    assert secret not in browser.get("/account/calendar").text
    with small.office.desk().looking() as session:
        assert secret not in str(vars(session.scalars(select(CalendarFeed)).one()))
        assert not [one for one in session.scalars(select(AuditEntry)) if secret in str(one.detail)]


def test_a_calendar_reads_what_is_due_and_when(app: Flask, small: SmallTown, nurse: UUID) -> None:
    hourly = small.task(small.case(), assignee_id=nurse, name="Phone", due="+2h", due_unit="UH")
    daily = small.task(small.case(), assignee_id=nurse, name="Visit", due="+2d", due_unit="WD")
    answer = read(app, address(small, nurse))
    assert answer.mimetype == "text/calendar"
    phone, visit = events(answer)
    assert phone["uid"] == f"task-{hourly}@127.0.0.1"
    assert (small.now + timedelta(minutes=105), small.now + timedelta(hours=2)) == (phone.DTSTART, phone.DTEND)
    assert phone.DTEND.tzname() == "UTC"
    assert str(phone["summary"]) == "Phone, ACM-000001"
    assert phone["url"] == f"http://127.0.0.1:8350/tasks/{hourly}"
    assert visit["uid"] == f"task-{daily}@127.0.0.1"
    assert (date(2026, 11, 18), date(2026, 11, 19)) == (visit.DTSTART, visit.DTEND)
    assert visit["transp"] == "TRANSPARENT"


def test_a_day_in_london_is_that_day_in_summer_too(app: Flask, small: SmallTown, nurse: UUID) -> None:
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight in London
    task = small.task(small.case(), assignee_id=nurse)
    move(small, task, late)
    (one,) = events(read(app, address(small, nurse)))
    assert date(2026, 7, 2) == one.DTSTART


def move(small: SmallTown, task_id: UUID, due: datetime) -> None:
    session = small.session()
    session.get_one(Task, task_id).due_at = due
    session.commit()
    session.close()


def test_a_date_that_moves_moves_the_same_event(app: Flask, small: SmallTown, nurse: UUID) -> None:
    task = small.task(small.case(), assignee_id=nurse)
    path = address(small, nurse)
    (before,) = events(read(app, path))
    move(small, task, small.now + timedelta(days=7))
    (after,) = events(read(app, path))
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert timedelta(days=5) == after.DTSTART - before.DTSTART


def test_nothing_in_it_tells_of_anybody(app: Flask, small: SmallTown, nurse: UUID) -> None:
    case = small.case(given="Zebedee", family="Quince", risk_level="very_high", coordinator_id=nurse)
    away = small.staff("Ali Away", "nurse east")
    small.on_leave(away, nurse)
    small.task(case, assignee_id=nurse, why="Zebedee fell again", variables={"note": "Zebedee"})
    small.task(case, assignee_id=away, name="Visit")
    text = read(app, address(small, nurse)).get_data(as_text=True)
    assert text.count("BEGIN:VEVENT") == 2
    for word in ("Zebedee", "Quince", "Z. Q", "1942", "very", "fell", WHO, "Ali", "Away"):
        assert word not in text


@pytest.mark.parametrize("wrong", ["nothing", "A" * 43, "é", "x" * 5000])
def test_an_unknown_address_is_not_there(app: Flask, wrong: str) -> None:
    assert read(app, f"/calendar/{wrong}.ics").status_code == 404


def test_every_address_that_does_not_count_gets_the_same_answer(
    app: Flask, small: SmallTown, clock: FixedClock
) -> None:
    anna, ben, cleo = (small.staff(name, "nurse east") for name in ("Anna Bell", "Ben Cole", "Cleo Day"))
    made_anew, ended, leaver, postless = (address(small, one) for one in (anna, anna, ben, cleo))
    end_feed(small.desk(anna))
    accounts.end_account(administration(small.office), ben)
    session = small.session()
    session.scalars(select(Membership).where(Membership.staff_id == cleo)).one().valid_to = date(2026, 11, 1)
    session.commit()
    session.close()
    asked = [read(app, path) for path in (made_anew, ended, leaver, postless, "/calendar/unknown.ics")]
    assert {one.status_code for one in asked} == {404}
    assert len({one.data for one in asked}) == 1
    accounts.activate_account(administration(small.office), ben)
    assert read(app, leaver).status_code == 404


def test_it_is_read_again_only_when_something_changed(app: Flask, small: SmallTown, nurse: UUID) -> None:
    small.task(small.case(), assignee_id=nurse)
    path = address(small, nurse)
    first = read(app, path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    mark = first.headers["ETag"]
    assert read(app, path, **{"If-None-Match": mark}).status_code == 304
    small.task(small.case(), assignee_id=nurse)
    assert read(app, path, **{"If-None-Match": mark}).status_code == 200


def test_reading_it_stands_in_the_readers_trail(app: Flask, small: SmallTown, nurse: UUID) -> None:
    small.task(small.case(), assignee_id=nurse)
    read(app, address(small, nurse))
    with small.office.desk().looking() as session:
        (seen,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "list seen"))
    assert (seen.actor, seen.detail["shown"]) == (f"{WHO}, by their calendar address", ["ACM-000001"])


def test_no_log_line_holds_the_secret(
    app: Flask, small: SmallTown, nurse: UUID, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = address(small, nurse)
    with caplog.at_level(logging.DEBUG):
        read(app, path)
        monkeypatch.setattr("webapp.calendar_feed.routes.calendar_of", lambda *asked: 1 / 0)
        assert read(app, path).status_code == 500
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any("calendar_feed.read" in line for line in lines)
    assert not [line for line in lines if path.split("/")[-1].removesuffix(".ics") in line]


def test_who_asks_too_often_has_to_wait(small: SmallTown, nurse: UUID) -> None:
    app = create_app(small.office)
    app.config["FEED_RATE"] = "2 per minute"
    path = address(small, nurse)
    assert [read(app, path).status_code for _ in range(3)] == [200, 200, 429]


def test_whoever_works_with_no_cases_has_no_calendar_address(app: Flask, small: SmallTown) -> None:
    referrer = Browser(app.test_client())
    assert referrer.post(f"/sign-in/as/{small.staff('Rae Ref', 'referrer')}").status_code == 303
    assert "/account/calendar" not in referrer.get("/account").text
    assert referrer.post("/account/calendar").status_code == 403
