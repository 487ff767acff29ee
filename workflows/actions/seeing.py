"""Writing down that somebody looked at a person's record, or at a list of people: views belong to the audit trail."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from workflows.casework.errors import OutOfDate
from workflows.casework.escalation import Nudge
from workflows.casework.task import Task
from workflows.desk import Desk


def note_seen(desk: Desk, act: str, subject: str, case_id: UUID, **detail: Any) -> None:
    """Write into the case's trail that the actor saw something of it, such as "task seen"."""
    with desk.work() as work:
        work.unit.tell(act, subject, case_id, **detail)
        work.commit()


def note_task_seen(desk: Desk, task_id: UUID, by: str) -> None:
    """Write into the case's trail that the actor read one of its tasks by this way, such as "API"."""
    with desk.looking() as session:
        task = session.get_one(Task, task_id)
        case_id, name = task.case_id, task.name
    note_seen(desk, "task seen", "Task", case_id, task=f"{name} ({by})")


def note_told_seen(desk: Desk, task_ids: Collection[UUID]) -> None:
    """Note that the actor has seen that they were told of these tasks."""
    if not task_ids:
        return
    with desk.work() as work:
        theirs = (Nudge.staff_id == work.actor.id, Nudge.task_id.in_(task_ids), Nudge.seen_at.is_(None))
        for nudge in work.session.scalars(select(Nudge).where(*theirs).order_by(Nudge.id).with_for_update()):
            nudge.seen_at = work.now
        work.commit()


def note_account_seen(desk: Desk, staff_id: UUID, name: str) -> None:
    """Write into the trail that the actor opened somebody's account; one's own is no look at anybody else."""
    if staff_id != desk.actor.id:
        with desk.work() as work:
            work.unit.tell("account seen", "StaffMember", None, name=name, account=str(staff_id))
            work.commit()


def note_list_seen(desk: Desk, page: str, shown: Iterable[object]) -> None:
    """Write down once that the actor was shown these cases (by number) or rows in a list; an empty one shows nobody.

    It is written into a trail of the actor's own, whose first entry two pages opened at once may both want to write.
    """
    told = sorted({str(one) for one in shown})
    if not told:
        return
    try:
        _tell(desk, page, told)
    except OutOfDate:
        _tell(desk, page, told)


def _tell(desk: Desk, page: str, shown: list[str]) -> None:
    with desk.work() as work:
        work.unit.tell_of_list("list seen", "List", page=page, shown=shown)
        work.commit()
