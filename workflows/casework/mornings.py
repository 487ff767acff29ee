"""When what can wait is told: at nine, on a day on which the service is open."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from workflows.casework.ladder import AT_ONCE, WEEKLY
from workflows.clock import LONDON, as_utc, at_london, london_day
from workflows.working_time import Calendar

MORNING = time(9)


def told_at(at: datetime, how: str, calendar: Calendar) -> datetime:
    """Return when somebody is told of what comes at an instant at a pace: at once, or on the morning of its message."""
    if how == AT_ONCE:
        return at
    return first_of_the_week(at, calendar) if how == WEEKLY else morning_after(at, calendar)


def morning_after(at: datetime, calendar: Calendar) -> datetime:
    """Return when the first message is written that can tell of what comes at an instant."""
    local = as_utc(at).astimezone(LONDON)
    return calendar.roll_forward(at_london(local.date() + timedelta(days=local.time() > MORNING), MORNING))


def first_of_the_week(at: datetime, calendar: Calendar) -> datetime:
    """Return the same of the first message of a week: on its Monday, or on the first working day after that."""
    day = london_day(at)
    monday = at_london(day - timedelta(days=day.weekday()), MORNING)
    this_week = calendar.roll_forward(monday)
    if this_week >= at:
        return this_week
    return calendar.roll_forward(at_london(london_day(monday) + timedelta(days=7), MORNING))
