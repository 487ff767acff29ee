"""What is said of an open task next, for lists: without asking the database for anything but the task’s own row."""

from __future__ import annotations

from typing import Any

from workflows.casework.ladder import Clock, Ladder, Rung, ladder_name
from workflows.working_time import Calendar


def next_rung(task: Any, ladder: Ladder, calendar: Calendar, late: bool) -> Rung | None:
    """Return the rung that comes for a task at its `remind_at`, or on which it stands and is told of once more.

    `task`: a row with its clock, `level`, `remind_at`, `seen_at` and what says which ladder it climbs.
    """
    if task.remind_at is None:
        return None
    name = ladder_name(task.escalation, task.properties)
    following = ladder.above(name, task.level, late, task.seen_at is not None)
    here = next((one for one in ladder.of(name) if one.level == task.level and one.every), None)
    if here is None or following is None:
        return following or here
    at = following.at(Clock.of(task), calendar)
    return here if at is not None and task.remind_at < at else following
