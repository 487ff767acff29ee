"""Diagrams and decision tables with their versions, and releases: which versions run together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.base import Base, Witnessed, new_id
from workflows.casework.counted import CountedDate
from workflows.casework.errors import RuleBroken

MOVED = "moved to another release"
COUNTS, FIRST, WITHDRAWN = "counts", "first", "withdrawn"  # for every case that begins, for some of them, for none


class ModelVersion(Base, Witnessed):
    """One version of one diagram (bpmn) or table (dmn). Once kept it never changes."""

    __tablename__ = "model_version"
    __table_args__ = (UniqueConstraint("kind", "key", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    key: Mapped[str]
    number: Mapped[int]
    xml: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str]
    author: Mapped[str]
    why: Mapped[str]
    made_at: Mapped[datetime]


class Release(Base, Witnessed):
    """The versions of all diagrams and tables that belong together. A case stays with the one it began on.

    first_for: while it is tried with some that begin first: {"team": its id} or {"share": of a hundred}.
    """

    __tablename__ = "release"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(unique=True)
    contents: Mapped[dict[str, Any]]  # "bpmn:intake" -> model_version id (hex)
    published_at: Mapped[datetime]
    published_by: Mapped[str]
    why: Mapped[str]
    standing: Mapped[str] = mapped_column(default=COUNTS)
    first_for: Mapped[dict[str, Any]] = mapped_column(default=dict)

    def try_first(self, team_id: UUID | None, share: int) -> None:
        """Let only cases of a team begin on it at first, or so many of a hundred."""
        self.standing, self.first_for = FIRST, {"team": team_id.hex} if team_id else {"share": share}
        self.happened("release tried first", number=self.number, **self.first_for)

    def is_tried_with(self, case_id: UUID, team_id: UUID | None) -> bool:
        """Whether a case is among those with which it is tried first: of a share always the same ones."""
        if "team" in self.first_for:
            return team_id is not None and team_id.hex == self.first_for["team"]
        return hundredth(case_id) < int(self.first_for["share"])

    def widen(self) -> None:
        """Let it count for every case that begins."""
        if self.standing == WITHDRAWN:
            raise RuleBroken(f"Release {self.number} was taken back.")
        if self.standing == FIRST:
            self.standing, self.first_for = COUNTS, {}
            self.happened("release widened", number=self.number)

    def withdraw(self, why: str) -> None:
        """Let no case begin on it any more; those that run on it go on."""
        self.standing, self.first_for = WITHDRAWN, {}
        self.happened("release taken back", number=self.number, why=why)


def hundredth(case_id: UUID) -> int:
    """Return a number from 0 to 99 that a case always has, and that says nothing of it."""
    return int.from_bytes(hashlib.sha256(case_id.bytes).digest()[:8], "big") % 100


class CaseRun(Base, Witnessed):
    """One process of a case, as the engine left it at the last act."""

    __tablename__ = "case_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    process: Mapped[str] = mapped_column(index=True)
    release_id: Mapped[UUID] = mapped_column(ForeignKey("release.id"))
    state: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="running", index=True)  # running, finished, cancelled
    requester_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended_with: Mapped[str | None]  # the end event reached
    next_due_at: Mapped[datetime | None] = mapped_column(index=True)
    before_ending: Mapped[str | None]  # the state when an ending cut it off, so that a mistake can be taken back
    failures: Mapped[int] = mapped_column(default=0)  # wake-ups that failed in a row
    failed_why: Mapped[str | None]
    retry_at: Mapped[datetime | None]  # not before this instant, after a failure
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    def end(self, status: str, now: datetime, ended_with: str | None = None) -> None:
        """Finish or cancel the process."""
        self.status, self.ended_at, self.ended_with, self.next_due_at = status, now, ended_with, None
        self.happened(f"process {status}", process=self.process, at=ended_with)

    def moved(self, before: int, to: int, instead: Mapping[str, str], passed: Sequence[str]) -> None:
        """Say that it follows another release now, with what was chosen, and the steps that it went on to at once."""
        told = {"instead": dict(instead)} if instead else {}
        self.happened(MOVED, process=self.process, run=self.id.hex, before=before, to=to, steps=list(passed), **told)

    def cut_off(self, now: datetime, ended_with: str | None = None) -> None:
        """End the process because the case ends; its state is kept for the time in which a mistake can be undone."""
        self.before_ending = self.state
        self.end("cancelled", now, ended_with)

    def stay_ended(self) -> None:
        """Stay as an ending left the process, even if a later ending of the case is taken back."""
        self.before_ending = None
        self.happened("process stays ended", process=self.process)

    def take_up_again(self) -> None:
        """Go on from where an ending cut the process off."""
        self.state, self.before_ending = self.before_ending or self.state, None
        self.status, self.ended_at, self.ended_with = "running", None, None
        self.happened("process taken up again", process=self.process)


class Waiting(Base, CountedDate):
    """What a process waits for, so that no case is loaded that has nothing due."""

    __tablename__ = "waiting"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("case_run.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    step_id: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    message: Mapped[str | None] = mapped_column(index=True)
    since: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)


class JourneyStep(Base):
    """A step of the diagram that was passed: the process history lives here, not in the engine."""

    __tablename__ = "journey_step"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("case_run.id"), index=True)
    process: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]


class DecisionRecord(Base, Witnessed):
    """What a decision table said for a case: inputs, rule, version and the reason in plain English."""

    __tablename__ = "decision_record"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_run.id"))
    table: Mapped[str] = mapped_column("table_key")
    table_version_id: Mapped[UUID] = mapped_column(ForeignKey("model_version.id"))
    inputs: Mapped[dict[str, Any]]
    outputs: Mapped[dict[str, Any]]
    rules: Mapped[list[Any]]
    reason_code: Mapped[str]
    explain: Mapped[str]
    at: Mapped[datetime]
