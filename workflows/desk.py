"""The desk: what one piece of work is done with. Every verb is handed a desk first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from forms import Catalogue
from workflows.casework.access import Actor
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, ModelVersion
from workflows.casework.incident import Failure
from workflows.clock import Clock, london_day
from workflows.engine.decisions import DecisionTable
from workflows.engine.parsing import Library
from workflows.settings import Settings
from workflows.storage import runs
from workflows.storage.database import Database
from workflows.storage.unit_of_work import UnitOfWork, transaction
from workflows.working_time import Counted, Duration


@dataclass(frozen=True)
class PendingStart:
    """A process of the case that a duty asked for; it starts once the present step is written down."""

    case: Case
    process: str
    data: Mapping[str, Any]
    requester_id: UUID | None = None


@dataclass(frozen=True)
class PendingMessage:
    """A message to the case's other processes that a duty asked for."""

    case: Case
    name: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class PendingReturn:
    """A process of the case that goes on from where a mistaken ending had cut it off."""

    case: Case
    run: CaseRun


@dataclass(frozen=True)
class PendingClocks:
    """The clocks of a case were stopped, or go on (`stopped_at` says since when they stood still): timers follow."""

    case: Case
    stopped_at: datetime | None = None


@dataclass(frozen=True)
class PendingDates:
    """Waiting events of the case, by their keys, that are to wait for another date from now on."""

    case: Case
    dates: Mapping[str, datetime]


Pending = PendingStart | PendingMessage | PendingReturn | PendingClocks | PendingDates


@dataclass
class Work:
    """One transaction at the desk, with everything a verb or a duty needs."""

    desk: Desk
    unit: UnitOfWork
    pending: list[Pending] = field(default_factory=list)
    # How the dates that this act gave its diagrams came about: by the date, or by the id of the event that waits.
    counted: dict[datetime | str, Counted] = field(default_factory=dict)
    # What is to be done once all of it is kept, at a desk with no act under way. It may fail, or never come to it:
    # whatever must not be missed stands in the database as well, where the worker finds it.
    afterwards: list[Callable[[Desk], object]] = field(default_factory=list)
    kept = False

    @property
    def session(self) -> Session:
        """The database session of this transaction."""
        return self.unit.session

    @property
    def now(self) -> datetime:
        """The instant this piece of work happens (one for all of it)."""
        return self.unit.now

    @property
    def today(self) -> date:
        """The day in London."""
        return self.unit.today

    @property
    def actor(self) -> Actor:
        """Whoever acts."""
        return self.desk.actor

    def due(self, case: Case, key: str, start: datetime | None = None) -> datetime:
        """Return the instant a setting such as `due.triage` leads to in a case, counted from `start` (now)."""
        return case.calendar.counted(self.time_of(case, key, start or self.now))

    def time_of(self, case: Case, key: str, start: datetime) -> Counted:
        """Return how the time that a setting gives is counted from an instant."""
        return Counted.promised(start, Duration.parse(case.programme.setting(key, self.today)))

    def wait_for(self, case: Case, counted: Counted) -> datetime:
        """Return when a time is over, for a diagram that waits for that, and remember how it was counted."""
        due = case.calendar.counted(counted)
        self.counted[due] = counted
        return due

    def commit(self) -> None:
        """Keep everything, audit included."""
        self.unit.commit()
        self.kept = True


class PartOfWork(Work):
    """Work that is part of a larger act: it says that it is done, and the larger act keeps it, or nothing is kept."""

    done = False

    def commit(self) -> None:
        """Say that this part is done; the transaction goes on."""
        self.unit.session.flush()
        self.done = True


@dataclass(frozen=True)
class Desk:
    """The office as seen by one actor."""

    database: Database
    library: Library
    forms: Catalogue
    clock: Clock
    settings: Settings
    actor: Actor
    tables: TableShelf
    act: Work | None = None  # the larger act under way here, of which everything is a part
    # The steps that failed when the act was begun, and are left out of it now.
    left_out: Mapping[tuple[str, str, str], Failure] = field(default_factory=dict)
    unattended: bool = False  # nobody is there who could read why something is refused

    def for_actor(self, actor: Actor) -> Desk:
        """Return the same desk with somebody else at it."""
        return replace(self, actor=actor)

    @property
    def today(self) -> date:
        """The day in London."""
        return london_day(self.clock.now())

    @property
    def names_left_out(self) -> tuple[str, ...]:
        """What people call the steps that are left out."""
        return tuple(failure.name for failure in self.left_out.values())

    def leaving_out(self, failure: Failure) -> Desk:
        """Return the same desk for an act begun anew, in which this step is left out."""
        return replace(self, left_out={**self.left_out, failure.place: failure})

    def left_to_itself(self) -> Desk:
        """Return the same desk for an act that nobody waits for."""
        return replace(self, unattended=True)

    def within(self, act: Work) -> Desk:
        """Return the same desk for the parts of an act: all of them are one transaction, kept by the act."""
        return replace(self, act=act)

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Open a transaction; without `commit` nothing is kept."""
        if self.act is not None:
            part = PartOfWork(self, self.act.unit, afterwards=self.act.afterwards)
            yield part
            if not part.done and part.unit.changed:
                raise RuntimeError("a part of an act changed something and did not say that it was done")
            return
        with transaction(self.database, self.actor, self.clock) as unit:
            work = Work(self, unit)
            yield work
        for follow in work.afterwards if work.kept else ():
            follow(replace(self, left_out={}))

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """Open a session that only looks."""
        if self.act is not None:  # what the act has changed so far is seen as well
            yield self.act.session
            return
        session = self.database.reading()
        try:
            yield session
        finally:
            session.close()


class TableShelf:
    """Parsed decision tables, kept by version: a version never changes."""

    def __init__(self) -> None:
        self._tables: dict[UUID, DecisionTable] = {}

    def table(self, session: Session, release_id: UUID, key: str) -> tuple[DecisionTable, UUID]:
        """Return the table of a release and the id of its version."""
        version_id = runs.version_in(session, release_id, "dmn", key)
        if version_id not in self._tables:
            self._tables[version_id] = DecisionTable.parse(session.get_one(ModelVersion, version_id).xml)
        return self._tables[version_id], version_id
