"""Finding what a change of a calendar may move: what is open, and falls due from its first day on."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from workflows.casework.calendar_change import CalendarChange
from workflows.casework.care import Review
from workflows.casework.case import Case
from workflows.casework.diagram import Waiting
from workflows.casework.notice import Letter
from workflows.casework.task import Task


def cases_under(change: CalendarChange) -> ColumnElement[bool]:
    """The cases that a change concerns, as a condition on `Case`; of a closed one only letters may still wait."""
    return Case.team_id == change.team_id if change.team_id else Case.programme_id == change.programme_id


def tasks_after(change: CalendarChange) -> ColumnElement[bool]:
    """The open tasks of a case that fall due from the first day of a change on."""
    return and_(Task.case_id == Case.id, Task.open, Task.due_at >= change.begins)


def told_after(change: CalendarChange) -> ColumnElement[bool]:
    """The running tasks of a case of which somebody is told at another time where days after their own are counted."""
    told = and_(Task.remind_at.is_not(None), or_(Task.remind_at >= change.begins, Task.due_at >= change.begins))
    return and_(Task.case_id == Case.id, Task.open, Task.paused_at.is_(None), told)


def reviews_after(change: CalendarChange) -> ColumnElement[bool]:
    """The next review of a case, if it is due from the first day of a change on and its clock runs."""
    running = and_(Review.done_at.is_(None), Case.next_review_at == Review.due_at)
    return and_(Review.case_id == Case.id, running, Review.due_at >= change.begins)


def waits_after(change: CalendarChange) -> ColumnElement[bool]:
    """The dates for which the processes of a case wait, from the first day of a change on."""
    return and_(Waiting.case_id == Case.id, Waiting.kind == "timer", Waiting.due_at >= change.begins)


def letters_after(change: CalendarChange) -> ColumnElement[bool]:
    """The letters of a case that wait to be sent by a day from the first day of a change on."""
    return and_(Letter.case_id == Case.id, Letter.status == "ready", Letter.send_by >= change.first)


def next_case(session: Session, change: CalendarChange) -> UUID | None:
    """Return the next case in which a date may have to move; None when it has been through all of them."""
    return session.scalar(select(Case.id).where(_ahead_of(change)).order_by(Case.id).limit(1))


def cases_left(session: Session, change: CalendarChange) -> int:
    """Count the cases that are still to be gone through."""
    return session.scalar(select(func.count()).select_from(Case).where(_ahead_of(change))) or 0


def _ahead_of(change: CalendarChange) -> ColumnElement[bool]:
    open_now = or_(
        select(Task.id).where(tasks_after(change), Task.due_amount.is_not(None)).exists(),
        select(Task.id).where(told_after(change)).exists(),
        select(Review.id).where(reviews_after(change), Review.due_amount.is_not(None)).exists(),
        select(Waiting.id).where(waits_after(change), Waiting.due_amount.is_not(None)).exists(),
    )
    letter = select(Letter.id).where(letters_after(change), Letter.due_amount.is_not(None)).exists()
    movable = or_(and_(Case.closed_at.is_(None), open_now), letter)
    behind = Case.id > change.last_case_id if change.last_case_id else Case.id.is_not(None)
    return and_(cases_under(change), behind, movable)
