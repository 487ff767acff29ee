"""What somebody was told of: the tasks that came to a rung of their ladder, and concern them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select

from workflows.casework.access import Actor
from workflows.casework.case import Case
from workflows.casework.escalation import Nudge
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.questions import reach
from workflows.working_time import Calendar

MOST = 100  # tasks, those told of last


@dataclass(frozen=True)
class Told:
    """A task of which its reader was told: the highest rung, since when, the last time, how often, and what is new."""

    task_id: UUID
    name: str
    case_number: str
    open: bool
    paused: bool
    due_at: datetime | None
    level: int
    since: datetime
    last: datetime
    times: int
    new: bool
    calendar: Calendar


@dataclass(frozen=True)
class ToldList:
    """The list: `open_only` leaves out what is done; `found` in all, of which the last are shown."""

    rows: tuple[Told, ...]
    found: int
    open_only: bool


def told(desk: Desk, open_only: bool = True) -> ToldList:
    """Return of what the actor was told, the last first; never what they may not know of any more."""
    tasks = _theirs(desk.actor, *([Task.open] if open_only else []))
    grouped = tasks.group_by(Task.id, Case.id).order_by(func.max(Nudge.made_at).desc(), Task.id)
    with desk.looking() as session:
        rows = [_row(one.Task, one.Case, one) for one in session.execute(grouped.limit(MOST))]
        found = session.scalar(tasks.with_only_columns(func.count(Nudge.task_id.distinct()))) or 0
        return ToldList(tuple(rows), found, open_only)


def _theirs(actor: Actor, *conditions: Any) -> Any:
    told_of = (
        func.max(Nudge.level).label("rung"),
        func.min(Nudge.made_at).label("since"),
        func.max(Nudge.made_at).label("last"),
        func.count(Nudge.id).label("times"),
        func.max(case((Nudge.seen_at.is_(None), 1), else_=0)).label("fresh"),
    )
    joined = select(Task, Case, *told_of).join(Nudge, Nudge.task_id == Task.id).join(Case, Case.id == Task.case_id)
    return joined.where(Nudge.staff_id == actor.id, Nudge.dropped == "", reach.may_see_task(actor), *conditions)


def _row(task: Task, of: Case, told_of: Any) -> Told:
    return Told(
        task.id, task.name, of.number, task.open, task.paused_at is not None, task.due_at, told_of.rung, told_of.since,
        told_of.last, told_of.times, bool(told_of.fresh), of.programme.calendar,
    )  # fmt: skip


def unseen(actor: Actor) -> Select[int]:
    """Count the open tasks of which somebody was told and has not seen it in the list: a part of a statement."""
    new = (
        Nudge.staff_id == actor.id,
        Nudge.dropped == "",
        Nudge.seen_at.is_(None),
        Task.open,
        reach.may_see_task(actor),
    )
    tasks = select(func.count(Nudge.task_id.distinct())).join(Task, Task.id == Nudge.task_id)
    return tasks.join(Case, Case.id == Task.case_id).where(*new)


def new_ones(rows: Sequence[Told]) -> list[UUID]:
    """Return the tasks among these that are new to their reader."""
    return [one.task_id for one in rows if one.new]
