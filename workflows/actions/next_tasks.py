"""What a completed step leads to: the next task of the same case that its doer may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from workflows.casework import access
from workflows.casework.errors import Colleagues
from workflows.casework.task import Task
from workflows.desk import Work
from workflows.storage import doers
from workflows.storage.runs import HeldTask


@dataclass(frozen=True)
class TaskDone:
    """What became of a task: the case it belongs to, and the next tasks of the same case that are the actor's."""

    case_number: str
    task_name: str
    again: bool  # the same form came a second time; nothing was done twice
    next_task_id: UUID | None
    next_task_name: str | None
    colleagues: Colleagues | None = None  # whose words in the same form were joined in
    reversible: bool = False  # whoever completed it can still take it back
    opened: frozenset[UUID] = frozenset()  # the tasks of the case that this act opened
    asked_again: bool = False  # the same step is open again, as an action is that goes on
    gone_to: str = ""  # whose the case is now, in words, where its doer does not see it any more
    held_up: tuple[str, ...] = ()  # what should follow by itself and failed: it is tried again


_OPEN_IN_CASE = (
    select(Task.id, Task.name, Task.role, Task.programme_id, Task.team_id, Task.assignee_id)
    .where(Task.case_id == bindparam("case"), Task.open, ~doers.needs_another(bindparam("me")))
    .order_by(Task.due_sort, Task.id)
)


def done(work: Work, held: HeldTask, again: bool) -> TaskDone:
    """Say what became of a task."""
    work.session.flush()
    mine = (
        one
        for one in _open_now(work, held, again)
        if access.may_do_task(work.actor, one.role, one.programme_id, one.team_id, one.assignee_id)
    )
    next_one = next(mine, None)
    next_id, next_name = (next_one.id, next_one.name) if next_one is not None else (None, None)
    task, opened = held.task, [] if again else _opened(work, held)
    goes_on = any(one.key == task.key and one.run_id == task.run_id for one in opened)
    ids = frozenset(one.id for one in opened)
    return TaskDone(task.case.number, task.name, again, next_id, next_name, opened=ids, asked_again=goes_on)


def _opened(work: Work, held: HeldTask) -> list[Task]:
    """Return the tasks of the case that were opened in this act and are open."""
    touched = (task for task in work.unit.touched(Task) if task.case_id == held.task.case_id)
    return [task for task in touched if task.open and task.opened_at == work.now]


def _open_now(work: Work, held: HeldTask, again: bool) -> Iterable[Any]:
    """The open tasks of the case, first due first. Where no other one was open they are those that this act opened."""
    case_id = held.task.case_id
    if not held.others and not again:
        opened = [task for task in work.unit.touched(Task) if task.case_id == case_id and task.open]
        if not any(task.not_by for task in opened):
            return sorted(opened, key=lambda task: (task.due_sort, task.id))
    return work.session.execute(_OPEN_IN_CASE, {"case": case_id, "me": work.actor.id})
