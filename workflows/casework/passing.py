"""Handing a caseload on: what only its holder knows of each case, to whom it goes, and that they have read it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.access import MANAGERS, Actor
from workflows.casework.base import Base, Witnessed, new_id
from workflows.casework.staff import StaffMember

LONGEST_NOTE = 2000  # characters


class PassingNote(Base, Witnessed):
    """What goes with one case from one colleague to the next. Unread it follows the case to whoever has it then."""

    __tablename__ = "passing_note"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    from_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    to_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"), index=True)
    text: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]
    handed_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]

    def write(self, text: str, to: StaffMember | None, now: datetime) -> None:
        """Say what only they know, and to whom the case is to go; None: nobody is chosen yet."""
        self.text, self.to_id, self.written_at = text, to.id if to else None, now
        self.happened("hand-over note written", to=to.name if to else "")

    def hand(self, to: StaffMember | None, now: datetime) -> None:
        """Let it go with the case to whoever has it now; None: to whoever has it next."""
        self.to_id, self.handed_at = to.id if to else None, now
        self.happened("hand-over note passed on", to=to.name if to else "whoever is named next")

    def read(self, by: str, now: datetime) -> None:
        """Note that its receiver has read it."""
        self.read_at = now
        self.happened("hand-over read", by=by)


def may_prepare(actor: Actor, staff: StaffMember) -> bool:
    """Say whether the actor may prepare what somebody hands on: their own, or their team's as its manager.

    Also of somebody whose posts have ended: what they left behind has to be looked through.
    """
    return actor.id == staff.id or any(
        post.programme_id == held.programme_id and (post.team_id is None or post.team_id == held.team_id)
        for post in actor.posts
        if post.role in MANAGERS
        for held in staff.posts
    )
