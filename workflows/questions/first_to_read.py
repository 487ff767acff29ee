"""What somebody reads before their tasks: what happened while they were away, and what a colleague handed them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from workflows.casework.passing import PassingNote
from workflows.desk import Desk
from workflows.questions.told import unseen
from workflows.questions.while_away import leave_to_read


@dataclass(frozen=True)
class FirstToRead:
    """The leave from which they are back, how many cases were handed to them, and of how many tasks they were told.

    All while they have not read it.
    """

    leave_id: UUID | None
    handed: int
    told: int


def first_to_read(desk: Desk) -> FirstToRead:
    """Return what waits to be read by the actor; one statement, because every inbox asks it."""
    unread = (PassingNote.to_id == desk.actor.id, PassingNote.handed_at.is_not(None), PassingNote.read_at.is_(None))
    handed = select(func.count()).select_from(PassingNote).where(*unread).scalar_subquery()
    with desk.looking() as session:
        told = unseen(desk.actor).scalar_subquery()
        return FirstToRead(*session.execute(select(leave_to_read(desk).scalar_subquery(), handed, told)).one())
