"""Where cases stand still: open for longer than nearly all before them, or with no way on at all."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, literal, literal_column, select
from sqlalchemy.orm import Session, defer

from workflows.casework.base import UtcDateTime
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, Waiting
from workflows.casework.incident import Incident
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.engine.parsing import Library
from workflows.engine.refusals import EngineRefused
from workflows.questions.incidents import hidden_from, must_see_operations
from workflows.questions.waiting import diagrams_that_run
from workflows.storage.spans import seconds_between

NEARLY_ALL = 0.95
ENOUGH = 20  # times that a step was done before; of fewer nobody can say what is usual
LAST_TIMES = 500  # what was usual years ago is not asked, however often a step was done
_DONE = Task.status == literal_column("'completed'")  # spelled out, for the index of how long steps took
_UNDER_WAY = (Task.open, Task.paused_at.is_(None))
MOST_SHOWN = 100


@dataclass(frozen=True)
class Slow:
    """A step that is open for longer than 95 in 100 were before. `number`: of its case, empty where it is kept from
    whoever looks.
    """

    number: str
    run_id: UUID | None
    step: str
    since: datetime
    usual: timedelta  # 95 in 100 were done within this
    before: int  # how often it was done, of the last times that are looked at


@dataclass(frozen=True)
class Stuck:
    """A process in which nothing is open, nothing is waited for and nothing is tried again."""

    number: str
    run_id: UUID | None
    process: str
    since: datetime


@dataclass(frozen=True)
class Stalled:
    """What stands still. `…_in_all`: how many there are, of which the first are shown."""

    slow: tuple[Slow, ...]
    slow_in_all: int
    stuck: tuple[Stuck, ...]
    stuck_in_all: int


def stalled(desk: Desk) -> Stalled:
    """Return the steps that are open for unusually long, the most unusual first, and processes with no way on."""
    must_see_operations(desk)
    with desk.looking() as session:
        slow = _slow(session, desk.clock.now())
        shown = slow[:MOST_SHOWN]
        first = _without_a_way(session, desk.library).order_by(CaseRun.id).limit(MOST_SHOWN)
        stuck = session.scalars(first.options(defer(CaseRun.state))).all()
        hidden = hidden_from(session, desk, [*(case_id for _, case_id in shown), *(run.case_id for run in stuck)])
        return Stalled(
            tuple(replace(one, number="", run_id=None) if case_id in hidden else one for one, case_id in shown),
            len(slow),
            tuple(_named(session, run, hidden) for run in stuck),
            without_a_way(session, desk.library),
        )


def _slow(session: Session, now: datetime) -> list[tuple[Slow, UUID]]:
    """The steps with the case of each, the most unusual first."""
    steps = session.scalars(select(Task.key).where(*_UNDER_WAY).distinct())
    usual = {key: told for key in steps if (told := _usual(session, key))}
    if not usual:
        return []
    latest = case({key: literal(now - within, UtcDateTime()) for key, (within, _) in usual.items()}, value=Task.key)
    open_too_long = (
        select(Case.number, Task.case_id, Task.run_id, Task.key, Task.name, Task.opened_at)
        .join(Case, Case.id == Task.case_id)
        .where(*_UNDER_WAY, Task.opened_at < latest)
    )
    found = [
        (Slow(row.number, row.run_id, row.name, row.opened_at, *usual[row.key]), row.case_id)
        for row in session.execute(open_too_long)
    ]
    return sorted(found, key=lambda one: (one[0].usual - (now - one[0].since), one[0].since))


def _usual(session: Session, key: str) -> tuple[timedelta, int] | None:
    """Return within how long 95 in 100 of a step were done the last times, and of how many; None of too few."""
    took = seconds_between(session, Task.opened_at, Task.ended_at)
    query = select(took).where(_DONE, Task.key == key).order_by(Task.ended_at.desc()).limit(LAST_TIMES)
    seconds = sorted(session.scalars(query))
    if len(seconds) < ENOUGH:
        return None
    return timedelta(seconds=seconds[ceil(len(seconds) * NEARLY_ALL) - 1]), len(seconds)


def without_a_way(session: Session, library: Library) -> int:
    """Return how many processes run at which nobody and nothing stands."""
    stuck = _without_a_way(session, library).with_only_columns(CaseRun.id).subquery()
    return session.scalar(select(func.count()).select_from(stuck)) or 0


def _without_a_way(session: Session, library: Library) -> Select[CaseRun]:
    """Ask for the running processes at which nobody and nothing stands: what they wait for only watches over steps."""
    stands = Waiting.key.not_in(_edges(session, library))
    return select(CaseRun).where(
        CaseRun.status == "running",
        ~_of_run(Task).where(Task.open).exists(),
        ~_of_run(Waiting).where(stands).exists(),
        ~_of_run(Incident).where(Incident.closed_at.is_(None)).exists(),
    )


def _of_run(noun: Any) -> Any:
    return select(noun.id).where(noun.run_id == CaseRun.id).correlate(CaseRun)


def _edges(session: Session, library: Library) -> frozenset[str]:
    """Return the events at the edges of steps, in all diagrams that run: nothing stands at them."""
    found: set[str] = set()
    for release_id, process in session.execute(diagrams_that_run()):
        with suppress(EngineRefused):
            found.update(event for step in library.spec(release_id.hex, process).outline() for event in step.boundary)
    return frozenset(found)


def _named(session: Session, run: CaseRun, hidden: frozenset[UUID]) -> Stuck:
    if run.case_id in hidden:
        return Stuck("", None, run.process, run.started_at)
    number = session.scalar(select(Case.number).where(Case.id == run.case_id)) or ""
    return Stuck(number, run.id, run.process, run.started_at)
