"""A change that was published: as which release, after which one, which open cases go over to it, which came back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.base import Base, new_id

WAITS, MOVED, STAYS = "waits", "moved", "stays"
TAKEN_BACK_BEFORE: Final = "The change was taken back before this case had moved."
_TO_MOVE = text("status = 'waits'")


class Publication(Base):
    """The release that a change became, and what it took the place of."""

    __tablename__ = "publication"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("process_change.id"), unique=True)
    release_id: Mapped[UUID] = mapped_column(ForeignKey("release.id"))
    before_id: Mapped[UUID] = mapped_column(ForeignKey("release.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))  # who approved: what moves, moves for them
    at: Mapped[datetime]
    widened_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[str | None]
    taken_back_why: Mapped[str] = mapped_column(default="")

    def take_back(self, by: str, why: str, now: datetime) -> None:
        """Say that what was before counts again."""
        self.taken_back_by, self.taken_back_why, self.taken_back_at = by, why, now


class CaseMove(Base):
    """One case that is to go over with a publication, or back with its taking back; each once.

    instead: by key, which shape stands for one that is gone. status: waits, moved, or stays, and then why.
    """

    __tablename__ = "case_move"
    __table_args__ = (
        UniqueConstraint("publication_id", "case_id", "back"),
        Index("ix_case_move_to_make", "id", sqlite_where=_TO_MOVE, postgresql_where=_TO_MOVE),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publication.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    back: Mapped[bool] = mapped_column(default=False)
    instead: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[str] = mapped_column(default=WAITS)
    why: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime | None]

    def end(self, status: str, now: datetime, why: str = "") -> None:
        """It moved, or stays, and why."""
        self.status, self.at, self.why = status, now, why

    def ask_again(self, instead: Mapping[str, str] | None = None) -> None:
        """Let it be tried once more, with other choices where they are given."""
        if self.status == STAYS:
            self.status, self.at, self.why = WAITS, None, ""
            self.instead = self.instead if instead is None else dict(instead)
