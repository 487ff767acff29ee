"""Something that should have happened by itself and did not: kept with its case until it has happened after all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.backoff import wait_after
from workflows.casework.base import Base, Witnessed, new_id

# What failed: a step that needs nobody, at which the process stands now; waking a process, of which nothing was kept;
# what somebody did, which was refused; or a step of another system, which gave it up.
STEP, WAKE, ACT, OUTSIDE = "step", "wake", "act", "outside"
# After so many tries, about two hours, a person has to look; it goes on being tried, at the longest of all pauses.
TRIES_ALONE = 8
CANNOT_GO_ON = (
    "What follows from this by itself cannot be done just now, so it was not recorded. Nothing was changed. "
    "Whoever runs the service sees it under Operations."
)


@dataclass(frozen=True)
class Failure:
    """What an act came to grief at.

    case_number, process, key: the step, as the diagram knows it; no key when it was no single step. name: what people
    call the step. asks: the duty or the table that it asks, or the topic of another system. why: a sentence without
    anything about the person. fault: what the program calls it; of another system, which worker had it. inputs: the
    decision variables with which it was to be done, those about the person hidden.
    """

    case_number: str
    case_id: UUID | None
    run_id: UUID | None
    process: str
    key: str = ""
    step_id: str = ""
    name: str = ""
    step_kind: str = ""
    asks: str = ""
    why: str = ""
    fault: str = ""
    inputs: Mapping[str, Any] | None = None

    @property
    def place(self) -> tuple[str, str, str]:
        """Which step it is, whatever case and process are called in the database."""
        return self.case_number, self.process, self.key

    @property
    def can_wait(self) -> bool:
        """Whether the process can stand at this step: it is one that needs nobody."""
        return bool(self.key) and self.step_kind != "user"


class StepFailed(Exception):
    """What should happen by itself in the course of an act could not be done; nothing of the act is kept.

    It is nothing that whoever acts could do anything about, so it is for the room that begins the act anew.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.why)
        self.failure = failure


class Incident(Base, Witnessed):
    """A failure that somebody may have to mend. It closes by itself when what failed has happened."""

    __tablename__ = "incident"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    # None: the case, or its process, was to be opened by the very act that was refused.
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_run.id"), index=True)
    kind: Mapped[str]
    process: Mapped[str]
    step_id: Mapped[str] = mapped_column(default="")  # as the engine knows it
    step_key: Mapped[str] = mapped_column(default="")
    step_name: Mapped[str] = mapped_column(default="")
    step_kind: Mapped[str] = mapped_column(default="")
    asks: Mapped[str] = mapped_column(default="")
    why: Mapped[str]
    fault: Mapped[str]
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    tries: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime]
    last_at: Mapped[datetime]
    next_at: Mapped[datetime | None] = mapped_column(index=True)  # None: not before somebody has looked
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_how: Mapped[str] = mapped_column(default="")  # done, gone
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def open(self) -> bool:
        """Whether it still stands in the way."""
        return self.closed_at is None

    @property
    def needs_somebody(self) -> bool:
        """Whether nobody tries it again by itself, or trying has not helped for so long that a person has to look."""
        return self.open and (self.next_at is None or (self.kind != OUTSIDE and self.tries >= TRIES_ALONE))

    def failed(self, failure: Failure, now: datetime) -> None:
        """Note one more failure, and when it is tried again; what somebody did is theirs to repeat."""
        first = self._begins
        self._note(failure, now, 1 if first else self.tries + 1)
        self.next_at = None if self.kind == ACT else now + wait_after(self.tries)
        self._happened("automatic step failed" if first else "automatic step failed again", times=self.tries)

    def failed_elsewhere(self, failure: Failure, now: datetime, tries: int, again_at: datetime | None) -> None:
        """Note that another system could not do it, for the so-maniest time; again_at: None when it was given up."""
        self._note(failure, now, tries)
        self.next_at = again_at
        self._happened("step given up by other systems" if again_at is None else "automatic step failed again")

    def give_back(self, now: datetime) -> None:
        """Note that other systems may try once more what they gave up."""
        self.next_at = now
        self._happened("automatic step tried again by hand")

    @property
    def _begins(self) -> bool:
        return self.tries == 0 or not self.open

    def _note(self, failure: Failure, now: datetime, tries: int) -> None:
        self.began_at = now if self._begins else self.began_at
        self.tries, self.last_at, self.closed_at, self.closed_how = tries, now, None, ""
        self.why, self.fault, self.inputs = failure.why, failure.fault, dict(failure.inputs or {})

    def _happened(self, act: str, **told: Any) -> None:
        self.happened(act, step=self.step_name, process=self.process, **told)

    def close(self, done: bool, now: datetime) -> None:
        """Note that what failed has happened now, or that it is not needed any more."""
        self.closed_at, self.next_at, self.closed_how = now, None, "done" if done else "gone"
        self._happened("automatic step done at last" if done else "automatic step no longer needed")
