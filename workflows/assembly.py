"""The one wiring place: settings in, an office with desks out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from forms import Catalogue
from workflows.casework.access import CLOCK, Actor
from workflows.casework.errors import RuleBroken
from workflows.clock import Clock, FileClock, SystemClock
from workflows.desk import Desk, TableShelf
from workflows.engine.parsing import Library
from workflows.settings import Settings
from workflows.storage import removal, runs, schema
from workflows.storage.database import Database
from workflows.storage.turn import Turn, turn_on

if TYPE_CHECKING:
    from workflows.storage.queue import Do, Queue, QueueWorker

__all__ = ["Office", "QueueStands", "Turn", "open_office"]
LONGEST_IN_QUEUE = 5 * 60  # seconds: then nobody seems to do what is handed out


class QueueStands(RuntimeError):
    """What was handed out is not being done."""


@dataclass(frozen=True)
class Office:
    """A running installation: whoever has an actor gets a desk."""

    settings: Settings
    clock: Clock
    database: Database
    _desk: Desk

    def desk(self, actor: Actor = CLOCK) -> Desk:
        """Return the desk of an actor (the clock, when nobody in particular acts)."""
        return self._desk.for_actor(actor)

    def migrate(self) -> None:
        """Bring the database to this version's schema."""
        schema.upgrade(self.database)

    def migrated(self) -> bool:
        """Say whether the database has this version's schema."""
        return schema.up_to_date(self.database)

    def take_stock(self) -> None:
        """Let the database see how much of what it holds, so that it goes on finding things quickly."""
        self.database.take_stock()

    def turn(self) -> Turn:
        """Return the turn of a worker: of any number of them exactly one ticks at a time."""
        return turn_on(self.database.url)

    @property
    def shares_work(self) -> bool:
        """Whether there is a queue from which several workers take what is due."""
        return self.database.queue is not None

    def hand_out(self, job: str, ids: Sequence[UUID]) -> int:
        """Put these into the queue, but for those that are in it; returns how many that were.

        Raises QueueStands when nobody has done the oldest for long: the round did not take place then.
        """
        queue, session = self._queue, self.database.writing()
        try:
            handed_out = queue.hand_out_new(session, job, ids)
            session.commit()
            waits = queue.waits_since(session, job)
        finally:
            session.close()
        if waits > LONGEST_IN_QUEUE:
            raise QueueStands(f"the oldest job {job} waits for {waits:.0f} seconds")
        return handed_out

    def queue_worker(self, jobs: Mapping[str, Do]) -> QueueWorker:
        """Return what does jobs of the queue in this process."""
        return self._queue.worker(jobs)

    @property
    def _queue(self) -> Queue:
        assert self.database.queue is not None, "there is no queue on this database"  # noqa: S101 - the callers asked
        return self.database.queue

    def back_up(self, copy: Path) -> None:
        """Copy the SQLite database of this office into a new file, while everybody works on."""
        if self.database.dialect != "sqlite":
            raise RuleBroken("This copies SQLite. PostgreSQL has a program of its own for it: pg_dump.")
        try:
            self.database.back_up(copy)
        except OSError as failure:
            raise RuleBroken(f"{copy} cannot be written: {failure.strerror}.") from failure

    def move_to(self, url: str, tell: Callable[[str, int, int], None]) -> Office:
        """Copy everything into an empty PostgreSQL and return the office there; see `removal.move`."""
        there = open_office(replace(self.settings, database_url=url), self.clock)
        try:
            removal.move(self.database, there.database, tell)
        except BaseException:
            there.close()
            raise
        return there

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


def open_office(settings: Settings, clock: Clock | None = None) -> Office:
    """Wire an office from its settings; tests and rehearsals hand in a clock of their own."""
    database = Database(settings.database_url)
    time = clock or (FileClock(settings.clock_file) if settings.clock_file else SystemClock())
    library = Library(lambda release: _diagrams(database, release))
    desk = Desk(database, library, Catalogue.shipped(), time, settings, CLOCK, TableShelf())
    return Office(settings, time, database, desk)


def _diagrams(database: Database, release: str) -> list[bytes]:
    session = database.reading()
    try:
        return [version.xml for version in runs.models_of(session, UUID(release), "bpmn").values()]
    finally:
        session.close()
