"""What the service waits for: dates to come, and news from elsewhere. Never whom it is about."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, Waiting
from workflows.casework.message import WAITING, Message
from workflows.casework.rounds import SILENT_AFTER
from workflows.desk import Desk
from workflows.engine.parsing import Library
from workflows.engine.refusals import EngineRefused
from workflows.questions.incidents import hidden_from, must_see_operations

MOST_SHOWN = 100


@dataclass(frozen=True)
class Awaited:
    """One date or message of the diagrams that processes wait for. `late`: dates that should have gone off.

    `kept`: the date tells something of whoever the case is about, such as a birthday, and is not told here.
    """

    process: str
    key: str
    name: str
    kind: str
    many: int
    late: int
    next_at: datetime | None
    since: datetime
    kept: bool = False


@dataclass(frozen=True)
class Waits:
    """One process that waits; `number` of its case, empty where whoever looks may not know which case it is."""

    run_id: UUID | None
    number: str
    due_at: datetime | None
    since: datetime
    late: bool


@dataclass(frozen=True)
class Parked:
    """A message that no case has taken; what it says stays with those who settle messages."""

    id: UUID
    type: str
    source: str
    received_at: datetime
    proposed: bool


def awaited(desk: Desk) -> tuple[Awaited, ...]:
    """Return everything that is waited for, by the event of the diagram, what is late and what comes first on top."""
    must_see_operations(desk)
    with desk.looking() as session:
        late = func.count().filter(Waiting.due_at < desk.clock.now() - SILENT_AFTER)
        key = (CaseRun.process, Waiting.key, Waiting.name, Waiting.kind)
        query = (
            select(*key, func.count(), late, func.min(Waiting.due_at), func.min(Waiting.since))
            .join(CaseRun, CaseRun.id == Waiting.run_id)
            .where(CaseRun.status == "running")
            .group_by(*key)
        )
        kept = _about_a_person(session, desk.library)
        found = [_told(Awaited(*row), kept) for row in session.execute(query)]
        return tuple(sorted(found, key=lambda one: (-one.late, one.kind != "timer", one.next_at or one.since)))


def who_waits(desk: Desk, process: str, key: str) -> tuple[Waits, ...]:
    """Return the processes that wait for one event, the next due first."""
    must_see_operations(desk)
    with desk.looking() as session:
        query = (
            select(Waiting.run_id, Waiting.case_id, Case.number, Waiting.due_at, Waiting.since)
            .join(CaseRun, CaseRun.id == Waiting.run_id)
            .join(Case, Case.id == Waiting.case_id)
            .where(CaseRun.status == "running", CaseRun.process == process, Waiting.key == key)
            .order_by(Waiting.due_at, Waiting.since, Waiting.id)
            .limit(MOST_SHOWN)
        )
        rows, late_before = session.execute(query).all(), desk.clock.now() - SILENT_AFTER
        hidden = hidden_from(session, desk, (row.case_id for row in rows))
        kept = key in _about_a_person(session, desk.library)
        return tuple(
            Waits(
                run_id=None if case_id in hidden else run_id,
                number="" if case_id in hidden else number,
                due_at=None if kept else due,
                since=since,
                late=due is not None and due < late_before,
            )
            for run_id, case_id, number, due, since in rows
        )


def _told(one: Awaited, kept: frozenset[str]) -> Awaited:
    return replace(one, next_at=None, kept=True) if one.key in kept else one


def _about_a_person(session: Session, library: Library) -> frozenset[str]:
    """Return the events of all diagrams that run whose dates tell something of a person."""
    found: set[str] = set()
    for release_id, process in session.execute(diagrams_that_run()):
        with suppress(EngineRefused):
            found |= library.spec(release_id.hex, process).dates_about_a_person()
    return frozenset(found)


def diagrams_that_run() -> Select[UUID, str]:
    """Ask for the diagrams, with their releases, of which a process is running."""
    return select(CaseRun.release_id, CaseRun.process).where(CaseRun.status == "running").distinct()


def late_timers(session: Session, now: datetime) -> int:
    """Return how many processes have a date that should have gone off a quarter of an hour ago."""
    late = select(func.count()).select_from(CaseRun)
    return session.scalar(late.where(CaseRun.status == "running", CaseRun.next_due_at < now - SILENT_AFTER)) or 0


def parked(desk: Desk) -> tuple[Sequence[Parked], int]:
    """Return the messages that wait longest for somebody to match them, and how many wait in all."""
    must_see_operations(desk)
    with desk.looking() as session:
        query = select(Message).where(Message.status.in_(WAITING)).order_by(Message.received_at).limit(MOST_SHOWN)
        found = [
            Parked(one.id, one.type, one.source, one.received_at, one.proposed_by is not None)
            for one in session.scalars(query)
        ]
        return found, parked_in_all(session)


def parked_in_all(session: Session) -> int:
    """Return how many messages wait for somebody to match them."""
    return session.scalar(select(func.count()).where(Message.status.in_(WAITING))) or 0
