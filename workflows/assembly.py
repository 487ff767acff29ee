"""The one wiring place: settings in, an office with desks out."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from forms import Catalogue
from workflows.casework.access import CLOCK, Actor
from workflows.clock import Clock, FileClock, SystemClock
from workflows.desk import Desk, TableShelf
from workflows.engine.parsing import Library
from workflows.settings import Settings
from workflows.storage import runs, schema
from workflows.storage.database import Database
from workflows.storage.turn import Turn, turn_on

__all__ = ["Office", "Turn", "open_office"]


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
