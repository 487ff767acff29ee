"""Whether a task may wait for its referrer, what they were asked, and until when its clock stands still for that."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.casework.asked_referrer import ASK_AT_MOST, AskedReferrer
from workflows.casework.case import Case
from workflows.casework.task import Task
from workflows.duties.clocks import may_wait_for_referrer
from workflows.duties.referrers import somebody_referred
from workflows.working_time import Duration

# The times of the wait that the diagram itself draws.
REMINDER = "wait.referrer_reminder"
LIMIT = "wait.referrer_return"
NOT_THIS = "The clock of this task does not stop for the referrer."
LATE = "This task is overdue: its clock does not stop any more. Ask the referrer all the same."
TWICE = "This task waited for the referrer twice already. Do it, hand it over, or speak with your manager."


def why_not_wait(session: Session, task: Task, now: datetime) -> str:
    """Say why the clock of a task does not stop for its referrer; empty where it does."""
    if not may_wait_for_referrer(task) or not somebody_referred(session, task.case):
        return NOT_THIS
    if task.overdue(now):
        return LATE
    return TWICE if times_asked(session, task) >= ASK_AT_MOST else ""


def times_asked(session: Session, task: Task) -> int:
    """Count how often a task has waited for its referrer."""
    asked = select(func.count()).select_from(AskedReferrer).where(AskedReferrer.task_id == task.id)
    return session.scalar(asked) or 0


def question_of(session: Session, task: Task) -> AskedReferrer | None:
    """Return the question for whose answer a task waits."""
    here = (AskedReferrer.task_id == task.id, AskedReferrer.asked_at == task.referrer_asked_at)
    return session.scalar(select(AskedReferrer).where(*here)) if task.referrer_asked_at else None


def dates_of(question: AskedReferrer, case: Case, today: date) -> tuple[datetime, datetime]:
    """Return when whoever asked is reminded that no answer came, and when the clock goes on without one."""
    reminder = Duration.parse(case.programme.setting(REMINDER, today))
    limit = Duration.parse(case.programme.setting(LIMIT, today))
    return case.calendar.due(question.asked_at, reminder), case.calendar.due(question.asked_at, limit)
