"""A task: something a diagram asks of a person, by a date."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Computed, ForeignKey, Index, String, UniqueConstraint, literal_column, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.casework.base import COPIED, Base, Witnessed, new_id
from workflows.casework.case import Case
from workflows.casework.counted import CountedDate
from workflows.casework.errors import OutOfDate, RuleBroken
from workflows.casework.staff import StaffMember
from workflows.working_time import Counted

PUT_OFF_AT_MOST = 2  # how often the reminders of a task may be put off
FAR_FUTURE = "9999-12-31 00:00:00"
SAFETY = "S"  # the class of escalation of what is about safety
# What the inbox asks of all open tasks of a team: it counts thousands, and reads the rows of one page.
_ASKED_OF_ALL = ("id", "programme_id", "case_id", "case_priority", "form_key", "due_at", "paused_at", "level", "not_by")
# What the overdue board asks of them, which counts those that are late of all cases.
_ASKED_OF_LATE = ("due_at", "paused_at", "escalation", "level", "key", "form_key", "programme_id", "assignee_id", "id")
# Its place, its role, its holder, and with whom its case is shared: whoever could do one task could do all of its kind.
_KIND = (
    "coalesce(CAST(programme_id AS VARCHAR) || '/' || coalesce(CAST(team_id AS VARCHAR), '') || '/' || role || '/' || "
    "coalesce(CAST(assignee_id AS VARCHAR), '') || '/' || case_shared_with, '')"
)


def _of_open(name: str, *columns: str) -> Index:
    """An index of open tasks alone."""
    return Index(name, *columns, sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'"))


def _first_step(task: Mapping[str, Any]) -> str | None:
    return (task.get("properties") or {}).get("not_by") or None


class Task(Base, Witnessed, CountedDate):
    """One user task of a case, in somebody's hands or in a role's pool."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("run_id", "step_id"),
        _of_open("ix_task_mine", "assignee_id", "due_sort", *_ASKED_OF_ALL, "kind"),
        _of_open("ix_task_pool", "kind", *_ASKED_OF_ALL, "assignee_id"),
        _of_open("ix_task_open_of_case", "case_id", *_ASKED_OF_LATE),
        _of_open("ix_task_to_remind", "remind_at"),
        _of_open("ix_task_by_ladder", "programme_id", "ladder_number"),
        _of_open("ix_task_named", "name", "case_id"),
        Index("ix_task_done", "ended_by_id", "ended_at", "id", "status", "case_id", "form_key", "key"),
        Index(  # how long a step took the last times
            "ix_task_took",
            "key",
            "ended_at",
            "opened_at",
            sqlite_where=text("status = 'completed'"),
            postgresql_where=text("status = 'completed'"),
        ),
        Index(
            "ix_task_second",
            "status",
            "not_by",
            sqlite_where=text("not_by IS NOT NULL"),
            postgresql_where=text("not_by IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("case_run.id"), index=True)
    step_id: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    process: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    form_key: Mapped[str]
    properties: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # The step whose doer may not do this one too: what `properties` say, where a list can be asked for it.
    not_by: Mapped[str | None] = mapped_column(default=lambda context: _first_step(context.get_current_parameters()))
    variables: Mapped[dict[str, Any]] = mapped_column(default=dict)  # decision variables the task was opened with
    role: Mapped[str]
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    escalation: Mapped[str] = mapped_column(default="B")
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    due_sort: Mapped[datetime] = mapped_column(Computed(f"coalesce(due_at, '{FAR_FUTURE}')", persisted=True))
    remind_at: Mapped[datetime | None]  # when the next rung of its ladder comes
    ladder_number: Mapped[int] = mapped_column(default=0)  # the version of the ladder that it climbs
    paused_at: Mapped[datetime | None]  # the clock stands still, in hospital or until the referrer answers
    referrer_asked_at: Mapped[datetime | None]  # it waits for the referrer since then, see `asked_referrer`
    remaining: Mapped[int | None]  # what was left when the clock was stopped, in that unit's measure
    level: Mapped[int] = mapped_column(default=0)  # the highest rung it has come to, see `ladder.LEVELS`; 0: none
    turns: Mapped[int] = mapped_column(default=0)  # how often its rungs came anew: for another day, by another ladder
    repeats: Mapped[int] = mapped_column(default=0)  # how often that rung was said again
    seen_at: Mapped[datetime | None]  # somebody has said that they know of it
    seen_by_id: Mapped[UUID | None]
    snoozed_until: Mapped[datetime | None]
    snoozes: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(default="open", index=True)  # open, completed, cancelled
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    ended_why: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    # What of its case decides who may know of it and where it stands in a list. The database copies it whenever either
    # is written; only lists ask for it. Of a case that is held back nobody may know: no sharing, and an empty kind.
    case_shared_with: Mapped[str | None] = mapped_column(deferred=True, info=COPIED)
    case_priority: Mapped[str | None] = mapped_column(deferred=True, info=COPIED)
    kind: Mapped[str | None] = mapped_column(
        String().with_variant(String(collation="C"), "postgresql"), Computed(_KIND), deferred=True
    )
    case: Mapped[Case] = relationship(lazy="joined")
    assignee: Mapped[StaffMember | None] = relationship(lazy="joined", foreign_keys=[assignee_id])
    ended_by: Mapped[StaffMember | None] = relationship(foreign_keys=[ended_by_id])

    __mapper_args__ = {"version_id_col": version}

    @hybrid_property
    def open(self) -> bool:
        """Whether it still waits to be done."""
        return self.status == "open"

    @open.inplace.expression
    @classmethod
    def _is_open(cls) -> ColumnElement[bool]:
        """The same in SQL, with the word spelled out: SQLite uses the indexes of open tasks for nothing less."""
        return cls.status == literal_column("'open'")

    @property
    def sections(self) -> tuple[str, ...] | None:
        """The sections of the form that this task fills; None means all."""
        named = str(self.properties.get("sections", "")).replace(" ", "")
        return tuple(named.split(",")) if named else None

    @property
    def in_the_trail(self) -> dict[str, str]:
        """How the trail speaks of it: by its name, and by its id, as a case may have two of one name."""
        return {"task": self.name, "task_id": str(self.id)}

    def overdue(self, now: datetime) -> bool:
        """Whether its time has passed (a stopped clock never runs out)."""
        return self.open and self.paused_at is None and self.due_at is not None and self.due_at < now

    def claim(self, staff: StaffMember) -> None:
        """Take the task from the pool; somebody faster is named."""
        self.must_be_open()
        if self.assignee is not None and self.assignee is not staff:
            raise OutOfDate(f"{self.assignee.name} has claimed this task.")
        if self.assignee is None:
            self.assignee = staff
            self._known_only_to(staff)
            self.happened("task claimed", **self.in_the_trail, by=staff.name)

    def release(self, staff: StaffMember) -> None:
        """Put the task back into the pool."""
        self.must_be_open()
        if self.assignee is not staff:
            raise RuleBroken("Only the person who holds a task can give it back to the pool.")
        self.lie_with(None)
        self.happened("task released", **self.in_the_trail, by=staff.name)

    def reassign(self, to: StaffMember | None, by: str, why: str) -> None:
        """Hand the task to a colleague, or to the pool, with a reason."""
        self.must_be_open()
        if not why.strip():
            raise RuleBroken("Say why the task is handed over.")
        held = {"held_by_id": str(self.assignee_id)} if self.assignee_id else {}
        self.lie_with(to)
        self.happened("task reassigned", **self.in_the_trail, to=to.name if to else "the pool", by=by, why=why, **held)

    def lie_with(self, staff: StaffMember | None) -> None:
        """Lie in other hands, or in the pool: what was said to its reminders counts no longer."""
        if staff is not self.assignee:
            self.assignee, self.snoozed_until = staff, None
            self._known_only_to(staff)

    def _known_only_to(self, staff: StaffMember | None) -> None:
        if staff is None or staff.id != self.seen_by_id:
            self.seen_at = self.seen_by_id = None

    def offer_to(self, role: str) -> None:
        """Put the task before another role too (see `roles.one_of`): nobody of its own could do it."""
        self.must_be_open()
        self.role = role
        self.happened("task offered to others", **self.in_the_trail)

    def complete(self, staff_id: UUID, now: datetime) -> None:
        """Note that it is done, by whom and when."""
        self.must_be_open()
        self.status, self.ended_at, self.ended_by_id = "completed", now, staff_id
        self.happened("task completed", task=self.name, key=self.key)

    def cancel(self, why: str, now: datetime) -> None:
        """Note that the diagram no longer asks for it."""
        if self.open:
            self.status, self.ended_at, self.ended_why = "cancelled", now, why
            self.happened("task cancelled", task=self.name, key=self.key, why=why)

    def passed_over(self, staff_id: UUID | None) -> None:
        """Note who let the case go on from it by hand: they stand for having done it where two people have to look."""
        self.ended_by_id = staff_id
        self.happened("task passed over by hand", task=self.name, key=self.key)

    def reopen(self) -> None:
        """Ask for it again, as it was, because what withdrew it was a mistake."""
        self.status, self.ended_at, self.ended_why, self.ended_by_id = "open", None, None, None
        self.happened("task reopened", task=self.name, key=self.key)

    def pull_forward(self, due: datetime, counted: Counted, escalation: str) -> None:
        """Ask for it sooner and more urgently, whatever it was waiting for; a stopped clock counts no longer."""
        self.escalation = escalation
        self._begin_ladder_anew()
        if self.due_at is None or self.paused_at is not None or due < self.due_at:
            self.due_at = due
            self.rest_on(counted, counted.since)
        self.paused_at, self.remaining, self.referrer_asked_at = None, None, None
        self.happened("task pulled forward", **self.in_the_trail, key=self.key, due=self.due_at.isoformat())

    def go_on(self, due: datetime, counted: Counted) -> None:
        """Let a clock that stood still go on with what was left; no standing clock brings a promise forward."""
        if self.due_at is None or due > self.due_at:
            self.due_at = due
            self.rest_on(counted, counted.since)
        self.paused_at, self.remaining = None, None
        self.happened("clock resumed", task=self.name, due=self.due_at.isoformat())

    def put_on(self, due: datetime, left: int | None, now: datetime) -> None:
        """Be due on another day, as was agreed; `left`: what its clock has left now, where it stands still."""
        self.due_at, self.remaining = due, left
        self._begin_ladder_anew()
        self.rest_on(None, now)
        self.happened("task put on another day", **self.in_the_trail, key=self.key, due=due.isoformat())

    def move(self, due: datetime, **why: Any) -> None:
        """Be due when the calendar says now; the rung of its ladder on which it stands stays."""
        was, self.due_at = self.due_at.isoformat() if self.due_at else None, due
        self.happened("due date moved", task=self.name, key=self.key, was=was, due=due.isoformat(), **why)

    def _begin_ladder_anew(self) -> None:
        """What was said of another day is said again of this one, and may be put off again."""
        self.level, self.repeats, self.turns = 0, 0, (self.turns or 0) + 1
        self.seen_at = self.seen_by_id = self.snoozed_until = None
        self.snoozes = 0

    def climb_instead(self, number: int, level: int) -> None:
        """Climb another version of its ladder, from this level; below the one it had, names of rungs come again."""
        self.turns += level < self.level
        self.ladder_number, self.level = number, level

    def redraw(self, changed: Mapping[str, Any]) -> None:
        """Say what another release of the diagrams says of the step: these of its columns."""
        if changed:
            was = {"was": self.name} if "name" in changed else {}
            for name, value in changed.items():
                setattr(self, name, value)
            self.happened("task redrawn", task=self.name, key=self.key, **was)

    def must_be_open(self) -> None:
        """Refuse to touch a task that is over; the words say who did it or why it is no longer needed."""
        if self.status == "completed":
            who = self.ended_by.name if self.ended_by else "Somebody"
            raise OutOfDate(f"{who} has already completed this task.")
        if self.status != "open":
            raise OutOfDate(f"This task is no longer needed: {self.ended_why or 'the case moved on'}.")


class Draft(Base):
    """What somebody has typed and not yet completed. It is theirs alone and is never thrown away by the system."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("staff_id", "about"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    # "task:<id>", "document:<id>", "case:<id>:F22", "referral:acm"; "task:<id>~<page>": typed in a second window
    about: Mapped[str]
    form_key: Mapped[str]
    form_version: Mapped[int]
    raw: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    page: Mapped[str | None]  # the page that wrote it last

    def version_of(self, form_key: str) -> int:
        """The version of a form that it was typed into; 0, older than any, when it was typed into another form."""
        return self.form_version if self.form_key == form_key else 0

    @property
    def mark(self) -> str:
        """A mark of what it holds: two drafts with the same mark say the same."""
        return sha256(json.dumps(self.raw, sort_keys=True).encode()).hexdigest()[:16]
