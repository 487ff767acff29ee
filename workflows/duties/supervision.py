"""Supervision: a coordinator's whole caseload is talked through at once, so it is asked for once and not per case."""

from __future__ import annotations

from sqlalchemy import or_, select

from workflows.casework.case import Case
from workflows.casework.task import Task
from workflows.duties.register import Asking, Variables, duty


@duty("supervision.due")
def due(asking: Asking, asked_at: str) -> Variables:
    """Say whether the coordinator's caseload is to be discussed: not when it was lately, or is about to be.

    `asked_at` is the step of the diagrams that asks for supervision.
    """
    work, case = asking.work, asking.case
    query = (
        select(Task)
        .join(Case, Task.case_id == Case.id)
        .where(Task.key == asked_at, Case.programme_id == case.programme_id)
        .where(Case.coordinator_id == case.coordinator_id, Case.id != case.id)
        .where(or_(Task.status == "open", Task.status == "completed"))
        .order_by(Task.opened_at.desc())
        .limit(1)
    )
    last = work.session.scalar(query) if case.coordinator_id else None
    if last is None:
        return {"supervision_due_now": True}
    if last.ended_at is None:
        return {"supervision_due_now": False}
    return {"supervision_due_now": work.due(case.programme, "wait.supervision", last.ended_at) <= work.now}
