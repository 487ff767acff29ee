"""The clock of a task in words for its page: who was told already, who knows of it, and what comes next."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.casework.agenda import takes_part
from workflows.casework.escalation import Nudge
from workflows.casework.ladder import SAFETY, Rung
from workflows.casework.meeting_days import next_sitting
from workflows.casework.staff import StaffMember
from workflows.casework.task import PUT_OFF_AT_MOST, Task
from workflows.desk import Desk
from workflows.duties.rungs import comes_next, last_day_to_wait
from workflows.questions.task_page import seen_task
from workflows.storage.lateness import agenda_since
from workflows.working_time import Calendar


@dataclass(frozen=True)
class ToldThen:
    """Who was told of a rung, and when the first of them was."""

    level: int
    at: datetime
    names: tuple[str, ...]


@dataclass(frozen=True)
class OnAgenda:
    """A task stands on the agenda of its team’s next meeting. day: None where nobody knows when the team meets.

    open: its reader takes part and may read it.
    """

    team_id: UUID
    day: date | None
    open: bool


@dataclass(frozen=True)
class TaskClock:
    """Where a task stands on its ladder. next_rung: comes at `next_at`; None where the last was reached or it stands.

    to_tell: in whose next morning message it is. put_off_more: how often its reminders may still be put off; never of
    what is about safety.
    """

    paused: bool
    next_rung: Rung | None
    next_at: datetime | None
    level: int
    told: tuple[ToldThen, ...]
    to_tell: tuple[str, ...]
    known_by: str
    known_at: datetime | None
    put_off_until: datetime | None
    put_off_more: int
    agenda: OnAgenda | None
    calendar: Calendar


def put_off_at_most(desk: Desk, task_id: UUID) -> date:
    """Return the last day until which reminders of a task can wait; the task is one that the actor may see."""
    with desk.looking() as session:
        return last_day_to_wait(seen_task(session, desk.actor, task_id), desk.clock.now())


def task_clock(desk: Desk, task_id: UUID) -> TaskClock:
    """Return where an open task stands on its ladder; the task is one that the actor may see."""
    with desk.looking() as session:
        task, now = seen_task(session, desk.actor, task_id), desk.clock.now()
        knows = session.get(StaffMember, task.seen_by_id) if task.seen_by_id else None
        return TaskClock(
            paused=task.paused_at is not None,
            next_rung=comes_next(task, now) if task.paused_at is None else None,
            next_at=task.remind_at,
            level=task.level,
            told=told_of(session, [task_id]).get(task_id, ()),
            to_tell=_to_tell(session, task_id),
            known_by=knows.name if knows else "",
            known_at=task.seen_at,
            put_off_until=task.snoozed_until if task.snoozed_until and task.snoozed_until > now else None,
            put_off_more=0 if task.escalation == SAFETY else max(PUT_OFF_AT_MOST - task.snoozes, 0),
            calendar=task.case.calendar,
            agenda=_agenda(session, desk, task),
        )


def _agenda(session: Session, desk: Desk, task: Task) -> OnAgenda | None:
    team = task.case.team
    if team is None or agenda_since(session, task.id) is None:
        return None
    sitting = next_sitting(team.content, task.case.calendar, desk.today)
    return OnAgenda(team.id, sitting.day if sitting else None, takes_part(desk.actor, task.programme_id, team.id))


def _to_tell(session: Session, task_id: UUID) -> tuple[str, ...]:
    waiting = (Nudge.task_id == task_id, Nudge.told_at.is_(None))
    query = select(StaffMember.name).join(Nudge, Nudge.staff_id == StaffMember.id).where(*waiting).distinct()
    return tuple(session.scalars(query.order_by(StaffMember.name)))


def told_of(session: Session, tasks: Collection[UUID]) -> Mapping[UUID, tuple[ToldThen, ...]]:
    """Return who was told of each of these tasks, rung by rung; a task of which nobody was told is not among them."""
    told = (Nudge.task_id.in_(tasks), Nudge.told_at.is_not(None), Nudge.dropped == "")
    first = func.min(Nudge.told_at)
    query = select(Nudge.task_id, Nudge.level, first, StaffMember.name).join(
        StaffMember, StaffMember.id == Nudge.staff_id
    )
    grouped = query.where(*told).group_by(Nudge.task_id, Nudge.level, StaffMember.name).order_by(Nudge.level, first)
    found: dict[UUID, dict[int, list[tuple[datetime, str]]]] = {}
    for task_id, level, at, name in session.execute(grouped):
        if task_id is not None and at is not None:
            found.setdefault(task_id, {}).setdefault(level, []).append((at, name))
    return {task_id: tuple(_then(level, people) for level, people in rungs.items()) for task_id, rungs in found.items()}


def _then(level: int, people: Sequence[tuple[datetime, str]]) -> ToldThen:
    return ToldThen(level, people[0][0], tuple(sorted(name for _, name in people)))
