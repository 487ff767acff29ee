"""How the service is: database, disk, and each job of the worker by itself. Never anything about a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from workflows.casework.diagram import CaseRun
from workflows.casework.notice import Heartbeat
from workflows.casework.rounds import ROUNDS, SILENT_AFTER, Round, some_failed
from workflows.desk import Desk
from workflows.storage import schema
from workflows.storage.room import room_left


@dataclass(frozen=True)
class Beat:
    """When a job of the worker last made its round; None when it never did."""

    round: Round
    at: datetime | None
    detail: str
    silent: bool

    @property
    def failing(self) -> bool:
        """Whether its last round could not do everything."""
        return some_failed(self.detail)


@dataclass(frozen=True)
class Health:
    """What a monitor asks for. Ages in seconds; None when the worker has never made a round.

    `silent`: the jobs that miss their rounds, whatever the others do. `room`: see `room_left`.
    """

    database: bool
    schema: bool
    worker_seconds: int | None
    silent: tuple[Round, ...] = ()
    room: str = "elsewhere"

    @property
    def worker(self) -> bool:
        """Whether every job of the worker makes its rounds."""
        return self.worker_seconds is not None and not self.silent

    @property
    def ok(self) -> bool:
        """Whether everything is as it should be."""
        return self.database and self.schema and self.worker and self.room != "none"


@dataclass(frozen=True)
class Stopped:
    """What everybody relies on and does not happen: what it is, and since when; `everything` when nothing does."""

    rounds: tuple[tuple[Round, datetime], ...]
    everything: bool

    @property
    def since(self) -> datetime:
        """When the last of them was done: from then on none is."""
        return max(at for _, at in self.rounds)


def health(desk: Desk) -> Health:
    """Ask each part how it is; a database that does not answer is an answer."""
    try:
        with desk.looking() as session:
            current = session.scalar(text("select version_num from alembic_version")) in schema.heads()
            found = beats(session, desk.clock.now())
    except SQLAlchemyError:
        return Health(database=False, schema=False, worker_seconds=None)
    last = max((beat.at for beat in found if beat.at is not None), default=None)
    return Health(
        database=True,
        schema=current,
        worker_seconds=None if last is None else max(0, round((desk.clock.now() - last).total_seconds())),
        silent=tuple(beat.round for beat in found if beat.silent),
        room=room_left(desk.settings.database_url),
    )


def worker_silence(desk: Desk) -> Stopped | None:
    """Return what nobody does that everybody relies on: each job for itself, one that beats speaks for no other.

    A job that never ran at all is missed from the first process on that could have needed it.
    """
    now = desk.clock.now()
    with desk.looking() as session:
        relied_on = [beat for beat in beats(session, now) if beat.round.relied_on]
        silent = [beat for beat in relied_on if beat.silent]
        began = session.scalar(select(func.min(CaseRun.started_at))) if silent else None
    since = [(beat.round, at) for beat in silent if (at := beat.at or began) is not None]
    missed = tuple((one, at) for one, at in since if one.missed(at, now))
    return Stopped(missed, everything=len(missed) == len(relied_on)) if missed else None


def workers_heard(desk: Desk, session: Session) -> tuple[float, ...]:
    """Return for each worker that lives how many seconds ago it was heard. On SQLite there is one: its rounds tell."""
    if desk.database.queue is not None:
        return desk.database.queue.workers_heard(session)
    last = session.scalar(select(func.max(Heartbeat.at)))
    ago = None if last is None else desk.clock.now() - last
    return () if ago is None or ago > SILENT_AFTER else (max(0.0, ago.total_seconds()),)


def beats(session: Session, now: datetime) -> Sequence[Beat]:
    """Return every job of the timetable with its last round."""
    found = {row.name: row for row in session.scalars(select(Heartbeat).where(Heartbeat.name.in_(ROUNDS)))}
    return [
        Beat(one, row.at, row.detail, one.missed(row.at, now))
        if (row := found.get(one.name))
        else Beat(one, None, "", True)
        for one in ROUNDS.values()
    ]
