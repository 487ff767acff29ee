"""How the installation is: database, worker, outbox, processes that failed. Never anything about a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, defer

from workflows.casework.access import may
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import NotAllowed
from workflows.casework.message import Message
from workflows.casework.notice import Notice
from workflows.casework.outside import OutsideTask
from workflows.casework.rounds import SILENT_AFTER
from workflows.desk import Desk
from workflows.questions.health import Beat, Health, beats, health

MOST_SHOWN = 100


@dataclass(frozen=True)
class UnsentNotice:
    """A notice that waits or could not be delivered; to whom is not said here."""

    id: UUID
    kind: str
    status: str
    made_at: datetime
    next_attempt_at: datetime | None
    attempts: int
    why: str


@dataclass(frozen=True)
class FailedProcess:
    """A process that the worker could not carry on; the case's number, not the person's name."""

    run_id: UUID
    case_number: str
    process: str
    failures: int
    why: str
    due_at: datetime | None


@dataclass(frozen=True)
class GivenUp:
    """A step that another system tried in vain until no tries were left."""

    id: UUID
    case_number: str
    name: str
    topic: str
    failures: int
    why: str


@dataclass(frozen=True)
class Board:
    """The operations page."""

    health: Health
    beats: Sequence[Beat]
    waiting: int
    late: int
    failed: Sequence[UnsentNotice]
    processes: Sequence[FailedProcess]
    unmatched: int
    outside: Sequence[GivenUp] = ()


def board(desk: Desk) -> Board:
    """Return what needs somebody's hand, and what is well."""
    if not may(desk.actor, "operations.see"):
        raise NotAllowed("Operations are for system administrators and service managers.")
    with desk.looking() as session:
        return Board(
            health=health(desk),
            beats=beats(session, desk.clock.now()),
            waiting=_count(session, Notice.status == "waiting"),
            late=_count(session, Notice.status == "waiting", Notice.next_attempt_at < desk.clock.now() - SILENT_AFTER),
            failed=_failed_notices(session),
            processes=_failed_processes(session),
            unmatched=session.scalar(select(func.count()).where(Message.status == "parked")) or 0,
            outside=_given_up(session),
        )


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Notice).where(*conditions)) or 0


def _failed_notices(session: Session) -> list[UnsentNotice]:
    troubled = or_(Notice.status == "failed", and_(Notice.status == "waiting", Notice.attempts > 0))
    query = select(Notice).where(troubled).order_by(Notice.made_at).limit(MOST_SHOWN)
    return [
        UnsentNotice(row.id, row.kind, row.status, row.made_at, row.next_attempt_at, row.attempts, row.failed_why or "")
        for row in session.scalars(query)
    ]


def _failed_processes(session: Session) -> list[FailedProcess]:
    query = (
        select(CaseRun, Case.number)
        .join(Case, Case.id == CaseRun.case_id)
        .where(CaseRun.status == "running", CaseRun.failures > 0)
        .order_by(CaseRun.failures.desc(), CaseRun.next_due_at)
        .limit(MOST_SHOWN)
        .options(defer(CaseRun.state))
    )
    return [
        FailedProcess(run.id, number, run.process, run.failures, run.failed_why or "", run.next_due_at)
        for run, number in session.execute(query)
    ]


def _given_up(session: Session) -> tuple[GivenUp, ...]:
    query = (
        select(OutsideTask, Case.number)
        .join(Case, Case.id == OutsideTask.case_id)
        .where(OutsideTask.status == "failed")
        .order_by(OutsideTask.opened_at)
        .limit(MOST_SHOWN)
    )
    return tuple(
        GivenUp(task.id, number, task.name, task.topic, task.failures, task.failed_why or "")
        for task, number in session.execute(query)
    )
