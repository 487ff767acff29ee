"""The exceptions among tasks: reviews that are very late, safety that was late, and what nobody can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from workflows.casework.base import UtcDateTime
from workflows.casework.escalation import Escalation, LadderVersion
from workflows.casework.ladder import NAMES, REPORT, Ladder
from workflows.casework.ladder_table import read_ladder, standard
from workflows.casework.overdue import LONGEST_LATE, REVIEW_STEP
from workflows.casework.task import SAFETY, Task
from workflows.questions.exception_rows import Asked, Row, of_tasks, told
from workflows.questions.inbox_views import Glance, judged
from workflows.questions.lateness import in_sight
from workflows.storage.lateness import late_by

Condition = ColumnElement[bool]


def very_late_reviews(asked: Asked) -> Sequence[Row]:
    """Reviews that stood open in the period although they were late by more than ten working days."""
    which = and_(Task.key == REVIEW_STEP, late_by(LONGEST_LATE + 1, asked.until, asked.houses))
    query = _of_tasks(asked, and_(which, _late(asked)))
    return told(asked, asked.rows_of(query, lambda one: _very_late_review(asked, one)))


def _very_late_review(asked: Asked, one: Any) -> bool:
    """Whether it was so late when it was over, or its clock stopped, or at the end of the period."""
    if one.key != REVIEW_STEP:
        return False
    over = min(one.paused_at or asked.until, one.ended_at or asked.until, asked.until)
    return asked.houses[one.place].calendar.working_days_until(one.due_at, over) > LONGEST_LATE


def late_safety(asked: Asked) -> Sequence[Row]:
    """Every task of the class of safety that was late in the period, also where it was done since."""
    return told(asked, asked.rows(_of_tasks(asked, and_(Task.escalation == SAFETY, _late(asked)))))


def _late(asked: Asked) -> Condition:
    """Those of the tasks that were late at some time of the period, before they were over or their clock stopped."""
    over = func.coalesce(Task.paused_at, Task.ended_at, literal(asked.until, UtcDateTime()))
    return and_(Task.due_at < asked.until, Task.due_at < over, over >= asked.period.begins)


def left_undone(asked: Asked) -> Sequence[Row]:
    """Tasks that came to the last rung of their ladder, or to one that says: in this report; until they are done.

    What is about safety, and reviews that are very late, stand in sections of their own.
    """
    came_now, as_it_is_due = Escalation.fired_at >= asked.period.begins, Escalation.turn == Task.turns
    came = (
        select(Escalation.task_id)
        .join(Task, Task.id == Escalation.task_id)
        .where(_of_report(asked.session), Escalation.fired_at <= asked.until)
        .where(or_(came_now, and_(as_it_is_due, _late(asked))))
    )
    wanted = and_(Task.id.in_(came.correlate(None)), Task.escalation != SAFETY)
    query = _of_tasks(asked, wanted)
    return told(asked, asked.rows_of(query, lambda one: not _very_late_review(asked, one)))


def _of_report(session: Session) -> Condition:
    """The rungs that stand in this report: the last of each ladder, by the version that was climbed, and some below."""
    usual = and_(Escalation.version == 0, _last_of(standard()))
    versions = session.execute(select(LadderVersion.programme_id, LadderVersion.number, LadderVersion.content))
    published = (
        and_(Task.programme_id == programme_id, Escalation.version == number, _last_of(read_ladder(content)))
        for programme_id, number, content in versions
    )
    return or_(Escalation.shown.contains(f" {REPORT} "), usual, *published)


def _last_of(ladder: Ladder) -> Condition:
    return or_(*(and_(Escalation.ladder == name, Escalation.level == ladder.last(name)) for name in NAMES))


def nobody_can(asked: Asked) -> Sequence[Row]:
    """The open tasks that nobody can do who is here and may know of the case, as things stand now."""
    glance = judged(asked.session, Glance(asked.desk.actor, asked.now))
    if glance.nobody_can is None:
        return ()
    return told(asked, asked.rows(_of_tasks(asked, and_(Task.open, glance.nobody_can))))


def _of_tasks(asked: Asked, which: Condition) -> Select[Any]:
    """Ask for those of the tasks that whoever asks sees, the longest due first."""
    return of_tasks(and_(which, in_sight(asked.desk.actor)), Task.due_at)
