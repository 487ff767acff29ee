"""The one timetable: which work belongs to which round. Everything that happens by itself stands here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workers.jobs import import_lists, remind, send_notices, tidy, wake_cases
from workflows.assembly import Office
from workflows.casework.rounds import ROUNDS


@dataclass(frozen=True)
class Job:
    """A job: its name, its seconds between rounds, and the work, which returns items done and failed."""

    name: str
    every_seconds: int
    work: Callable[[Office], tuple[int, int]]


def _job(name: str, work: Callable[[Office], tuple[int, int]]) -> Job:
    return Job(name, int(ROUNDS[name].every.total_seconds()), work)


TIMETABLE = (
    _job("wake_cases", wake_cases.work),
    _job("import_lists", import_lists.work),
    _job("remind_of_safety", remind.of_safety),
    _job("daily_digest", remind.daily_digest),
    _job("send_notices", send_notices.work),
    _job("tidy", tidy.work),
)
