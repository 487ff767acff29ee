"""What happened while somebody was on leave, told on their return: done for them, moved on or away, and new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from workflows.casework.audit import AuditEntry
from workflows.casework.case import STAGE_NAMES, Case, StageEntry
from workflows.casework.errors import NotFound
from workflows.casework.person import Person
from workflows.casework.staff import Absence, StaffMember
from workflows.casework.task import Task
from workflows.clock import at_london
from workflows.desk import Desk
from workflows.questions import reach
from workflows.questions.inbox_views import joined_tasks
from workflows.storage import alleged

TOLD_FOR = timedelta(days=14)  # how long after their return the inbox leads there
MOST = 200  # of each kind
CHANGED_HANDS = ("task reassigned", "care coordinator named", "care coordinator no longer named")


@dataclass(frozen=True)
class Happened:
    """One thing that happened: when, in which case, about whom, what, and who did it. `task_id`: where it leads."""

    at: datetime
    case_number: str
    person: str
    what: str
    by: str
    task_id: UUID | None = None


@dataclass(frozen=True)
class WhileAway:
    """What happened on the days of one leave (both included), each kind oldest first; cut at `MOST`."""

    leave_id: UUID
    first_day: date
    last_day: date
    over: bool
    read: bool
    cover: str
    done: tuple[Happened, ...]
    moved: tuple[Happened, ...]
    new: tuple[Happened, ...]


@dataclass(frozen=True)
class _Asked:
    """Who was away from when to when, and how much of it they may see."""

    desk: Desk
    me: UUID
    begins: datetime
    ends: datetime

    def within(self, instant: Any) -> ColumnElement[bool]:
        return and_(instant >= self.begins, instant < self.ends)


def leave_to_read(desk: Desk) -> Select[UUID]:
    """The leave from which the actor is back, while they have not read what happened."""
    over = (Absence.last_day < desk.today, Absence.last_day >= desk.today - TOLD_FOR, Absence.read_at.is_(None))
    query = select(Absence.id).where(Absence.staff_id == desk.actor.id, *over)
    return query.order_by(Absence.last_day.desc()).limit(1)


def while_away(desk: Desk, leave_id: UUID) -> WhileAway:
    """Return what happened during leave of the actor; anybody else's does not exist for them."""
    with desk.looking() as session:
        leave = session.get(Absence, leave_id)
        if leave is None or desk.actor.id is None or leave.staff_id != desk.actor.id:
            raise NotFound("There is no such leave.")
        cover = session.get(StaffMember, leave.cover_id) if leave.cover_id else None
        asked = _Asked(
            desk,
            desk.actor.id,
            at_london(leave.first_day, time(0)),
            at_london(leave.last_day + timedelta(days=1), time(0)),
        )
        return WhileAway(
            leave.id, leave.first_day, leave.last_day, leave.last_day < desk.today, leave.read_at is not None,
            cover.name if cover else "", tuple(_done(session, asked)), tuple(_moved(session, asked)),
            tuple(_new(session, asked)),
        )  # fmt: skip


def _done(session: Session, asked: _Asked) -> Iterator[Happened]:
    """What others completed of what was theirs, and in the cases they coordinate."""
    by_others = and_(Task.status == "completed", Task.ended_by_id != asked.me, asked.within(Task.ended_at))
    query = _tasks(asked, Task.ended_at, Task.ended_by_id).where(by_others).order_by(Task.ended_at)
    return (_of_task(row) for row in session.execute(query.limit(MOST)))


def _new(session: Session, asked: _Asked) -> Iterator[Happened]:
    """What was asked meanwhile and is open still; by whom it is held."""
    asked_for = and_(Task.open, asked.within(Task.opened_at))
    query = _tasks(asked, Task.opened_at, Task.assignee_id).where(asked_for).order_by(Task.opened_at)
    return (_of_task(row) for row in session.execute(query.limit(MOST)))


def _tasks(asked: _Asked, at: Any, by: Any) -> Select[Any]:
    theirs = or_(Task.assignee_id == asked.me, Case.coordinator_id == asked.me)
    query = joined_tasks(at.label("at"), Case.number, Person, Task.name, StaffMember.name.label("by"), Task.id)
    query = query.join(Person, Person.id == Case.person_id).outerjoin(StaffMember, StaffMember.id == by)
    return query.where(theirs, reach.may_see_task(asked.desk.actor))


def _of_task(row: Any) -> Happened:
    return Happened(row.at, row.number, row.Person.name, row.name, row.by or "", row.id)


def _moved(session: Session, asked: _Asked) -> list[Happened]:
    """Cases that came to another stage, and what came into other hands than theirs."""
    found = [*_stages(session, asked), *_changes_of_hands(session, asked)]
    return sorted(found, key=lambda one: one.at)[:MOST]


def _stages(session: Session, asked: _Asked) -> Iterator[Happened]:
    query = (
        select(StageEntry.entered_at, StageEntry.stage, Case.number, Person)
        .join(Case, Case.id == StageEntry.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(Case.coordinator_id == asked.me, asked.within(StageEntry.entered_at), reach.may_see(asked.desk.actor))
    )
    for at, stage, number, person in session.execute(query.limit(MOST)):
        yield Happened(at, number, person.name, f"Stage: {STAGE_NAMES[stage]}", "")


def _changes_of_hands(session: Session, asked: _Asked) -> Iterator[Happened]:
    """Tasks and cases that were theirs; nothing of a case in which a safeguarding concern names them."""
    held = AuditEntry.detail["held_by_id"].as_string() == str(asked.me)
    by_others = AuditEntry.actor_id.is_distinct_from(asked.me)
    theirs = and_(AuditEntry.act.in_(CHANGED_HANDS), asked.within(AuditEntry.at), held, by_others)
    query = (
        select(AuditEntry, Case.number, Person)
        .join(Case, Case.id == AuditEntry.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(theirs, reach.may_see(asked.desk.actor), ~alleged.names(asked.me))
    )
    for entry, number, person in session.execute(query.order_by(AuditEntry.at).limit(MOST)):
        yield Happened(entry.at, number, person.name, _change(entry), entry.actor)


def _change(entry: AuditEntry) -> str:
    told = entry.detail
    if entry.act == "task reassigned":
        return f"“{told.get('task', '')}” went to {told.get('to', '')}: {told.get('why', '')}"
    if entry.act == "care coordinator named":
        return f"Care coordinator is now {told.get('coordinator', '')}"
    return f"You are no longer its care coordinator: {told.get('why', '')}"
