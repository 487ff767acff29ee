"""Working time: when a promise falls due, and what is left of it.

The service works Monday to Friday, 09:00 to 17:00 in London, unless a calendar says otherwise, and not on England's
bank holidays.
Every instant that goes in or comes out is an aware UTC datetime; London is only thought in, never stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

import holidays

from workflows.clock import LONDON, as_utc, at_london
from workflows.durations import LONGEST, Duration, DurationError, Remaining, Unit

__all__ = [
    "ENGLAND", "LONGEST", "URGENT_LINE", "Calendar", "Counted", "Duration", "DurationError", "Hours",
    "Remaining", "Unit", "Week", "bank_holidays",
]  # fmt: skip

_REMINDER = re.compile(r"-(?:(?P<percent>\d{1,2})%|(?P<duration>\d{1,4}[A-Z]{1,2}))")
_ONE_DAY = timedelta(days=1)


class Hours(NamedTuple):
    """The opening hours of one day, in London time."""

    opens: time
    closes: time


Week = tuple[Hours | None, ...]  # Monday to Sunday; None: shut


class Counted(NamedTuple):
    """How a due time came about: so much time, counted from an instant. It can be counted anew on another calendar."""

    since: datetime
    length: Remaining

    @classmethod
    def promised(cls, since: datetime, duration: Duration) -> Counted:
        """Tell it of something that was promised at an instant."""
        days = duration.amount * (7 if duration.unit is Unit.WEEKS else 1)
        amount = days if duration.unit.counts_days else round(duration.length.total_seconds())
        return cls(since, Remaining(amount, duration.unit))

    @property
    def written(self) -> str:
        """Write it down for a decision variable, beside the date to which it led."""
        return f"{self.since.isoformat()}/{self.length.amount}/{self.length.unit}"

    @classmethod
    def read(cls, written: str) -> Counted:
        """Read what was written down."""
        since, amount, unit = written.split("/")
        return cls(datetime.fromisoformat(since), Remaining(int(amount), Unit(unit)))


URGENT_LINE = Hours(time(8), time(20))
LAST_MINUTE = time(23, 59)
DAY_ENDS = time(17)  # a day on which nobody is there
# In what hours a share of the time is counted where it is given in days.
_MEASURED = {Unit.WORKING_DAYS: Unit.WORKING_HOURS, Unit.URGENT_DAYS: Unit.URGENT_HOURS}


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[date]:
    """England's bank holidays of one year, substitute days included."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def _monday_to_friday() -> Week:
    return (Hours(time(9), time(17)),) * 5 + (None, None)


@dataclass(frozen=True)
class Calendar:
    """When the service is open.

    `hours` are those of a week, `later` other hours, each with its first day, in their order; `closures` the dates the
    service closes besides bank holidays, `urgent` the hours of the urgent line on every day.
    """

    hours: Week = field(default_factory=_monday_to_friday)
    closures: frozenset[date] = frozenset()
    urgent: Hours = URGENT_LINE
    later: tuple[tuple[date, Week], ...] = ()

    def __post_init__(self) -> None:
        weeks = (self.hours, *(week for _first, week in self.later))
        if not all(len(week) == 7 and any(week) for week in weeks):
            raise ValueError("A calendar needs seven days, Monday first, and at least one of them open.")
        if any(day.opens >= day.closes for week in (*weeks, (self.urgent,)) for day in week if day):
            raise ValueError("A day must open before it closes.")

    def week_on(self, day: date) -> Week:
        """The hours of a week that count on this London date."""
        found = self.hours
        for first, week in self.later:
            if day < first:
                break
            found = week
        return found

    def is_working_day(self, day: date) -> bool:
        """Whether the service is open on this London date."""
        open_weekday = self.week_on(day)[day.weekday()] is not None
        return open_weekday and day not in self.closures and day not in bank_holidays(day.year)

    def due(self, start: datetime, duration: Duration) -> datetime:
        """When something promised at `start` falls due; both aware UTC.

        Working days end at the close of the Nth working day after the start day; a start after closing counts as the
        next working day's. Days and weeks end at the close of that date, or of the next working day when it is none.
        Urgent days end on that very date: when the service closes, on other days or after that when the urgent line
        does, and later still at midnight.
        """
        if duration.unit is Unit.WORKING_DAYS:
            return self._closing(self._shift(self._start_day(start), duration.amount))
        if duration.unit is Unit.URGENT_DAYS:
            return self._urgent_end(start, duration.amount)
        if duration.unit.counts_days:
            days = duration.amount * (7 if duration.unit is Unit.WEEKS else 1)
            return self._end_of(_london(start).date() + timedelta(days=days))
        return self._advance(start, duration.length, duration.unit)

    def roll_forward(self, instant: datetime) -> datetime:
        """The same London time of day on the first working day from `instant` on."""
        local = _london(instant)
        day = self._first_working_day(local.date())
        return as_utc(instant) if day == local.date() else at_london(day, local.time())

    def opens(self, instant: datetime) -> datetime:
        """When the service opens on the London day of `instant`, or on the first working day after it."""
        day = self._first_working_day(_london(instant).date())
        hours = self._opening(day)
        return at_london(day, hours.opens if hours else time.min)

    def before(self, due: datetime, duration: Duration) -> datetime:
        """The instant `duration` ahead of `due`; day-counting units keep the time of day."""
        local = _london(due)
        if duration.unit is Unit.WORKING_DAYS:
            return at_london(self._shift(local.date(), -duration.amount), local.time())
        if duration.unit.counts_days:
            days = duration.amount * (7 if duration.unit is Unit.WEEKS else 1)
            return at_london(local.date() - timedelta(days=days), local.time())
        return self._advance(due, -duration.length, duration.unit)

    def reminder(self, start: datetime, due: datetime, rule: str, unit: Unit) -> datetime | None:
        """When to remind before `due` under a rule "-1WD" or "-50%" (of the time counted in `unit`).

        None when the moment lies outside that time. Raises DurationError.
        """
        found = _REMINDER.fullmatch(rule)
        if found is None:
            raise DurationError(f"“{rule}” is not a reminder rule. Write -50% or -1WD.")
        if found["duration"]:
            at = self.before(due, Duration.parse(found["duration"]))
            if at <= start:  # what was asked first thing after closed days is reminded of on the day it was asked
                at = self.roll_forward(at)
        else:
            measured = _MEASURED.get(unit, unit)
            share = (100 - int(found["percent"])) / 100
            at = self._advance(start, self.open_time(start, due, measured) * share, measured)
        return at if start < at < due else None

    def remaining(self, now: datetime, due: datetime, unit: Unit) -> Remaining:
        """What is left of a clock at the moment it pauses, to give to `resume` later."""
        if unit is Unit.WORKING_DAYS:
            return Remaining(self._working_days_between(self._start_day(now), _london(due).date()), unit)
        if unit.counts_days:
            return Remaining((_london(due).date() - _london(now).date()).days, unit)
        earlier, later, sign = (now, due, 1) if now <= due else (due, now, -1)
        return Remaining(sign * round(self.open_time(earlier, later, unit).total_seconds()), unit)

    def resume(self, now: datetime, remaining: Remaining) -> datetime:
        """The new due instant when a paused clock goes on: what was left is kept, not the old date."""
        if remaining.unit is Unit.WORKING_DAYS:
            return self._closing(self._shift(self._start_day(now), remaining.amount))
        if remaining.unit is Unit.URGENT_DAYS:
            return self._urgent_end(now, remaining.amount)
        if remaining.unit.counts_days:
            return self._end_of(_london(now).date() + timedelta(days=remaining.amount))
        return self._advance(now, timedelta(seconds=remaining.amount), remaining.unit)

    def counted(self, counted: Counted) -> datetime:
        """When something falls due whose time is told, on this calendar."""
        return self.resume(*counted)

    def open_time(self, start: datetime, end: datetime, unit: Unit) -> timedelta:
        """How much time counted in `unit` lies between two instants; zero when `end` is first."""
        if unit not in (Unit.WORKING_HOURS, Unit.URGENT_HOURS):
            return max(end - start, timedelta())
        total = timedelta()
        for opens, closes in self._windows(_london(start).date(), unit, 1):
            if opens >= end:
                break
            total += max(min(closes, end) - max(opens, start), timedelta())
        return total

    def working_days_until(self, now: datetime, due: datetime) -> int:
        """How many working days end between two instants, as a person counts: Friday to Monday is one."""
        return max(self._working_days_between(_london(now).date(), _london(due).date()), 0)

    def _advance(self, start: datetime, amount: timedelta, unit: Unit) -> datetime:
        if unit not in (Unit.WORKING_HOURS, Unit.URGENT_HOURS):
            return as_utc(start) + amount
        forward = amount >= timedelta()
        left, at = abs(amount), as_utc(start)
        windows = self._windows(_london(at).date(), unit, 1 if forward else -1)
        while True:
            opens, closes = next(windows)
            begins, ends = (max(at, opens), closes) if forward else (opens, min(at, closes))
            if ends < begins:
                continue
            if left <= ends - begins:
                return begins + left if forward else ends - left
            left -= ends - begins

    def _windows(self, day: date, unit: Unit, step: int) -> Iterator[tuple[datetime, datetime]]:
        while True:
            hours = self.urgent if unit is Unit.URGENT_HOURS else self._opening(day)
            if hours:
                yield at_london(day, hours.opens), at_london(day, hours.closes)
            day += step * _ONE_DAY

    def _urgent_end(self, start: datetime, days: int) -> datetime:
        day = _london(start).date() + timedelta(days=days)
        closing = [self._closing(day)] if self.is_working_day(day) else []
        ends = [*closing, at_london(day, self.urgent.closes), at_london(day, LAST_MINUTE)]
        return next((end for end in ends if end > as_utc(start)), ends[-1])

    def _end_of(self, day: date) -> datetime:
        return self._closing(self._first_working_day(day))

    def _opening(self, day: date) -> Hours | None:
        return self.week_on(day)[day.weekday()] if self.is_working_day(day) else None

    def _closing(self, day: date) -> datetime:
        hours = self._opening(day)
        return at_london(day, hours.closes if hours else DAY_ENDS)

    def _start_day(self, instant: datetime) -> date:
        local = _london(instant)
        hours = self._opening(local.date())
        # A promise due at 17:00 is chased "two working days later" from that very day: closing time belongs to it.
        too_late = hours is not None and local.time() > hours.closes
        return self._first_working_day(local.date() + _ONE_DAY if too_late else local.date())

    def _first_working_day(self, day: date) -> date:
        while not self.is_working_day(day):
            day += _ONE_DAY
        return day

    def _shift(self, day: date, working_days: int) -> date:
        step = _ONE_DAY if working_days >= 0 else -_ONE_DAY
        left = abs(working_days)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def _working_days_between(self, first: date, last: date) -> int:
        if last < first:
            return -self._working_days_between(last, first)
        days = (first + timedelta(days=n + 1) for n in range((last - first).days))
        return sum(map(self.is_working_day, days))


ENGLAND = Calendar()


def _london(instant: datetime) -> datetime:
    return as_utc(instant).astimezone(LONDON)
