"""Reminders and escalation as a table: when somebody is told that a promise runs out, and whom.

Each class of task climbs a ladder of its own: S what is about safety, A what was promised to a person, B internal, C
low; and `review`, the reviews. A rung has a level: R1 and R2 before the task is due, L1 when it is, L2 and on after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from workflows.casework.ways import EMAIL
from workflows.clock import london_day
from workflows.durations import Duration, Unit
from workflows.working_time import Calendar

NAMES = {
    "S": "Safety",
    "A": "Promised to a person",
    "B": "Internal",
    "C": "Low",
    "review": "Review of the plan",
}
SAFETY, REVIEW = "S", "review"
LEVELS = ("R1", "R2", "L1", "L2", "L3", "L4", "L5", "L6")
AT_DUE = LEVELS.index("L1") + 1  # as tasks count the levels they have climbed: 0 none, 1 R1, 2 R2, 3 L1, …
DUE, SAME_DAY = "due", "same day"
HOLDER, POOL, DUTY, COORDINATOR = "holder", "pool", "duty", "coordinator_of_case"
PEOPLE = {
    HOLDER: "whoever has the task, or its pool",
    POOL: "everybody of its pool",
    DUTY: "whoever is on duty",
    COORDINATOR: "the care coordinator of the case",
}
AT_ONCE, DAILY, WEEKLY, NOBODY = "at once", "daily", "weekly", "nobody"
PACES = {
    AT_ONCE: "at once",
    DAILY: "in the morning message",
    WEEKLY: "in the first morning message of a week",
    NOBODY: "nobody is written to",
}
BOARD, AGENDA, REPORT = "board", "agenda", "report"
PLACES = {BOARD: "red on the board", AGENDA: "on the next meeting’s agenda", REPORT: "in the exception report"}
DONE, SEEN = "done", "seen"
SAME, CHANGED = "equal", "replace"  # what difflib calls what stayed, and what stands in the place of something else


@dataclass(frozen=True)
class Clock:
    """What a ladder needs to know of a task: since when its time runs, when it is due, in what that is counted."""

    since: datetime
    due: datetime
    unit: Unit

    @classmethod
    def of(cls, task: Any) -> Clock:
        """Return that of a task with a date, or of what a list knows of it.

        Its time counts from when it was asked, or was given the day on which it is due now: what was promised before it
        was asked reminds nobody of that earlier time.
        """
        return cls(max(task.opened_at, task.due_since or task.opened_at), task.due_at, Unit(task.due_unit))


@dataclass(frozen=True)
class Rung:
    """One rung of a ladder.

    level: as `Task.level` counts. when: "50%" of the time used, "-1WD" before it is due, "due", "+2WD" after it.
    whom: people of `PEOPLE`, or roles. how: a pace. shown: places. every, times: said again so often after that long.
    until: what stops it: the task is done, or somebody has said that they know of it. by: the ways it may be told.
    """

    ladder: str
    level: int
    when: str
    only: str = ""
    whom: tuple[str, ...] = ()
    how: str = DAILY
    shown: tuple[str, ...] = ()
    every: Duration | None = None
    times: int = 0
    until: str = DONE
    by: tuple[str, ...] = (EMAIL,)

    @property
    def name(self) -> str:
        """R1, L1, …"""
        return LEVELS[self.level - 1]

    @property
    def says(self) -> tuple[str, str, tuple[str, ...]]:
        """When whom is told: by that a rung is known in another version, whatever its name is there."""
        return self.when, self.only, self.whom

    @property
    def before_due(self) -> bool:
        """Whether it only reminds of what is still in time."""
        return self.level < AT_DUE

    def at(self, clock: Clock, calendar: Calendar) -> datetime | None:
        """Return when it comes for a task; None where it does not: its moment lies before the task was asked."""
        if self.only == SAME_DAY and london_day(clock.since) != london_day(clock.due):
            return None
        if self.when == DUE:
            return clock.due
        if self.before_due:
            rule = f"-{100 - int(self.when[:-1])}%" if self.when.endswith("%") else self.when
            return calendar.reminder(clock.since, clock.due, rule, clock.unit)
        return calendar.due(clock.due, Duration.parse(self.when[1:]))

    def again(self, fired: datetime, times: int, calendar: Calendar) -> datetime | None:
        """Return when it is said once more, having been said `times` times, the last time at `fired`."""
        if self.every is None or times > self.times:
            return None
        return calendar.due(fired, self.every)


@dataclass(frozen=True)
class Moment:
    """A rung, and when it comes."""

    at: datetime
    rung: Rung


@dataclass(frozen=True)
class Ladder:
    """All ladders of a programme: one table."""

    rungs: tuple[Rung, ...]

    def of(self, name: str) -> tuple[Rung, ...]:
        """Return the rungs of one ladder, the lowest first."""
        return tuple(rung for rung in self.rungs if rung.ladder == name)

    def climb(self, name: str, clock: Clock, calendar: Calendar, above: int = 0) -> tuple[Moment, ...]:
        """Return when each rung above a level comes for a task, in the order in which they come.

        A reminder comes before its task is due; a rung never comes before the one below it.
        """
        found: list[Moment] = []
        for rung in self.of(name):
            at = rung.at(clock, calendar) if rung.level > above else None
            if at is not None:
                found.append(Moment(max([at, *(one.at for one in found)]), rung))
        return tuple(found)

    def above(self, name: str, level: int, overdue: bool, known: bool) -> Rung | None:
        """Return the rung that comes next for a task.

        One that is overdue is reminded of nothing any more; of one that somebody knows of only some rungs tell.
        """
        coming = (one for one in self.of(name) if one.level > level)
        return next(
            (one for one in coming if not (overdue and one.before_due) and not (known and one.until == SEEN)), None
        )

    def reached(self, name: str, older: Ladder, level: int) -> int:
        """Return the level of this ladder on which a task stands that stood on one of an older version.

        It has come to each rung that says what one said to which it had come, wherever that stands now.
        """
        come = (now.level for was, now in twins(older.of(name), self.of(name)) if was.level <= level)
        return max(come, default=0)

    def last(self, name: str) -> int:
        """Return the highest level of a ladder; nothing but doing the task stops it."""
        return max((rung.level for rung in self.of(name)), default=0)


def twins(older: Sequence[Rung], newer: Sequence[Rung]) -> Iterator[tuple[Rung, Rung]]:
    """Yield the rungs of two versions that say the same: of when whom; or, between such, of the same people or time."""
    match = SequenceMatcher(None, [one.says for one in older], [one.says for one in newer], autojunk=False)
    for what, first, last, begin, end in match.get_opcodes():
        left = list(newer[begin:end])
        for was in older[first:last] if what in (SAME, CHANGED) else ():
            twin = next((one for one in left if one.whom == was.whom or one.when == was.when), None)
            if twin is not None:
                yield was, twin
                left = [one for one in left if one.level > twin.level]


def ladder_name(escalation: str, properties: Mapping[str, object]) -> str:
    """Return which ladder a task climbs: that of its class, or the one that its diagram names; safety goes first."""
    named = str(properties.get("ladder", ""))
    return named if named in NAMES and escalation != SAFETY else escalation
