"""Letting dates follow a calendar that has changed: case by case, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from workflows.actions.journey import follow_up
from workflows.casework.calendar_change import MOVING, CalendarChange
from workflows.casework.case import Case
from workflows.desk import Desk, Work
from workflows.duties.counting_anew import count_dates_anew
from workflows.storage import cases, counted_dates


def changes_under_way(desk: Desk) -> Sequence[UUID]:
    """Return the changes that dates are to follow still, the oldest first."""
    with desk.looking() as session:
        query = select(CalendarChange.id).where(CalendarChange.status == MOVING)
        return session.scalars(query.order_by(CalendarChange.confirmed_at)).all()


def next_case(desk: Desk, change_id: UUID) -> UUID | None:
    """Return the case whose dates are to follow next; None, and the change is done, when there is none left."""
    with desk.work() as work:
        change = _held(work, change_id)
        if change is None:
            return None
        case_id = counted_dates.next_case(work.session, change)
        if case_id is None:
            change.finish(work.now)
            work.commit()
        return case_id


def move_dates(desk: Desk, change_id: UUID, case_id: UUID) -> None:
    """Count the dates of a case anew, on the calendar as it is now. Twice is once."""
    with desk.work() as work:
        change = _held(work, change_id)
        if change is None or _is_behind(change, case_id):
            return
        case = cases.held(work.session, case_id)
        moved = count_dates_anew(work, case, **_because(change))
        follow_up(work)
        change.went_through(case_id, moved)
        work.commit()


def pass_over(desk: Desk, change_id: UUID, case_id: UUID) -> None:
    """Leave the dates of a case as they are, because they cannot be moved; the change says in which case."""
    with desk.work() as work:
        change = _held(work, change_id)
        if change is not None and not _is_behind(change, case_id):
            change.passed_over(case_id, work.session.get_one(Case, case_id).number)
            work.commit()


def _held(work: Work, change_id: UUID) -> CalendarChange | None:
    query = select(CalendarChange).where(CalendarChange.id == change_id, CalendarChange.status == MOVING)
    return work.session.scalar(query.with_for_update())


def _is_behind(change: CalendarChange, case_id: UUID) -> bool:
    return change.last_case_id is not None and case_id <= change.last_case_id


def _because(change: CalendarChange) -> dict[str, str]:
    """What the history of a case says of the change that moved its dates."""
    return {"calendar": change.kind, "day": change.first.isoformat(), "why": change.why}
