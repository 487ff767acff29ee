"""Trying what would become of an open case under a release: it is really moved, and nothing of that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from workflows.actions.candidates import Candidate
from workflows.actions.moving_cases import Passage, Wanted, pass_over, told
from workflows.casework.diagram import Waiting
from workflows.casework.impact import RunningClock, Seen
from workflows.casework.programme import Team
from workflows.casework.task import Task
from workflows.storage import cases

# What somebody with an open task sees of it. Why it is asked may tell of the person: of that only whether it changes.
_SEEN = (Task.name, Task.form_key, Task.role, Task.escalation, Team.name.label("team"))
_ITS_TASKS = (
    select(Task.id, Task.why, Task.due_at, Task.paused_at, *_SEEN)
    .outerjoin(Team, Team.id == Task.team_id)
    .where(Task.case_id == bindparam("case"), Task.open)
    .order_by(Task.id)
)
_ITS_DATES = (
    select(Waiting.id, Waiting.name, Waiting.due_at)
    .where(Waiting.case_id == bindparam("case"), Waiting.due_at.is_not(None))
    .order_by(Waiting.id)
)


@dataclass(frozen=True)
class Tried:
    """What came of a case, what those who have its tasks will see differently, and which clocks run, stop, begin."""

    passage: Passage
    seen: tuple[Seen, ...] = ()
    clocks: tuple[RunningClock, ...] = ()


@dataclass(frozen=True)
class _Picture:
    """A case as its people see it: open tasks by id, and the dates it waits for."""

    tasks: Mapping[UUID, Mapping[str, str]] = field(default_factory=dict)
    reasons: Mapping[UUID, str] = field(default_factory=dict)
    clocks: Mapping[UUID, RunningClock] = field(default_factory=dict)


def try_case(wanted: Candidate, case_id: UUID, number: str, instead: Mapping[str, str] | None = None) -> Tried:
    """Move a case to a candidate, look, and keep nothing; whatever goes wrong is why it stays."""
    found: list[Tried] = []

    def act() -> Passage:
        found.append(_tried(wanted, case_id, instead or {}))
        return found[0].passage

    passage = told(number, act)
    return found[0] if found else Tried(passage)


def _tried(wanted: Candidate, case_id: UUID, instead: Mapping[str, str]) -> Tried:
    with wanted.desk.work() as work:
        case = cases.held(work.session, case_id)
        before = _picture(work.session, case_id)
        passage = pass_over(work, case, wanted.put_down(work), Wanted(wanted.number, instead, keep=False))
        if not passage.moves:
            return Tried(passage)
        after = _picture(work.session, case_id)
        return Tried(passage, _seen(before, after), _clocks(before, after))


def _picture(session: Session, case_id: UUID) -> _Picture:
    tasks, reasons, clocks = {}, {}, {}
    for row in session.execute(_ITS_TASKS, {"case": case_id}):
        tasks[row.id] = {column.key: getattr(row, column.key) or "" for column in _SEEN}
        reasons[row.id] = row.why
        if row.due_at is not None and row.paused_at is None:
            clocks[row.id] = RunningClock(row.name, row.due_at)
    for waits in session.execute(_ITS_DATES, {"case": case_id}):
        clocks[waits.id] = RunningClock(waits.name, waits.due_at)
    return _Picture(tasks, reasons, clocks)


def _seen(before: _Picture, after: _Picture) -> tuple[Seen, ...]:
    found = []
    for one in dict.fromkeys((*before.tasks, *after.tasks)):
        was, now = before.tasks.get(one, {}), after.tasks.get(one, {})
        sides = {name: (was.get(name, ""), now.get(name, "")) for name in (now or was)}
        changed = {name: pair for name, pair in sides.items() if pair[0] != pair[1]}
        reworded = bool(was and now) and before.reasons[one] != after.reasons[one]
        if changed or reworded:
            sort = "changed" if was and now else "new" if now else "gone"
            found.append(Seen((was or now)["name"], sort, changed, reworded))
    return tuple(found)


def _clocks(before: _Picture, after: _Picture) -> tuple[RunningClock, ...]:
    """Which dates go on, which are no longer waited for, and which begin."""
    found = []
    for one in dict.fromkeys((*before.clocks, *after.clocks)):
        was, now = before.clocks.get(one), after.clocks.get(one)
        clock: Any = now or was
        found.append(RunningClock(clock.name, clock.due_at, "goes on" if was and now else "begins" if now else "ends"))
    return tuple(found)
