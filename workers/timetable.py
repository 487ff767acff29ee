"""The one timetable: which work belongs to which round. Everything that happens by itself stands here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workers.items import Items
from workers.jobs import (
    call_addresses,
    count_weeks,
    deliver_messages,
    import_lists,
    move_cases,
    move_dates,
    pass_on,
    remind,
    send_notices,
    send_texts,
    tidy,
    try_again,
    try_ladders,
    wake_cases,
    work_out_impacts,
    write_downtime_packs,
)
from workflows.assembly import Office
from workflows.casework.rounds import ROUNDS


@dataclass(frozen=True)
class Job:
    """A job: its name, its seconds between rounds, and the work, which returns items done and failed.

    items: where the work falls into items, which several workers may share.
    """

    name: str
    every_seconds: int
    work: Callable[[Office], tuple[int, int]]
    items: Items | None = None


def _job(name: str, work: Callable[[Office], tuple[int, int]], items: Items | None = None) -> Job:
    return Job(name, int(ROUNDS[name].every.total_seconds()), work, items)


def _shared(name: str, items: Items) -> Job:
    return _job(name, items.work, items)


TIMETABLE = (
    _shared("wake_cases", wake_cases.ITEMS),
    _shared("try_again", try_again.ITEMS),
    _shared("deliver_messages", deliver_messages.ITEMS),
    _shared("import_lists", import_lists.ITEMS),
    _shared("move_dates", move_dates.ITEMS),
    _shared("try_ladders", try_ladders.ITEMS),
    _shared("move_cases", move_cases.ITEMS),
    _shared("work_out_impacts", work_out_impacts.ITEMS),
    _shared("pass_on", pass_on.ITEMS),
    _job("climb_ladders", remind.climb),
    _job("daily_digest", remind.daily_digest),
    _job("downtime_packs", write_downtime_packs.work),
    _shared("send_notices", send_notices.ITEMS),
    _shared("send_texts", send_texts.ITEMS),
    _shared("call_addresses", call_addresses.ITEMS),
    _job("count_weeks", count_weeks.work),
    _job("tidy", tidy.work),
)
SHARED = {job.name: job.items for job in TIMETABLE if job.items is not None}
