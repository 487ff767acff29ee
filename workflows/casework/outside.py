"""A step of a diagram that another system does: it is fetched for a while, and done, failed or given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.backoff import wait_after
from workflows.casework.base import Base, Witnessed, new_id
from workflows.casework.errors import OutOfDate, RuleBroken

TRIES = 3  # unless the diagram says otherwise
TAKEN_SINCE = "This job was taken by another worker since: its fence is higher than yours. Leave it alone."


class OutsideTask(Base, Witnessed):
    """One step of a case in the hands of another system.

    told: the decision variables it is shown. decides: those it may give. fence: goes up each time it is fetched; only
    who names the newest may write. tries: how often it may fail, as its diagram says. tries_left: none once it has
    failed too often; then it is an incident, and a person has to look.
    """

    __tablename__ = "outside_task"
    __table_args__ = (
        UniqueConstraint("run_id", "step_id"),
        Index(
            "ix_outside_task_to_fetch",
            "topic",
            "free_at",
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("case_run.id"), index=True)
    step_id: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    process: Mapped[str]
    topic: Mapped[str]
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    decides: Mapped[list[str]] = mapped_column(default=list)
    status: Mapped[str] = mapped_column(default="open")  # open, failed (no tries left), done, cancelled
    opened_at: Mapped[datetime]
    free_at: Mapped[datetime]  # when it may be fetched: at once, after a failure's wait, at the end of a lease
    worker: Mapped[str | None]  # who holds the lease, in its own words
    fence: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=TRIES)
    tries_left: Mapped[int] = mapped_column(default=TRIES)
    failed_why: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    answer: Mapped[dict[str, Any] | None]  # what it was ended with: the same again is no second time
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    def fetch(self, worker: str, now: datetime, lease: timedelta) -> None:
        """Hand it to a worker for a while."""
        self.worker, self.free_at, self.fence = worker, now + lease, self.fence + 1
        self.happened("outside task fetched", task=self.name, topic=self.topic, worker=worker)

    def extend(self, fence: int, now: datetime, lease: timedelta) -> None:
        """Leave it with its worker for longer."""
        self.must_be_held(fence)
        self.free_at = now + lease
        self.happened("outside task kept longer", task=self.name)

    def done(self, fence: int, answer: Mapping[str, Any], now: datetime) -> None:
        """Note that the worker has done it."""
        self.must_be_held(fence)
        self.status, self.ended_at, self.answer = "done", now, dict(answer)
        self.happened("outside task done", task=self.name, worker=self.worker)

    def fail(self, fence: int, why: str, now: datetime, tries_left: int | None, wait: timedelta | None) -> None:
        """Note that it failed, and when it may be fetched again; with no tries left a person has to look."""
        self.must_be_held(fence)
        self.failures += 1
        self.tries_left = max(self.tries_left - 1, 0) if tries_left is None else tries_left
        self.failed_why, self.free_at = why, now + (wait_after(self.failures) if wait is None else wait)
        self.worker, self.fence = None, self.fence + 1  # whoever failed writes no more
        if not self.tries_left:
            self.status = "failed"
        self.happened("outside task failed", task=self.name, failures=self.failures)

    def try_again(self, now: datetime) -> None:
        """Let it be fetched again, as often as at the first, because somebody has looked."""
        if self.status != "failed":
            raise RuleBroken("No other system has given this up.")
        self.status, self.tries_left, self.free_at = "open", self.tries, now
        self.happened("outside task tried again", task=self.name)

    def cancel(self, why: str, now: datetime) -> None:
        """Note that the diagram no longer asks for it; whoever holds it is told when they answer."""
        self.status, self.ended_at, self.fence = "cancelled", now, self.fence + 1
        self.happened("outside task cancelled", task=self.name, why=why)

    def renew(self, drawn: Mapping[str, Any]) -> None:
        """Ask for it as its diagram draws it now: the case may have moved to another release."""
        if any(getattr(self, name) != value for name, value in drawn.items()):
            for name, value in drawn.items():
                setattr(self, name, value)
            self.happened("outside task drawn anew", task=self.name, topic=self.topic)

    def reopen(self, now: datetime) -> None:
        """Ask for it again, because what withdrew it was a mistake."""
        self.status, self.ended_at, self.free_at, self.tries_left = "open", None, now, self.tries
        self.happened("outside task asked again", task=self.name)

    def must_be_held(self, fence: int) -> None:
        """Refuse whoever does not hold it any more; the words say why."""
        if self.status == "cancelled":
            raise OutOfDate("The case has moved on; this job is no longer needed.")
        if self.status != "open" or self.fence != fence or self.worker is None:
            raise OutOfDate(TAKEN_SINCE if self.status == "open" else "This job has ended.")
