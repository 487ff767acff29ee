"""What a colleague's own calendar is told: what is due when, and when they meet. Never about whom, nor why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor, may
from workflows.casework.calendar_feed import CalendarFeed, hashed
from workflows.casework.care import Review
from workflows.casework.case import Case
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.durations import Unit
from workflows.questions import reach
from workflows.questions.inbox_views import BY_KEY, Glance, joined_tasks, tasks_of
from workflows.questions.meetings import meetings
from workflows.storage import people

TASK, REVIEW, MEETING = "task", "review", "meeting"
REVIEW_FORM = "F21"
MOST = 500  # tasks, the soonest first


@dataclass(frozen=True)
class Entry:
    """Something with a date. whole_day: the promise ends with the day, not at a minute. version: grows with changes.

    covered: it is a colleague's on leave, for whom the actor stands in.
    """

    kind: str
    id: UUID
    case_number: str
    name: str
    at: datetime
    whole_day: bool
    version: int
    covered: bool = False


def address_since(desk: Desk) -> datetime | None:
    """Return since when the actor has a calendar address; None when they have none."""
    theirs = (CalendarFeed.staff_id == desk.actor.id, CalendarFeed.ended_at.is_(None))
    with desk.looking() as session:
        return session.scalar(select(CalendarFeed.made_at).where(*theirs))


def whose(desk: Desk, secret: str) -> Actor | None:
    """Return whose calendar address this is; None when it never was one, has ended, or its owner works here no more."""
    counts = (CalendarFeed.token_hash == hashed(secret), CalendarFeed.ended_at.is_(None), StaffMember.active.is_(True))
    with desk.looking() as session:
        owner = select(StaffMember).join(CalendarFeed, CalendarFeed.staff_id == StaffMember.id)
        staff = session.scalar(owner.where(*counts))
        actor = people.actor_for(session, staff, desk.today) if staff is not None else None
    if actor is None or not may(actor, "inbox"):
        return None
    return replace(actor, name=f"{actor.name}, by their calendar address")


def entries(desk: Desk) -> tuple[Entry, ...]:
    """Return the actor's own open tasks that have a date, reviews of people they look after, and their meetings.

    What is in the hands of colleagues they cover for today is theirs too; a clock that stands still has no date.
    """
    with desk.looking() as session:
        found = [*_tasks(session, desk), *_reviews(session, desk.actor), *_meetings(session, desk.actor)]
    return tuple(sorted(found, key=lambda one: (one.at, one.id)))


def _tasks(session: Session, desk: Desk) -> Iterator[Entry]:
    glance = Glance(desk.actor, desk.clock.now())
    columns = (Task.id, Task.name, Task.due_at, Task.due_unit, Task.version, Task.assignee_id, Case.number)
    dated = (Task.due_at.is_not(None), Task.paused_at.is_(None))
    query = joined_tasks(*columns).where(tasks_of(BY_KEY["mine"], glance), *dated)
    for row in session.execute(query.order_by(Task.due_at, Task.id).limit(MOST), glance.times):
        whole_day, covered = Unit(row.due_unit).counts_days, row.assignee_id != desk.actor.id
        yield Entry(TASK, row.id, row.number, row.name, row.due_at, whole_day, row.version, covered)


def _reviews(session: Session, actor: Actor) -> Iterator[Entry]:
    """The reviews to come; one that can be done already is a task."""
    begun = exists().where(Task.case_id == Case.id, Task.open, Task.form_key == REVIEW_FORM)
    theirs = (Case.coordinator_id.in_(reach.hands_of(actor)), Case.closed_at.is_(None), reach.works_on(actor))
    query = select(Review.id, Review.due_at, Case.number, Case.version, Case.coordinator_id)
    query = query.join(Case, Case.id == Review.case_id).where(Review.done_at.is_(None), *theirs)
    for row in session.execute(
        query.where(Case.clocks_paused_at.is_(None), ~begun).order_by(Review.due_at).limit(MOST)
    ):
        covered = row.coordinator_id != actor.id
        yield Entry(REVIEW, row.id, row.number, "Review due", row.due_at, True, row.version, covered)


def _meetings(session: Session, actor: Actor) -> Iterator[Entry]:
    for one in meetings(session, Case.closed_at.is_(None), reach.may_see(actor)):
        if one.concerns(reach.hands_of(actor)):
            covered = not one.concerns([actor.id] if actor.id else [])
            yield Entry(MEETING, one.id, one.case_number, "Meeting", one.at, False, one.version, covered)
