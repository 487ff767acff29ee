"""Colleagues whose account or whose posts have ended: what they were to do goes back to those who are here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm.attributes import InstrumentedAttribute

from workflows.actions.journey import follow_up
from workflows.casework.case import Case
from workflows.casework.staff import Membership, StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.duties.coordinators import take_work_from
from workflows.storage import cases

WHY = "their account, or their post here, has ended"


def left_behind(desk: Desk, limit: int) -> Sequence[UUID]:
    """Return open cases that are coordinated by somebody who left, or in which a task of theirs is open."""
    today = desk.today
    theirs = select(Task.case_id).where(Task.open, _left(Task.assignee_id, Task.programme_id, today))
    coordinated = _left(Case.coordinator_id, Case.programme_id, today)
    with desk.looking() as session:
        query = select(Case.id).where(Case.closed_at.is_(None), or_(coordinated, Case.id.in_(theirs)))
        return session.scalars(query.order_by(Case.id).limit(limit)).all()


def pass_on(desk: Desk, case_id: UUID) -> None:
    """Put the tasks of those who left back into the pool, and ask the manager for another care coordinator."""
    with desk.work() as work:
        case = cases.held(work.session, case_id)
        holders = work.session.scalars(
            select(Task.assignee_id).where(Task.case_id == case.id, Task.open, Task.assignee_id.is_not(None)).distinct()
        )
        for staff_id in {*holders, *([case.coordinator_id] if case.coordinator_id else [])}:
            staff = work.session.get_one(StaffMember, staff_id)
            if case.open and not staff.works_in(case.programme_id, work.today):
                take_work_from(work, case, staff.id, WHY)
        follow_up(work)
        work.commit()


def _left(
    whose: InstrumentedAttribute[UUID | None], programme: InstrumentedAttribute[UUID], today: date
) -> ColumnElement[bool]:
    """Whether somebody works in a programme no more: the twin of `StaffMember.works_in`."""
    here = (
        select(StaffMember.id)
        .join(Membership, Membership.staff_id == StaffMember.id)
        .where(StaffMember.id == whose, StaffMember.active, Membership.programme_id == programme)
        .where(or_(Membership.valid_from.is_(None), Membership.valid_from <= today))
        .where(or_(Membership.valid_to.is_(None), Membership.valid_to >= today))
        .correlate_except(StaffMember, Membership)
    )
    return and_(whose.is_not(None), ~here.exists())
