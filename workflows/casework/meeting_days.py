"""On which days a team meets, as the team keeps it: every so many weeks or once a month, at a time, at a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

from workflows.casework.calendars import Content
from workflows.clock import at_london, london_day
from workflows.working_time import Calendar

MEETINGS = "meetings"  # where the content of a team keeps them
MOST_WEEKS = 4  # from one meeting to the next
LAST_OF_MONTH = -1
IN_A_MONTH = (1, 2, 3, 4, LAST_OF_MONTH)  # the first, second, third, fourth and last such weekday
AHEAD = timedelta(weeks=26)  # so far meetings are looked for


@dataclass(frozen=True)
class Rhythm:
    """How a team meets from a day on, which is a day of meeting itself, at a time in London.

    weeks: from one meeting to the next; 0 where it meets monthly. of_month: then, on which such weekday of each month.
    """

    first: date
    weeks: int
    at: time
    where: str = ""
    of_month: int = 0

    def days(self, first: date, last: date) -> Iterator[date]:
        """Yield its days from one day to another, both included."""
        begins, *between = (datetime.combine(day, time.min) for day in (self.first, first, last))
        if self.of_month:
            same_day = weekday(self.first.weekday(), self.of_month)
            rule = rrule(MONTHLY, begins, byweekday=same_day)
        else:
            rule = rrule(WEEKLY, begins, interval=max(self.weeks, 1))  # an interval of none would never end
        for at in rule.between(*between, inc=True):
            yield at.date()

    @property
    def begins_with_a_meeting(self) -> bool:
        """Whether its first day is a day of meeting: the third Tuesday of a month is not its first."""
        return self.first in self.days(self.first, self.first)


@dataclass(frozen=True)
class Sitting:
    """One meeting of a team. at: when it begins. where: empty where nobody has said it."""

    at: datetime
    where: str = ""

    @property
    def day(self) -> date:
        """Its day in London."""
        return london_day(self.at)


def rhythms_of(content: Content) -> tuple[Rhythm, ...]:
    """Return how a team has met and meets, in the order in which it counts; each until the next begins."""
    rows = content.get(MEETINGS, ())
    return tuple(sorted((_read(row) for row in rows), key=lambda one: one.first))


def meeting_by(content: Content, rhythm: Rhythm) -> Content:
    """Return the content of a team that meets otherwise from a day on; how it met before stays."""
    before = [row for row in content.get(MEETINGS, ()) if row["first"] < rhythm.first.isoformat()]
    return {**content, MEETINGS: [*before, written(rhythm)]}


def sittings(content: Content, calendar: Calendar, first: date, last: date) -> tuple[Sitting, ...]:
    """Return the meetings of a team from one day to another; on a day on which it is closed there is none."""
    rhythms = rhythms_of(content)
    ends = [one.first - timedelta(days=1) for one in rhythms[1:]] + [last]
    return tuple(
        Sitting(at_london(day, rhythm.at), rhythm.where)
        for rhythm, end in zip(rhythms, ends, strict=False)
        for day in rhythm.days(max(first, rhythm.first), min(last, end))
        if calendar.is_working_day(day)
    )


def next_sitting(content: Content, calendar: Calendar, today: date) -> Sitting | None:
    """Return the next meeting of a team; today's counts all day."""
    return next(iter(sittings(content, calendar, today, today + AHEAD)), None)


def written(rhythm: Rhythm) -> dict[str, Any]:
    """Return a rhythm as the content of a team keeps it."""
    how = {"weeks": rhythm.weeks, **({"of_month": rhythm.of_month} if rhythm.of_month else {})}
    return {"first": rhythm.first.isoformat(), **how, "at": f"{rhythm.at:%H:%M}", "where": rhythm.where}


def _read(row: Content) -> Rhythm:
    first, at = date.fromisoformat(row["first"]), time.fromisoformat(row["at"])
    return Rhythm(first, row["weeks"], at, row.get("where") or "", row.get("of_month", 0))
