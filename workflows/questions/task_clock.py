"""The clock of a task in words for its page: who was told already, who knows of it, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.casework.escalation import Nudge
from workflows.casework.ladder import SAFETY, Rung
from workflows.casework.staff import StaffMember
from workflows.casework.task import PUT_OFF_AT_MOST
from workflows.desk import Desk
from workflows.duties.rungs import comes_next
from workflows.questions.task_page import seen_task


@dataclass(frozen=True)
class ToldThen:
    """Who was told of a rung, and when the first of them was."""

    level: int
    at: datetime
    names: tuple[str, ...]


@dataclass(frozen=True)
class TaskClock:
    """Where a task stands on its ladder. next_rung: comes at `next_at`; None where the last was reached or it stands.

    put_off_more: how often its reminders may still be put off; never of what is about safety.
    """

    paused: bool
    next_rung: Rung | None
    next_at: datetime | None
    level: int
    told: tuple[ToldThen, ...]
    known_by: str
    known_at: datetime | None
    put_off_until: datetime | None
    put_off_more: int


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
            told=_told(session, task_id),
            known_by=knows.name if knows else "",
            known_at=task.seen_at,
            put_off_until=task.snoozed_until if task.snoozed_until and task.snoozed_until > now else None,
            put_off_more=0 if task.escalation == SAFETY else max(PUT_OFF_AT_MOST - task.snoozes, 0),
        )


def _told(session: Session, task_id: UUID) -> tuple[ToldThen, ...]:
    told = (Nudge.task_id == task_id, Nudge.told_at.is_not(None), Nudge.dropped == "")
    first = func.min(Nudge.told_at)
    query = select(Nudge.level, first, StaffMember.name).join(StaffMember, StaffMember.id == Nudge.staff_id)
    rows = session.execute(query.where(*told).group_by(Nudge.level, StaffMember.name).order_by(Nudge.level, first))
    found: dict[int, list[tuple[datetime, str]]] = {}
    for level, at, name in rows:
        if at is not None:
            found.setdefault(level, []).append((at, name))
    return tuple(
        ToldThen(level, people[0][0], tuple(sorted(name for _, name in people))) for level, people in found.items()
    )
