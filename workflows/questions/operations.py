"""How the installation is: database, worker, outbox, processes that failed. Never anything about a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from workflows.casework.notice import Notice
from workflows.casework.outside import OutsideTask
from workflows.casework.rounds import SILENT_AFTER
from workflows.desk import Desk
from workflows.questions import incidents
from workflows.questions.downtime_last import LastPack, last_pack
from workflows.questions.health import Beat, Health, beats, health, workers_heard
from workflows.questions.stalled import without_a_way
from workflows.questions.waiting import late_timers, parked_in_all
from workflows.storage.incidents import run_by

MOST_SHOWN = 100


@dataclass(frozen=True)
class UnsentNotice:
    """A notice that waits or could not be delivered; to whom is not said here."""

    id: UUID
    kind: str
    channel: str
    status: str
    made_at: datetime
    next_attempt_at: datetime | None
    attempts: int
    why: str


@dataclass(frozen=True)
class Queued:
    """What stands in the queue of all workers. `oldest`: seconds that the oldest has been waiting for a worker."""

    waiting: int
    under_way: int
    failed: int
    oldest: float


@dataclass(frozen=True)
class Board:
    """The operations page. `…_in_all`: how many there are, of which the first are shown."""

    health: Health
    beats: Sequence[Beat]
    waiting: int
    late: int
    failed: Sequence[UnsentNotice]
    failed_in_all: int
    unmatched: int
    standing: int  # incidents that are still tried by themselves
    for_somebody: int  # incidents that wait for a person
    late_timers: int
    without_a_way: int  # processes that run, and nobody and nothing moves them on
    queued: Queued | None  # None where the worker needs no queue
    workers: Sequence[float]  # for each that lives: how many seconds ago it was heard
    unfetched: int  # steps that no other system has fetched for a quarter of an hour
    downtime: LastPack  # of every team, on paper


def board(desk: Desk) -> Board:
    """Return what needs somebody's hand, and what is well."""
    incidents.must_see_operations(desk)
    theirs = run_by(desk.actor, incidents.SEE)
    with desk.looking() as session:
        return Board(
            health=health(desk),
            beats=beats(session, desk.clock.now()),
            waiting=_count(session, Notice.status == "waiting"),
            late=_count(session, Notice.status == "waiting", Notice.next_attempt_at < desk.clock.now() - SILENT_AFTER),
            failed=_failed_notices(session),
            failed_in_all=_count(session, _TROUBLED),
            unmatched=parked_in_all(session),
            standing=incidents.count(session, incidents.TRIED, theirs),
            for_somebody=incidents.count(session, incidents.FOR_SOMEBODY, theirs),
            late_timers=late_timers(session, desk.clock.now()),
            without_a_way=without_a_way(session, desk.library),
            queued=_queued(desk, session),
            workers=workers_heard(desk, session),
            unfetched=_unfetched(session, desk.clock.now()),
            downtime=last_pack(session, desk),
        )


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Notice).where(*conditions)) or 0


_TROUBLED = or_(Notice.status == "failed", and_(Notice.status == "waiting", Notice.attempts > 0))


def _failed_notices(session: Session) -> list[UnsentNotice]:
    query = select(Notice).where(_TROUBLED).order_by(Notice.made_at).limit(MOST_SHOWN)
    return [
        UnsentNotice(
            row.id, row.kind, row.channel, row.status, row.made_at, row.next_attempt_at, row.attempts,
            row.failed_why or "",
        )
        for row in session.scalars(query)
    ]  # fmt: skip


def _unfetched(session: Session, now: datetime) -> int:
    free = (OutsideTask.status == "open", OutsideTask.free_at < now - SILENT_AFTER)
    return session.scalar(select(func.count()).select_from(OutsideTask).where(*free)) or 0


def _queued(desk: Desk, session: Session) -> Queued | None:
    queue = desk.database.queue
    return None if queue is None else Queued(*queue.how_many(session))
