"""When something is due, in the words in which people say it."""

from __future__ import annotations

from datetime import datetime, timedelta

from workflows.clock import LONDON, as_utc
from workflows.durations import Duration
from workflows.working_time import Calendar, Remaining, Unit

WAITING = "waiting for the referrer"
# What is left is counted in days or in seconds, see `Remaining`.
_COUNTED_IN = {Unit.WEEKS: Unit.DAYS, Unit.MINUTES: Unit.HOURS}


def due_in_words(due: datetime, now: datetime, calendar: Calendar) -> str:
    """A due time as people say it, counted on the programme's calendar.

    For example "in 2 working days (Tue 24 Nov, 17:00)", "today 17:00", "tomorrow (Mon 23 Nov, 17:00)"
    on a Sunday, "on Tue 24 Nov, 17:00" the same day, "on Sat 5 Dec, 10:00", "1 day overdue".
    """
    if due < now:
        return f"{_how_late(due, now)} overdue"
    local, today = _london(due), _london(now).date()
    if local.date() == today:
        return f"today {local:%H:%M}"
    exact = exactly(due, now)
    days = calendar.working_days_until(now, due)
    # On a day off, and after closing, promises count from the next working day and readers from today: the day alone.
    as_promised = calendar.remaining(now, due, Unit.WORKING_DAYS).amount
    if days != as_promised or days <= 0:
        return f"tomorrow ({exact})" if local.date() - today == timedelta(days=1) else f"on {exact}"
    return f"in {_counted(days, 'working day')} ({exact})"


def left_in_words(left: Remaining) -> str:
    """What is left of a clock that stands still, as a sentence: "It has 2 working days left."."""
    unit = _COUNTED_IN.get(left.unit, left.unit)
    if unit.counts_days:
        length = Duration(abs(left.amount), unit).words if left.amount else "the rest of a day"
    else:
        hours, minutes = divmod(round(abs(left.amount) / 60), 60)
        parts = [Duration(hours, unit).words] * bool(hours) + [_counted(minutes, "minute")] * bool(minutes or not hours)
        length = " and ".join(parts)
    return f"It has {length} left." if left.amount >= 0 else f"It was {length} late when it stopped."


def pause_words(in_hospital: str, asks_referrer: bool) -> str:
    """What holds a clock still: "in hospital, and waiting for the referrer"; `in_hospital`: why all of a case does."""
    return ", and ".join(filter(None, (in_hospital, WAITING if asks_referrer else "")))


def exactly(instant: datetime, now: datetime) -> str:
    """An instant in London time: Tue 24 Nov, 17:00; the year only when it is another one than now."""
    local = _london(instant)
    year = f" {local.year}" if local.year != _london(now).year else ""
    return f"{local:%a} {local.day} {local:%b}{year}, {local:%H:%M}"


def _how_late(due: datetime, now: datetime) -> str:
    days = (_london(now).date() - _london(due).date()).days
    if days:
        return _counted(days, "day")
    minutes = int((now - due).total_seconds()) // 60
    return _counted(minutes // 60, "hour") if minutes >= 60 else _counted(max(minutes, 1), "minute")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _london(instant: datetime) -> datetime:
    return as_utc(instant).astimezone(LONDON)
