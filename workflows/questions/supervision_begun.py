"""What supervision begins with: a colleague's cases, each with what the caseload knows of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.errors import NotFound
from workflows.casework.task import Task
from workflows.clock import london_day
from workflows.desk import Desk
from workflows.questions import reach
from workflows.questions.caseload import ranked

SUPERVISION, ASKED_AT = "F28", "supervise_coordinator"
NO_CASES = "This colleague coordinates no open case that is yours to see."


@dataclass(frozen=True)
class Place:
    """Where supervision of somebody's caseload is written down: in the task that asks for it, or from a case."""

    task_id: UUID | None
    case_number: str


def begun_supervision(session: Session, desk: Desk, coordinator_id: UUID | None) -> dict[str, Any]:
    """Return whose cases they are, and those that the reader may see: the late ones first, then the longest silence."""
    if coordinator_id is None:
        return {}
    now = desk.clock.now()
    told = ranked(now, _theirs(desk, coordinator_id)).subquery()
    query = select(Case.number, Case.risk_level, Case.opened_at, told.c.contact_at, told.c.overdue)
    order = (told.c.overdue.desc(), told.c.contact_at.is_not(None), told.c.contact_at, Case.id)
    rows = session.execute(query.join(told, told.c.id == Case.id).order_by(*order))
    cases = [
        {
            "case_number": row.number,
            "risk": row.risk_level,
            "overdue": row.overdue,
            "weeks_open": (now - row.opened_at).days // 7,
            **({"last_contact": london_day(row.contact_at).isoformat()} if row.contact_at else {}),
        }
        for row in rows
    ]
    return {"coordinator": str(coordinator_id), "cases": cases}


def where_to_supervise(desk: Desk, coordinator_id: UUID) -> Place:
    """Return where the reader writes a talk about somebody's cases down; raises NotFound where they see none of them.

    In the task that asks for it, where one is open; otherwise from the oldest of these cases.
    """
    with desk.looking() as session:
        theirs = _theirs(desk, coordinator_id)
        asked = select(Task.id, Case.number).join(Case, Case.id == Task.case_id)
        asked = asked.where(Task.key == ASKED_AT, Task.open, reach.may_do(desk.actor), *theirs)
        task = session.execute(asked.order_by(Task.due_sort, Task.id).limit(1)).first()
        if task is not None:
            return Place(task.id, task.number)
        numbers: Sequence[str] = session.scalars(select(Case.number).where(*theirs).order_by(Case.id).limit(1)).all()
        if not numbers:
            raise NotFound(NO_CASES)
        return Place(None, numbers[0])


def _theirs(desk: Desk, coordinator_id: UUID) -> list[Any]:
    return [Case.closed_at.is_(None), Case.coordinator_id == coordinator_id, reach.may_see(desk.actor)]
