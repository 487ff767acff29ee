"""Which tasks are late, and of which kind, said in SQL as conditions on `Task`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, or_

from workflows.casework.overdue import AGES, GRAVE_AFTER, GRAVE_SAFETY, REVIEW, REVIEW_STEP, late_before
from workflows.casework.task import SAFETY, Task
from workflows.working_time import Calendar

Condition = ColumnElement[bool]
Calendars = Mapping[UUID, Calendar]  # by programme


def late_now(now: datetime) -> Condition:
    """The open tasks whose time has passed; a stopped clock never runs out."""
    return and_(Task.open, Task.paused_at.is_(None), Task.due_at < now)


def late_at(instant: datetime) -> Condition:
    """The tasks that were late at an instant, as far as they still tell: a date that moved since is not known."""
    asked_then = and_(Task.opened_at < instant, or_(Task.ended_at.is_(None), Task.ended_at >= instant))
    stood_still = and_(Task.paused_at.is_not(None), Task.paused_at < instant)
    return and_(Task.due_at < instant, asked_then, ~stood_still)


def kind() -> ColumnElement[str]:
    """What kind of task it is: its class, or a review; one at very high risk is of the class of safety."""
    review = and_(Task.key == REVIEW_STEP, Task.escalation != SAFETY)
    return case((review, REVIEW), else_=Task.escalation)


def age(now: datetime, calendars: Calendars) -> ColumnElement[int]:
    """From how many working days on a late task counts as so late: one of `AGES`."""
    oldest_first = [days for days in sorted(AGES, reverse=True) if days]
    ways = [(_late_by(days, now, calendars), days) for days in oldest_first]
    return case(*ways, else_=0)


def grave(now: datetime, calendars: Calendars) -> Condition:
    """The late tasks that are so late that the service manager would know."""
    safety = and_(Task.escalation == SAFETY, Task.due_at < now - GRAVE_SAFETY)
    others = (and_(kind() == one, _late_by(days, now, calendars)) for one, days in GRAVE_AFTER.items())
    return or_(safety, *others)


def _late_by(days: int, now: datetime, calendars: Calendars) -> Condition:
    """Late by at least so many working days, each programme counted on its own calendar."""
    kept: dict[Calendar, list[UUID]] = {}
    for programme_id, calendar in calendars.items():
        kept.setdefault(calendar, []).append(programme_id)
    ways: list[Any] = [
        and_(Task.programme_id.in_(sorted(whose)), Task.due_at < late_before(calendar, now, days))
        for calendar, whose in kept.items()
    ]
    return or_(false(), *ways)
