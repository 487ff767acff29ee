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

USUAL, RECORD = "wait.supervision", "F28"
BEGINS = time(9)


def agreed_session(asking: Asking, key: str) -> datetime | None:
    """Return when the next session is where the last one named its day, at the latest after the usual time."""
    if key != USUAL:
        return None
    day = _named(answers(asking, RECORD))
    coming = day is not None and day > asking.work.now
    return min(day, asking.work.due(asking.case, USUAL)) if day and coming else None


def _named(said: Mapping[str, Any]) -> datetime | None:
    day = said.get("next_date")
    return at_london(date.fromisoformat(str(day)), BEGINS) if day else None


@duty("supervision.due")
def due(asking: Asking, asked_at: str) -> Variables:
    """Say whether the coordinator's caseload is to be discussed: not when it was lately, or is about to be.

    `asked_at` is the step of the diagrams that asks for supervision.
    """
    work, case = asking.work, asking.case
    theirs = (Case.programme_id == case.programme_id, Case.coordinator_id == case.coordinator_id)
    asked = select(Task.id).join(Case, Task.case_id == Case.id).where(Task.key == asked_at, Task.open, *theirs)
    if case.coordinator_id and work.session.scalar(asked.where(Case.id != case.id).limit(1)):
        return {"supervision_due_now": False}
    last = _last_record(asking)
    if last is None:
        return {"supervision_due_now": True}
    usual, agreed = work.due(case, USUAL, last.completed_at), _named(last.answers)
    return {"supervision_due_now": min(usual, agreed or usual) <= work.now}


def _last_record(asking: Asking) -> Document | None:
    """Return the last talk about the coordinator’s cases, asked for in one of them or begun from the caseload."""
    case = asking.case
    if case.coordinator_id is None:
        return None
    about = Document.answers["coordinator"].as_string() == str(case.coordinator_id)
    talks = select(Document).join(Case, Document.case_id == Case.id).where(Document.form_key == RECORD)
    here = talks.where(Case.programme_id == case.programme_id, Document.amends_id.is_(None))
    theirs = here.where(or_(Case.coordinator_id == case.coordinator_id, about))
    return asking.work.session.scalar(theirs.order_by(Document.completed_at.desc()).limit(1))
