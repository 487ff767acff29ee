"""A parked message is looked at in time: by when is said, and what cannot wait is told at once and each time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from tests.builders.ways_in import COORDINATOR, a_message
from workers.jobs import remind
from workflows.actions import messages
from workflows.actions.accounts import enter_leave
from workflows.casework.notice import Notice
from workflows.clock import FixedClock
from workflows.questions import messages as asked


def parked(town: Town, kind: str) -> None:
    """A message about nobody who is known here."""
    assert messages.receive(town.office.desk(town.who(COORDINATOR)), a_message(kind)).status == "parked"


def told(town: Town, kind: str) -> list[str]:
    query = select(Notice.address).where(Notice.kind == kind).order_by(Notice.id)
    return [address.partition("@")[0] for address in town.ask(lambda s: s.scalars(query).all())]


def test_what_cannot_wait_is_told_each_time_whatever_was_told_before(town: Town) -> None:
    parked(town, "service_update")
    for _ in range(2):
        parked(town, "urgent_raised")
    assert told(town, "message_unmatched").count("ifeoma.adeyemi") == 1
    assert told(town, "message_pressing").count("ifeoma.adeyemi") == 2


def test_what_cannot_wait_is_told_again_to_managers_too_when_nobody_looked(town: Town, clock: FixedClock) -> None:
    for kind in ("person_died", "service_update"):
        parked(town, kind)
    clock.advance(timedelta(minutes=119))
    remind.climb(town.office)
    assert told(town, "message_overdue") == []
    clock.advance(timedelta(minutes=2))
    for _ in range(2):
        remind.climb(town.office)
    reached = told(town, "message_overdue")
    assert len(reached) == len(set(reached))
    assert {"ifeoma.adeyemi", "adaeze.nwosu"} <= set(reached)


def test_a_message_that_waits_longer_than_it_may_is_told_with_what_is_due_that_day(
    town: Town, clock: FixedClock
) -> None:
    parked(town, "service_update")
    clock.advance(timedelta(days=2))
    remind.daily_digest(town.office)
    assert told(town, "message_unmatched").count("ifeoma.adeyemi") == 2


def test_nobody_on_leave_is_told_while_somebody_is_here(town: Town) -> None:
    ifeoma = town.who(COORDINATOR)
    enter_leave(town.office.desk(ifeoma), ifeoma.id, date(2026, 11, 16), date(2026, 11, 20), None)
    parked(town, "urgent_raised")
    reached = told(town, "message_pressing")
    assert reached
    assert "ifeoma.adeyemi" not in reached


def test_the_queue_begins_with_what_cannot_wait_and_says_by_when(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "PAGE", 1)
    for kind in ("service_update", "urgent_raised"):
        parked(town, kind)
    desk = town.office.desk(town.who(COORDINATOR))
    first = asked.parked(desk)
    second = asked.parked(desk, first.next_after)
    assert [(row.type, row.look_by, row.late) for row in (*first.rows, *second.rows)] == [
        ("urgent_raised", datetime(2026, 11, 16, 11, tzinfo=UTC), False),
        ("service_update", datetime(2026, 11, 17, 17, tzinfo=UTC), False),
    ]
    assert second.next_after is None
