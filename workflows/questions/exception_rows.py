"""What the exception report is made of: its period, its sections, and its rows, which name no person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.programme import Team
from workflows.casework.roles import in_a_sentence
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.clock import at_london
from workflows.desk import Desk
from workflows.due_words import exactly
from workflows.storage.lateness import PLACE, Houses

HOLDER, DOER = aliased(StaffMember), aliased(StaffMember)
# What colleagues did about a task, as the trail of its case calls it.
ACTS = {
    "task reassigned": "handed to {to}",
    "task claimed": "taken on by {by}",
    "task released": "given back to the pool by {by}",
    "task offered to others": "put before other roles too",
    "task put on another day": "put on another day",
    "task pulled forward": "pulled forward",
    "task known of": "{by} knows of it",
    "task put off": "put off by {by}",
    "discussed at the meeting": "discussed at the meeting, noted by {by}",
}
AT_ONCE = 500  # cases whose trail is asked for in one statement


@dataclass(frozen=True)
class Period:
    """From which day to which, both included."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        """The first instant of the first day in London."""
        return at_london(self.first, time(0))

    @property
    def ends(self) -> datetime:
        """The instant after the last day."""
        return at_london(self.last + timedelta(days=1), time(0))


@dataclass(frozen=True)
class Asked:
    """Who asks for which period. `most`: so many rows of each section at most; None: all of them."""

    session: Session
    desk: Desk
    period: Period
    houses: Houses
    most: int | None

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.desk.clock.now()

    @property
    def until(self) -> datetime:
        """The last moment of the period; what is still to come is not known."""
        return min(self.period.ends - timedelta(seconds=1), self.now)

    def rows(self, query: Select[Any]) -> Sequence[Any]:
        """Return the rows of a query, one more than are shown, which says that there are more."""
        return self.session.execute(query if self.most is None else query.limit(self.most + 1)).all()

    def rows_of(self, query: Select[Any], kept: Callable[[Any], bool]) -> Sequence[Any]:
        """Return as many of those rows that are kept, where that takes a calendar."""
        with self.session.execute(query) as found:
            return list(islice(filter(kept, found), None if self.most is None else self.most + 1))


@dataclass(frozen=True)
class Row:
    """One exception. `done`: what was done about it, empty when nothing; `why`: the reason that was given for it."""

    team: str
    case_number: str
    what: str
    since: datetime
    whose: str
    done: str = ""
    why: str = ""


@dataclass(frozen=True)
class Section:
    """One sort of exception: what it is called, what it counts in a sentence, and how its rows are found."""

    key: str
    title: str
    counts: str
    rows: Callable[[Asked], Sequence[Row]]


def of_tasks(condition: ColumnElement[bool], *order: Any) -> Select[Any]:
    """Ask for tasks with their case, team, holder and doer, by team and then as they are ordered."""
    columns = (Task.id, Task.case_id, Task.name, Task.due_at, Task.opened_at, Task.role, Task.programme_id, Task.status)
    return (
        select(*columns, Task.ended_at, Task.ended_why, Case.number, func.coalesce(Team.name, "").label("team"))
        .add_columns(Task.key, Task.paused_at, PLACE.label("place"))
        .add_columns(HOLDER.name.label("holder"), DOER.name.label("doer"))
        .select_from(Task)
        .join(Case, Case.id == Task.case_id)
        .outerjoin(Team, Team.id == Case.team_id)
        .outerjoin(HOLDER, HOLDER.id == Task.assignee_id)
        .outerjoin(DOER, DOER.id == Task.ended_by_id)
        .where(condition)
        .order_by(func.coalesce(Team.name, ""), *order, Task.id)
    )


def told(asked: Asked, found: Sequence[Any]) -> list[Row]:
    """Return tasks as rows: whose each is, and what was done about it."""
    acts = _acts(asked.session, {one.case_id for one in found})
    return [
        Row(one.team, one.number, one.name, one.due_at or one.opened_at, _whose(asked, one), *_done(asked, one, acts))
        for one in found
    ]


def _whose(asked: Asked, one: Any) -> str:
    return one.holder or f"nobody’s yet, {in_a_sentence(one.role, asked.houses[one.place].roles)} pool"


def _done(asked: Asked, one: Any, acts: Mapping[UUID, Sequence[AuditEntry]]) -> tuple[str, str]:
    """What became of a task, or what was done about it last; and why."""
    if one.status == "completed":
        return f"done {exactly(one.ended_at, asked.now)} by {one.doer or 'another system'}", ""
    if one.status != "open":
        return f"no longer needed {exactly(one.ended_at, asked.now)}", one.ended_why or ""
    of_it = [act for act in acts.get(one.case_id, ()) if _is_about(act, one)]
    if not of_it:
        return f"its clock stands still since {exactly(one.paused_at, asked.now)}" if one.paused_at else "", ""
    last = of_it[-1]
    said = {"to": "a colleague", "by": last.actor, **{name: str(word) for name, word in last.detail.items()}}
    return f"{ACTS[last.act].format(**said)} {exactly(last.at, asked.now)}", str(last.detail.get("why", ""))


def _is_about(act: AuditEntry, one: Any) -> bool:
    """Whether something was done about this task; older entries say only what it was called."""
    said = act.detail.get("task_id")
    by_name = act.detail.get("task") == one.name and act.at >= one.opened_at
    return bool(said == str(one.id) if said else by_name)


def _acts(session: Session, cases: Iterable[UUID]) -> Mapping[UUID, list[AuditEntry]]:
    """What was done about the tasks of these cases, by case, the last one last."""
    asked, found = sorted(cases), dict[UUID, list[AuditEntry]]()
    for first in range(0, len(asked), AT_ONCE):
        wanted = (AuditEntry.case_id.in_(asked[first : first + AT_ONCE]), AuditEntry.act.in_(ACTS))
        for entry in session.scalars(select(AuditEntry).where(*wanted).order_by(AuditEntry.at, AuditEntry.seq)):
            if entry.case_id is not None:
                found.setdefault(entry.case_id, []).append(entry)
    return found
