"""What a change of the diagrams would mean for every open case: asked for, worked out by trying each, kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.base import Base, new_id
from workflows.clock import as_utc

Files = Mapping[tuple[str, str], bytes]  # of a change, by kind and key: ("bpmn", "intake")
GOES_ON: Final = "goes on"
BEGINS: Final = "begins"
ENDS: Final = "ends"


@dataclass(frozen=True)
class RunningClock:
    """A date for which a case waits, or by which a task is due, and what the move does to it."""

    name: str
    due_at: datetime
    what: str = GOES_ON

    def told(self) -> dict[str, str]:
        """Return it as it is kept."""
        return {"name": self.name, "due_at": self.due_at.isoformat(), "what": self.what}

    @classmethod
    def read(cls, kept: Mapping[str, str]) -> RunningClock:
        """Return it from what is kept."""
        return cls(kept["name"], as_utc(datetime.fromisoformat(kept["due_at"])), kept["what"])


@dataclass(frozen=True)
class Seen:
    """What somebody with a task will see differently. sort: changed, new or gone; changes: column to (was, is then).

    reworded: the words that say why it is asked differ; they may tell of the person, so they are not kept here.
    """

    task: str
    sort: str
    changes: Mapping[str, tuple[str, str]]
    reworded: bool = False

    def told(self) -> dict[str, Any]:
        """Return it as it is kept."""
        changes = {name: list(pair) for name, pair in self.changes.items()}
        return {"task": self.task, "sort": self.sort, "changes": changes, "reworded": self.reworded}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Seen:
        """Return it from what is kept."""
        changes = {name: (pair[0], pair[1]) for name, pair in kept["changes"].items()}
        return cls(kept["task"], kept["sort"], changes, kept["reworded"])


class Impact(Base):
    """One reckoning: for these diagrams and tables, beside the release that was the newest, at this time.

    files: "bpmn:intake" to the drawing, until it is worked out. seal: of all of them, to know them again.
    """

    __tablename__ = "impact"
    __table_args__ = (
        Index(
            "ix_impact_to_work_out",
            "asked_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("process_change.id"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    files: Mapped[dict[str, Any]]
    seal: Mapped[str]
    release_number: Mapped[int]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    in_all: Mapped[int] = mapped_column(default=0)
    stopped: Mapped[bool] = mapped_column(default=False)
    failed: Mapped[bool] = mapped_column(default=False)

    def fits(self, seal: str, release: int) -> bool:
        """Whether it is whole, and of these diagrams beside this release."""
        whole = self.ended_at is not None and not (self.stopped or self.failed)
        return whole and (self.seal, self.release_number) == (seal, release)

    def end(self, now: datetime, *, stopped: bool = False, failed: bool = False) -> None:
        """It is worked out, or somebody stopped it, or it broke off: what it was worked out for is not needed more."""
        self.ended_at, self.stopped, self.failed, self.files = now, stopped, failed, {}


class ImpactOnCase(Base):
    """What came of one open case. Between two portions a worker may be killed: a case is tried once and kept once."""

    __tablename__ = "impact_on_case"
    __table_args__ = (UniqueConstraint("impact_id", "case_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    impact_id: Mapped[UUID] = mapped_column(ForeignKey("impact.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    verdict: Mapped[str]
    why: Mapped[str]
    found: Mapped[dict[str, Any]]  # obstacles, seen, clocks


def seal_of(files: Files) -> str:
    """Return what tells these diagrams and tables from all others."""
    digest = hashlib.sha256()
    for (kind, key), xml in sorted(files.items()):
        digest.update(f"{kind}:{key}:{hashlib.sha256(xml).hexdigest()};".encode())
    return digest.hexdigest()


def named(files: Files) -> dict[str, str]:
    """Return diagrams and tables as an impact keeps them until it is worked out."""
    return {f"{kind}:{key}": xml.decode("latin-1") for (kind, key), xml in files.items()}


def files_of(kept: Mapping[str, str]) -> Files:
    """Return diagrams and tables from how they are kept."""
    split = ((name.partition(":"), xml) for name, xml in kept.items())
    return {(kind, key): xml.encode("latin-1") for (kind, _, key), xml in split}
