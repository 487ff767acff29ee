"""A completed step, with what it changed: kept for the time in which whoever completed it may take it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.base import Base, new_id


class Completion(Base):
    """What completing a task made, changed and removed, row by row, and what was typed.

    One that was taken back stays, with the rows that went: it is the record of what was taken back. One whose time is
    over is of no use any more and goes.
    """

    __tablename__ = "completion"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    # No foreign key: a task that another step had asked for goes when that step is taken back, this record stays.
    task_id: Mapped[UUID] = mapped_column(index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)  # no longer than this; as the programme's setting said then
    seq: Mapped[int]  # the last entry of the case's trail that tells of it
    held_fast: Mapped[str] = mapped_column(default="")  # why it cannot be taken back at all; "" when it can
    images: Mapped[list[Any]] = mapped_column(deferred=True)
    typed: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # as its writer had typed it, by input
    draft: Mapped[str]  # the draft that was complete with it
    taken_back_at: Mapped[datetime | None]
    removed: Mapped[list[Any] | None] = mapped_column(deferred=True)  # the rows that went when it was taken back
