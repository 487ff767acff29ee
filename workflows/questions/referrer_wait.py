"""Whether a task waits for its referrer: what they were asked, by whom, and until when its clock stands still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from workflows.desk import Desk
from workflows.duties.referrer_questions import dates_of, question_of, times_asked, why_not_wait
from workflows.questions.task_page import seen_task

OVER = "This task is not open any more."


@dataclass(frozen=True)
class Asked:
    """What the referrer was asked, by whom and when; a reminder comes without an answer, then the clock goes on."""

    what: str
    by: str
    since: datetime
    reminder_at: datetime
    over_at: datetime


@dataclass(frozen=True)
class ReferrerWait:
    """How a task stands with its referrer. refused: why its clock does not stop for them, where nobody is asked now."""

    asked: Asked | None
    refused: str
    second_time: bool


def referrer_wait(desk: Desk, task_id: UUID) -> ReferrerWait:
    """Return whether a task waits for its referrer, or may; the task is one that the actor may see."""
    with desk.looking() as session:
        task = seen_task(session, desk.actor, task_id)
        question, again = question_of(session, task), times_asked(session, task) > 0
        if question is None or not task.open:
            refused = why_not_wait(session, task, desk.clock.now()) if task.open else OVER
            return ReferrerWait(None, refused, again)
        dates = dates_of(question, task.case, desk.today)
        return ReferrerWait(Asked(question.what, question.asked_by, question.asked_at, *dates), "", again)
