"""What somebody asked the referrer about a task: until they answer its clock stands still, for some days at most."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.base import Base, new_id
from workflows.casework.errors import RuleBroken
from workflows.casework.task import SAFETY, Task

ASK_AT_MOST = 2  # how often a task may wait for its referrer


class AskedReferrer(Base):
    """A question to the referrer, what came of it, and when the worker looks after it next.

    A task that was completed meanwhile may be taken back, and waits again: nothing ends the question with the task.
    """

    __tablename__ = "asked_referrer"
    __table_args__ = (
        Index(
            "ix_asked_referrer_to_look_after",
            "next_at",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), index=True)
    what: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    next_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    came: Mapped[str] = mapped_column(default="")  # what they said; empty where nobody answered

    @classmethod
    def begin(cls, task: Task, what: str, by: str, now: datetime) -> AskedReferrer:
        """Let a task wait for what its referrer was asked; what is about safety waits for nobody."""
        if task.escalation == SAFETY or task.referrer_asked_at is not None:
            raise RuleBroken("This task waits for the referrer already, or cannot wait: it is about safety.")
        task.referrer_asked_at = now
        task.happened("waiting for the referrer", task=task.name, what=what, by=by)
        return cls(case_id=task.case_id, task_id=task.id, what=what, asked_at=now, asked_by=by)

    def answered(self, task: Task, came: str, by: str, now: datetime) -> None:
        """Let the task wait for it no longer: they answered, or nobody waits for that any more."""
        task.referrer_asked_at = None
        task.happened("referrer answered", task=task.name, came=came, by=by)
        self.end(now, came)

    def unanswered(self, task: Task, now: datetime) -> None:
        """Let the task wait for it no longer: no answer came in the time there is for one."""
        task.referrer_asked_at = None
        task.happened("referrer silent", task=task.name)
        self.end(now)

    def end(self, now: datetime, came: str = "") -> None:
        """Look after it no more."""
        self.next_at, self.ended_at, self.came = None, now, came
