"""A draft of the ladders that is tried on the tasks of the past: what was asked, how far it is, what was found."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.base import Base, new_id


class LadderTry(Base):
    """One try, made by the worker. It belongs to whoever asked for it, and only of this very draft it says anything."""

    __tablename__ = "ladder_try"
    __table_args__ = (
        Index("ix_ladder_try_of", "programme_id", "staff_id"),
        Index(
            "ix_ladder_try_to_make",
            "asked_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    content: Mapped[str]  # the draft, a CSV file, see `ladder_table`
    first: Mapped[date]
    last: Mapped[date]
    asked_at: Mapped[datetime]
    done: Mapped[int] = mapped_column(default=0)
    in_all: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    failed: Mapped[bool] = mapped_column(default=False)
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)  # see `questions.ladder_found`
