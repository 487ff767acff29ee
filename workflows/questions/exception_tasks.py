"""The exceptions among tasks: reviews that are very late, safety that was late, and what nobody can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from workflows.casework.escalation import Escalation
from workflows.casework.ladder import REPORT
from workflows.casework.overdue import LONGEST_LATE, REVIEW_STEP
from workflows.casework.task import SAFETY, Task
from workflows.questions.exception_rows import Asked, Row, of_tasks, told
from workflows.questions.inbox_views import Glance, judged
from workflows.questions.lateness import in_sight
from workflows.storage.lateness import late_by

Condition = ColumnElement[bool]


def very_late_reviews(asked: Asked) -> Sequence[Row]:
    """Reviews that stood open in the period although they were late by more than ten working days."""
    found = asked.rows(_in_period(asked, _very_late_review(asked)))
    return told(asked, [one for one in found if one.ended_at is None or _ended_very_late(asked, one)])


def _very_late_review(asked: Asked) -> Condition:
    return and_(Task.key == REVIEW_STEP, late_by(LONGEST_LATE + 1, asked.until, asked.houses))


def _ended_very_late(asked: Asked, one: Any) -> bool:
    return asked.houses[one.place].calendar.working_days_until(one.due_at, one.ended_at) > LONGEST_LATE


def late_safety(asked: Asked) -> Sequence[Row]:
    """Every task of the class of safety that was late in the period, also where it was done since."""
    return told(asked, asked.rows(_in_period(asked, Task.escalation == SAFETY)))


def _in_period(asked: Asked, which: Condition) -> Any:
    """Those of the tasks that were late at some time of the period; whose clock stands still is not late."""
    ended_late = and_(Task.ended_at >= asked.period.begins, Task.ended_at > Task.due_at)
    running = and_(Task.open, Task.paused_at.is_(None))
    late = and_(Task.due_at < asked.until, or_(running, ended_late))
    return of_tasks(and_(which, late, in_sight(asked.desk.actor)), Task.due_at)


def left_undone(asked: Asked) -> Sequence[Row]:
    """Tasks that came in the period to a rung of their ladder that says: in this report.

    What is about safety, and reviews that are very late, stand in sections of their own.
    """
    begins, ends = asked.period.begins, asked.until
    shown = (Escalation.shown.contains(f" {REPORT} "), Escalation.fired_at >= begins, Escalation.fired_at <= ends)
    came = select(Escalation.task_id).where(*shown)
    elsewhere = or_(Task.escalation == SAFETY, _very_late_review(asked))
    wanted = and_(Task.id.in_(came), ~elsewhere, in_sight(asked.desk.actor))
    return told(asked, asked.rows(of_tasks(wanted, Task.due_at)))


def nobody_can(asked: Asked) -> Sequence[Row]:
    """The open tasks that nobody can do who is here and may know of the case, as things stand now."""
    glance = judged(asked.session, Glance(asked.desk.actor, asked.now))
    if glance.nobody_can is None:
        return ()
    stuck = and_(Task.open, glance.nobody_can, in_sight(asked.desk.actor))
    return told(asked, asked.rows(of_tasks(stuck, Task.due_at)))
