"""Who could do a task and may know of its case; and to whom it can be handed when nobody can."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.util import AliasedClass

from workflows.casework import access
from workflows.casework.case import Case
from workflows.casework.sectors import PARTNER_ROLES
from workflows.casework.staff import Membership, StaffMember
from workflows.casework.task import SAFETY, Task
from workflows.storage import cases, people
from workflows.storage.alleged import besides_those_named

Place = tuple[str, UUID, UUID | None]


def doers(session: Session, task: Task, today: date) -> list[StaffMember]:
    """Return who can do an open task and may be asked to: its holder and their cover, otherwise the role's pool.

    Never whoever did the step that a second person has to look at.
    """
    if task.assignee is None:
        able = people.holders(session, task.role, task.programme_id, task.team_id, today)
    else:
        able = [task.assignee, *people.covers_of(session, task.assignee.id, today)]
    able = _others(session, task, [staff for staff in able if staff.active])
    return may_be_asked(session, able, task.case, today)


def here_for(session: Session, task: Task, today: date) -> list[StaffMember]:
    """Return who of those a task was given to is here today and may do it: its holder, otherwise their cover."""
    if task.assignee is None:
        return []
    if not people.absent(session, task.assignee.id, today):
        return [task.assignee]
    able = able_covers(session, task.assignee, (task.role, task.programme_id, task.team_id), today)
    able = [one for one in able if not has_to_be_another(session, task, one.id)]
    return may_be_asked(session, able, task.case, today)


def able_covers(session: Session, away: StaffMember, place: Place, today: date) -> list[StaffMember]:
    """Return who covers for somebody on leave, is here today, and may do what is theirs in a place.

    `place`: the role (or roles) a step is for, its programme and its team.
    """
    return [one for one, actor in people.covers_here(session, away.id, today) if access.may_stand_in(actor, *place)]


def in_hand_of(session: Session, staff: StaffMember, case: Case, role: str, today: date) -> StaffMember | None:
    """Return who does today what is somebody's to do in a case: they themselves, or their cover; None: the pool.

    A cover before whom nothing of the case may be put is none.
    """
    if not people.absent(session, staff.id, today):
        return staff
    able = able_covers(session, staff, (role, case.programme_id, case.team_id), today)
    return next(iter(may_be_asked(session, able, case, today)), None)


def stuck(session: Session, task: Task, today: date) -> bool:
    """Say whether nobody can do an open task; `questions.stuck` says the same in SQL."""
    return task.open and not doers(session, task, today)


def left_behind(session: Session, task: Task, today: date) -> bool:
    """Say whether an open task lies with somebody on leave for whom nobody can do it, and cannot wait for their return.

    `questions.stuck.left_behind` says the same in SQL.
    """
    leave = people.leave_on(session, task.assignee.id, today) if task.open and task.assignee else None
    if leave is None:
        return False
    due = task.due_at if task.paused_at is None else None
    pressing = task.escalation == SAFETY or (due is not None and due.date() <= leave.last_day)
    return pressing and not besides_those_named(session, task, here_for(session, task, today))


def to_hand_on(session: Session, task: Task, today: date) -> bool:
    """Say whether somebody has to hand an open task on: nobody can do it, or nobody who is here."""
    return stuck(session, task, today) or left_behind(session, task, today)


def could_take(session: Session, task: Task, today: date) -> list[StaffMember]:
    """Return the colleagues a task can be handed to, by name: holders of its role, who covers them, the coordinator.

    Where none of them may know of the case it is whoever works on it and may act: somebody has to be able to. Never
    whoever did the step that a second person has to look at.
    """
    place = (task.role, task.programme_id, task.team_id, today)
    held = people.pool(session, *place)
    named = session.get(StaffMember, task.case.coordinator_id) if task.case.coordinator_id else None
    able = {staff.id: staff for staff in (*held, *([named] if named and named.active else []))}
    found = may_be_asked(session, _others(session, task, able.values()), task.case, today)
    found = found or _others(session, task, _working_on_it(session, task, today))
    return sorted(found, key=lambda staff: staff.name)


def _others(session: Session, task: Task, staff: Iterable[StaffMember]) -> list[StaffMember]:
    """Those of the staff from whom a task is not kept, and who did not do what a second person has to look at."""
    first = did_the_first(session, task)
    others = [one for one in staff if first is None or one.id != first.ended_by_id]
    return besides_those_named(session, task, others)


def did_the_first(session: Session, task: Task) -> Task | None:
    """Return the step that whoever does this one may not have done too, as it was done last; None: there is none."""
    return last_done(session, task.case_id, task.not_by)


def last_done(session: Session, case_id: UUID, key: str | None) -> Task | None:
    """Return the step of this key as it was done last, by its form or by hand; None: nobody did it."""
    if not key:
        return None
    done = (Task.case_id == case_id, Task.key == key, *_done(Task))
    return session.scalar(select(Task).where(*done).order_by(Task.ended_at.desc()).limit(1))


def has_to_be_another(session: Session, task: Task, staff_id: UUID) -> bool:
    """Say whether somebody may not do a step because they did the one that a second person has to look at.

    It is asked whenever a step comes into somebody's hands, whichever way that is.
    """
    first = did_the_first(session, task)
    return first is not None and first.ended_by_id == staff_id


def _done(step: type[Task] | AliasedClass[Task]) -> tuple[ColumnElement[bool], ...]:
    """Whether somebody did a step: what only the diagram withdrew has nobody who ended it."""
    return step.status != "open", step.ended_by_id.is_not(None)


@lru_cache(256)
def needs_another(staff_id: UUID | BindParameter[UUID] | None) -> ColumnElement[bool]:
    """The steps that need a second person because this one did the first: the twin of `did_the_first`, on `Task`."""
    return false() if staff_id is None else kept_for_another(staff_id)


def kept_for_another(whom: Any) -> ColumnElement[bool]:
    """The same of somebody who is told by an id, or by the column of another row."""
    first = aliased(Task)
    done = (first.case_id == Task.case_id, first.key == Task.not_by, *_done(first))
    last = select(first.ended_by_id).where(*done).order_by(first.ended_at.desc()).limit(1).correlate(Task)
    return and_(Task.not_by.is_not(None), last.scalar_subquery().is_not_distinct_from(whom))


def may_be_asked(session: Session, staff: Iterable[StaffMember], case: Case, today: date) -> list[StaffMember]:
    """Return those of the staff before whom something of the case may be put."""
    circle, actors = cases.circle_of(session, case), people.actors(session, staff, today)
    return [one for one, actor in actors if access.may_be_asked(actor, case.programme_id, circle)]


def may_open(
    session: Session, staff: Iterable[StaffMember], case: Case, today: date
) -> tuple[list[StaffMember], list[StaffMember]]:
    """Return those of the staff who may open a case, and those who may not only because it is another team's."""
    circle, place = cases.circle_of(session, case), (case.programme_id, case.team_id)
    inside, elsewhere = [], []
    for one, actor in people.actors(session, staff, today):
        if access.may_see_case(actor, *place, circle):
            inside.append(one)
        elif access.may_be_asked(actor, case.programme_id, circle):
            elsewhere.append(one)
    return inside, elsewhere


def may_carry(session: Session, staff: Iterable[StaffMember], case: Case, today: date) -> list[StaffMember]:
    """Return those of the staff who can be named care coordinator: within what was agreed to share.

    Where nothing is shared the case still needs somebody who carries it: anybody whom the person did not exclude.
    """
    circle, actors = cases.circle_of(session, case), people.actors(session, staff, today)
    if circle.sectors:
        return [one for one, actor in actors if access.may_be_asked(actor, case.programme_id, circle)]
    return [one for one, actor in actors if one.id not in circle.excluded and actor.roles - PARTNER_ROLES]


def _working_on_it(session: Session, task: Task, today: date) -> list[StaffMember]:
    case, circle = task.case, cases.circle_of(session, task.case)
    query = (
        select(StaffMember)
        .join(Membership)
        .where(
            Membership.programme_id == case.programme_id,
            Membership.role.in_(access.PERMISSIONS["case.act"]),
            or_(
                Membership.team_id.is_(None),
                Membership.team_id == case.team_id,
                Membership.role.in_(access.PROGRAMME_WIDE),
            ),
            StaffMember.active.is_(True),
        )
        .distinct()
    )
    return [
        staff
        for staff, actor in people.actors(session, session.scalars(query).unique(), today)
        if access.may(actor, "case.act") and access.works_on_case(actor, case.programme_id, case.team_id, circle)
    ]
