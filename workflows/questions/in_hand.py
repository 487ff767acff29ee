"""What each colleague has in hand: the open tasks in the cases of whoever asks, and those that are late."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Session

from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.questions.inbox_views import EVERYTHING, Glance, joined_tasks, overdue, tasks_of
from workflows.storage import people


@dataclass(frozen=True)
class InHand:
    """A colleague with the open tasks in their hands, and how many of them are late. `away`: until when, if at all."""

    staff_id: UUID
    name: str
    tasks: int
    overdue: int
    away: str


def in_hand_of_each(session: Session, desk: Desk) -> tuple[InHand, ...]:
    """Return everybody with what they have to do as far as the reader may look, whoever is most behind first."""
    glance = Glance(desk.actor, desk.clock.now())
    late = func.count().filter(overdue())
    query = joined_tasks(StaffMember.id, StaffMember.name, func.count(), late)
    query = query.join(StaffMember, StaffMember.id == Task.assignee_id).where(tasks_of(EVERYTHING, glance))
    order = (late.desc(), func.count().desc(), StaffMember.name)
    rows = session.execute(query.group_by(StaffMember.id, StaffMember.name).order_by(*order), glance.times).all()
    away = people.away_words(session, [row[0] for row in rows], desk.today)
    return tuple(InHand(staff_id, name, tasks, past, away.get(staff_id, "")) for staff_id, name, tasks, past in rows)
