"""What a ladder has led to: which rung a task has come to, and who was told of it; and the versions of the ladders."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.base import Base, Witnessed, new_id
from workflows.casework.ways import EMAIL

LETTER = "letter"  # what a nudge is about when it is not a rung of a task


class LadderVersion(Base, Witnessed):
    """The ladders of a programme as they were published: a table, by whom and why. The newest counts."""

    __tablename__ = "ladder_version"
    __table_args__ = (UniqueConstraint("programme_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    number: Mapped[int]
    content: Mapped[str]  # a CSV file, see `ladder_table`
    published_at: Mapped[datetime]
    published_by: Mapped[str]
    why: Mapped[str]


class Escalation(Base):
    """A rung to which a task came: once, whatever crashes. `slot` tells the repetitions of a rung apart."""

    __tablename__ = "escalation"
    __table_args__ = (UniqueConstraint("task_id", "turn", "slot"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    ladder: Mapped[str]
    level: Mapped[int]
    turn: Mapped[int] = mapped_column(default=0)  # of the task: which day’s ladder it is
    slot: Mapped[str]  # the rung's name, such as "L2", or "L2 again 1"
    shown: Mapped[str] = mapped_column(default="")  # where it is shown, such as " agenda report "
    version: Mapped[int] = mapped_column(default=0)  # of the ladder; 0: the standard one
    due_at: Mapped[datetime]
    came_at: Mapped[datetime]  # when it should have come
    fired_at: Mapped[datetime] = mapped_column(index=True)  # and when the worker came to it


class Nudge(Base):
    """Something one colleague is to be told of: a task on a rung of its ladder, or a letter past its day.

    It is told at once, or in the message of the morning on which `tell_at` falls; until then it waits with `told_at`
    empty. `dropped`: why it is not told any more. Who looks at the list on the page has seen it.
    """

    __tablename__ = "nudge"
    __table_args__ = (
        UniqueConstraint("staff_id", "about", "turn", "slot"),
        Index(
            "ix_nudge_to_tell",
            "tell_at",
            "staff_id",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("task.id"), index=True)
    about: Mapped[UUID]  # the task, or the letter
    turn: Mapped[int] = mapped_column(default=0)
    slot: Mapped[str]
    level: Mapped[int] = mapped_column(default=0)
    pace: Mapped[str]
    made_at: Mapped[datetime]
    tell_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    ways: Mapped[str] = mapped_column(default=EMAIL)  # that its rung allows, such as "email text"
    notice_id: Mapped[UUID | None] = mapped_column(ForeignKey("notice.id"), index=True)
    text_id: Mapped[UUID | None] = mapped_column(index=True)  # of the notice by text
    dropped: Mapped[str] = mapped_column(default="")
    seen_at: Mapped[datetime | None]
