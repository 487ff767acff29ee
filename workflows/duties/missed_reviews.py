"""When somebody is asked to contact a person whose review has not taken place by the day on which it was due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from workflows.casework.task import Task
from workflows.clock import as_utc
from workflows.desk import PendingDates
from workflows.duties.outcomes import days_since_hospital, interval_said
from workflows.duties.register import Asking
from workflows.duties.rungs import set_next_rung
from workflows.working_time import Duration, Unit

MISSED = "review.missed"  # as the diagram asks for it
REVIEW, EVENT = "review_person", "review_missed"
AFTER_HOSPITAL = "wait.missed_contact.after_hospital"
AS_AT_HIGH_RISK = "wait.missed_contact.high"  # what a table of earlier diagrams did not say


def contact_if_missed(asking: Asking, key: str) -> datetime | None:
    """Return when a review that begins now is missed for too long; None where the key asks for something else."""
    if key != MISSED:
        return None
    due = asking.variables.get("next_review_at")
    return _after(asking, datetime.fromisoformat(str(due)) if due else asking.work.now)


def review_begun(asking: Asking) -> Sequence[Task]:
    """Return the review that somebody is asked to do already, if there is one."""
    here = (Task.case_id == asking.case.id, Task.open, Task.key == REVIEW)
    return asking.work.session.scalars(select(Task).where(*here)).all()


def move_open_review(asking: Asking, due: datetime) -> None:
    """Let a review that can be done already be due on another day, and be missed as much later, or sooner."""
    work, calendar = asking.work, asking.case.calendar
    for task in review_begun(asking):
        unit = Unit(task.due_unit)
        if task.due_at != due:
            left = calendar.remaining(task.paused_at, due, unit).amount if task.paused_at else None
            task.put_on(due, left, work.now)
            set_next_rung(task, work.now)
        if asking.case.clocks_paused_at is None:  # otherwise it counts from the day the review has when they go on
            work.pending.append(PendingDates(asking.case, {EVENT: _after(asking, due)}))


def _after(asking: Asking, due: datetime) -> datetime:
    """The morning of the day by which the person is contacted, so that it can be done on that day."""
    calendar = asking.case.calendar
    usual = asking.case.programme.setting(AS_AT_HIGH_RISK, asking.work.today)
    waits = [str(interval_said(asking).get("missed_contact", usual))]
    if 0 <= days_since_hospital(asking) <= asking.case.programme.number("recent_discharge_days", asking.work.today):
        # The table was asked before the stay that brought the review forward.
        waits.append(asking.case.programme.setting(AFTER_HOSPITAL, asking.work.today))
    return calendar.opens(min(calendar.due(as_utc(due), Duration.parse(wait)) for wait in waits))
