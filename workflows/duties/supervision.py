"""Supervision: a coordinator's whole caseload is talked through at once, so it is asked for once and not per case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import or_, select

from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.task import Task
from workflows.clock import at_london
from workflows.duties.papers import answers
from workflows.duties.register import Asking, Variables, duty

USUAL = "wait.supervision"
BEGINS = time(9)


def agreed_session(asking: Asking, key: str) -> datetime | None:
    """Return when the next session is where the last one named its day, at the latest after the usual time."""
    if key != USUAL:
        return None
    day = _named(answers(asking, "F28"))
    coming = day is not None and day > asking.work.now
    return min(day, asking.work.due(asking.case.programme, USUAL)) if day and coming else None


def _named(said: Mapping[str, Any]) -> datetime | None:
    day = said.get("next_date")
    return at_london(date.fromisoformat(str(day)), BEGINS) if day else None


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
        .where(or_(Task.open, Task.status == "completed"))
        .order_by(Task.opened_at.desc())
        .limit(1)
    )
    last = work.session.scalar(query) if case.coordinator_id else None
    if last is None:
        return {"supervision_due_now": True}
    if last.ended_at is None:
        return {"supervision_due_now": False}
    record = work.session.scalar(select(Document).where(Document.task_id == last.id).limit(1))
    usual, agreed = work.due(case.programme, USUAL, last.ended_at), _named(record.answers if record else {})
    return {"supervision_due_now": min(usual, agreed or usual) <= work.now}
