"""Figures for whoever watches many installations: how much is open, late, stuck or unsent. Nothing about anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from workflows.casework.access import may
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import NotAllowed
from workflows.casework.notice import Heartbeat, Letter, Notice
from workflows.casework.outside import OutsideTask
from workflows.casework.programme import Programme
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.questions.health import workers_heard
from workflows.questions.incidents import FOR_SOMEBODY, TRIED, count
from workflows.questions.stalled import without_a_way
from workflows.questions.waiting import parked_in_all


@dataclass(frozen=True)
class Figure:
    """One figure now, told apart by one thing (`by`, empty when there is one value only, under the empty name)."""

    name: str
    about: str
    by: str
    values: Mapping[str, float]


def figures(desk: Desk) -> tuple[Figure, ...]:
    """Return the figures of this moment. Raises NotAllowed for whoever does not watch the service."""
    if not may(desk.actor, "operations.see"):
        raise NotAllowed("Operations are for system administrators and service managers.")
    with desk.looking() as session:
        return (
            *_tasks(desk, session),
            Figure("cases_open", "Open cases by programme", "programme", _counted(session, _CASES)),
            *_processes(desk, session),
            Figure(
                "outside_tasks",
                "Steps in the hands of other systems, by how they stand",
                "status",
                _outside(desk, session),
            ),
            *_queued(desk, session),
            Figure("notices", "Notices that are not sent, by what keeps them", "status", _counted(session, _NOTICES)),
            Figure("letters_to_send", "Letters ready to be sent", "", _one(session, _LETTERS)),
            Figure(
                "messages_unmatched", "Messages that nobody has matched to a case", "", {"": parked_in_all(session)}
            ),
            Figure("workers", "Workers that live", "", {"": len(workers_heard(desk, session))}),
            Figure("worker_round_age_seconds", "Since a job of the worker made its round", "job", _ages(desk, session)),
        )


_CASES = (
    select(Programme.key, func.count())
    .join(Case, Case.programme_id == Programme.id)
    .where(Case.closed_at.is_(None))
    .group_by(Programme.key)
)
_NOTICES = select(Notice.status, func.count()).where(Notice.status.in_(("waiting", "failed"))).group_by(Notice.status)
_LETTERS = select(func.count()).select_from(Letter).where(Letter.status == "ready")


def _tasks(desk: Desk, session: Session) -> tuple[Figure, ...]:
    late = case(((Task.due_at < desk.clock.now()) & Task.paused_at.is_(None), 1), else_=0)
    query = select(Task.escalation, func.count(), func.sum(late)).where(Task.open)
    rows = session.execute(query.group_by(Task.escalation)).all()
    return (
        Figure("tasks_open", "Open tasks by escalation class", "class", {row[0]: row[1] for row in rows}),
        Figure("tasks_overdue", "Open tasks past their time", "class", {row[0]: row[2] for row in rows}),
    )


def _processes(desk: Desk, session: Session) -> tuple[Figure, ...]:
    running = select(func.count()).select_from(CaseRun).where(CaseRun.status == "running")
    failing, due = running.where(CaseRun.failures > 0), running.where(CaseRun.next_due_at <= desk.clock.now())
    return (
        Figure("processes_failing", "Processes that could not be carried on", "", _one(session, failing)),
        Figure(
            "incidents", "Steps that failed and stand still, by whether somebody has to look", "for", _standing(session)
        ),
        Figure(
            "processes_without_a_way",
            "Processes that run, and nobody and nothing moves them on",
            "",
            {"": without_a_way(session, desk.library)},
        ),
        Figure("timers_due", "Processes with a timer whose time has come", "", _one(session, due)),
    )


def _outside(desk: Desk, session: Session) -> dict[str, float]:
    """Count steps to be fetched now, in the hands of a worker, waiting after a failure, and given up."""
    stands = case(
        (OutsideTask.status == "failed", "given_up"),
        (OutsideTask.free_at <= desk.clock.now(), "to_fetch"),
        (OutsideTask.worker.is_(None), "waiting_again"),
        else_="held",
    )
    query = select(stands, func.count()).where(OutsideTask.status.in_(("open", "failed")))
    return _counted(session, query.group_by(stands))


def _queued(desk: Desk, session: Session) -> tuple[Figure, ...]:
    """Tell of the queue that several workers share; where one works by itself there is none."""
    queue = desk.database.queue
    if queue is None:
        return ()
    waiting, under_way, failed, oldest = queue.how_many(session)
    stands: dict[str, float] = {"waiting": waiting, "under_way": under_way, "failed": failed}
    return (
        Figure("queue_jobs", "Jobs in the queue of all workers, by how they stand", "status", stands),
        Figure("queue_oldest_seconds", "How long the oldest job has been waiting for a worker", "", {"": oldest}),
    )


def _standing(session: Session) -> dict[str, float]:
    return {"somebody": count(session, FOR_SOMEBODY), "the worker": count(session, TRIED)}


def _counted(session: Session, query: Select[str, int]) -> dict[str, float]:
    return {row[0]: row[1] for row in session.execute(query)}


def _one(session: Session, query: Select[int]) -> dict[str, float]:
    return {"": session.scalar(query) or 0}


def _ages(desk: Desk, session: Session) -> dict[str, float]:
    now = desk.clock.now()
    rounds = session.execute(select(Heartbeat.name, Heartbeat.at))
    return {row.name: (now - row.at).total_seconds() for row in rounds}
