"""A private address at which a colleague's own calendar reads what is due, and when they meet."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.base import Base, Witnessed, new_id


class CalendarFeed(Base, Witnessed):
    """An address that a colleague made for their calendar; only a hash of its secret is kept. One counts at a time."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index(
            "uq_calendar_feed_in_use",
            "staff_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def end(self, now: datetime) -> None:
        """Let the address count no longer."""
        self.ended_at = now
        self.happened("calendar address ended")


def hashed(secret: str) -> str:
    """A plain hash will do: the secret is 256 bits of chance, there is nothing to try out."""
    return hashlib.sha256(secret.encode()).hexdigest()
