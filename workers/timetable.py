"""The one timetable: which job, how often. Everything that happens by itself stands here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workers.jobs import import_lists, remind, send_notices, tidy, wake_cases
from workflows.assembly import Office


@dataclass(frozen=True)
class Job:
    """A job: its name, its seconds between rounds, and the work, which returns items done and failed."""

    name: str
    every_seconds: int
    work: Callable[[Office], tuple[int, int]]


TIMETABLE = (
    Job("wake_cases", 15, wake_cases.work),
    Job("import_lists", 5, import_lists.work),
    Job("remind_of_safety", 60, remind.of_safety),
    Job("daily_digest", 300, remind.daily_digest),
    Job("send_notices", 10, send_notices.work),
    Job("tidy", 3600, tidy.work),
)
