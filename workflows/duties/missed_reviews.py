"""When somebody is asked to contact a person whose review has not taken place by the day on which it was due."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from workflows.casework.task import Task
from workflows.clock import as_utc
from workflows.desk import PendingDates
from workflows.duties.plans import interval_said
from workflows.duties.register import Asking
from workflows.working_time import Duration

MISSED = "review.missed"  # as the diagram asks for it
REVIEW, EVENT = "review_person", "review_missed"
AS_AT_HIGH_RISK = "wait.missed_contact.high"  # what a table of earlier diagrams did not say


def contact_if_missed(asking: Asking, key: str) -> datetime | None:
    """Return when a review that begins now is missed for too long; None where the key asks for something else."""
    if key != MISSED:
        return None
    due = asking.variables.get("next_review_at")
    return _after(asking, datetime.fromisoformat(str(due)) if due else asking.work.now)


def miss_it_later(asking: Asking) -> None:
    """Count from the day that the review has now: its clock goes on, and that day is another one."""
    here = (Task.case_id == asking.case.id, Task.open, Task.key == REVIEW)
    for task in asking.work.session.scalars(select(Task).where(*here)):
        if task.due_at is not None:
            asking.work.pending.append(PendingDates(asking.case, {EVENT: _after(asking, task.due_at)}))


def _after(asking: Asking, due: datetime) -> datetime:
    """The morning of the day by which the person is contacted, so that it can be done on that day."""
    calendar = asking.case.programme.calendar
    usual = asking.case.programme.setting(AS_AT_HIGH_RISK, asking.work.today)
    wait = Duration.parse(str(interval_said(asking).get("missed_contact", usual)))
    return calendar.opens(calendar.due(as_utc(due), wait))
