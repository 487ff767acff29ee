"""When the last downtime pack was written, and whether today's is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from workflows.casework.notice import Heartbeat
from workflows.casework.rounds import DOWNTIME
from workflows.clock import at_london, london_day
from workflows.desk import Desk

FROM = time(6)
LATE_AFTER = timedelta(minutes=30)


@dataclass(frozen=True)
class LastPack:
    """The last pack of every team. written_at: None when there never was one. wanted: a folder is named for it."""

    written_at: datetime | None
    wanted: bool
    late: bool


def pack_is_due(desk: Desk) -> bool:
    """Say whether today's packs are still to be written: once a London day, from six."""
    with desk.looking() as session:
        last = last_pack(session, desk)
    return last.wanted and desk.clock.now() >= at_london(desk.today, FROM) and not _of_today(desk, last.written_at)


def last_pack(session: Session, desk: Desk) -> LastPack:
    """Return when the last one was written; half an hour after six, one of another day is late."""
    found = session.get(Heartbeat, DOWNTIME)
    written_at, wanted = found.at if found else None, desk.settings.downtime_folder is not None
    late = wanted and desk.clock.now() >= at_london(desk.today, FROM) + LATE_AFTER and not _of_today(desk, written_at)
    return LastPack(written_at, wanted, late)


def _of_today(desk: Desk, at: datetime | None) -> bool:
    return at is not None and london_day(at) == desk.today and at >= at_london(desk.today, FROM)
