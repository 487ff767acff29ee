"""What somebody reads before their tasks: what happened while they were away, what was handed to them, their duty."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from workflows.casework.duty_rota import DutyDays
from workflows.casework.passing import PassingNote
from workflows.desk import Desk
from workflows.questions.told import unseen
from workflows.questions.while_away import leave_to_read


@dataclass(frozen=True)
class FirstToRead:
    """The leave from which they are back, how many cases were handed to them, and of how many tasks they were told.

    All while they have not read it. on_duty: for how many teams or programmes a rota names them today.
    """

    leave_id: UUID | None
    handed: int
    told: int
    on_duty: int


def first_to_read(desk: Desk) -> FirstToRead:
    """Return what waits to be read by the actor; one statement, because every inbox asks it."""
    unread = (PassingNote.to_id == desk.actor.id, PassingNote.handed_at.is_not(None), PassingNote.read_at.is_(None))
    today = (DutyDays.staff_id == desk.actor.id, DutyDays.first_day <= desk.today, DutyDays.last_day >= desk.today)
    handed, on_duty = (
        select(func.count()).select_from(noun).where(*wanted).scalar_subquery()
        for noun, wanted in ((PassingNote, unread), (DutyDays, today))
    )
    with desk.looking() as session:
        told, leave = unseen(desk.actor).scalar_subquery(), leave_to_read(desk).scalar_subquery()
        return FirstToRead(*session.execute(select(leave, handed, told, on_duty)).one())
