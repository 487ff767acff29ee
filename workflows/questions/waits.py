"""Why a case is waiting: its open tasks, the news it expects from others, and the dates it sleeps until."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, Waiting
from workflows.casework.outside import OutsideTask
from workflows.casework.roles import in_a_sentence
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.due_words import pause_words
from workflows.engine.parsing import Library
from workflows.questions import reach
from workflows.questions.sight import Opened
from workflows.questions.stuck import left_behind, stuck
from workflows.storage import alleged, doers
from workflows.working_time import Calendar

MAIN_PROCESS = "acm_case"
# Endings may always come; nobody waits for them.
ENDINGS = frozenset({"person_died", "consent_withdrawn", "moved_out_of_area", "entered_in_error"})


@dataclass(frozen=True)
class OpenTask:
    """A task of the case that waits to be done. `mine`: the reader may do it. `holder` empty: in the role's pool."""

    id: UUID
    key: str
    name: str
    why: str
    role: str
    holder: str
    due_at: datetime | None
    overdue: bool
    paused: bool
    escalation: str
    opened_at: datetime
    mine: bool
    calendar: Calendar
    main: bool = True  # of the case's own process; not of a companion that runs beside it
    stuck: bool = False  # nobody may do it who may know of the case
    left_behind: bool = False  # its holder is away and nobody does it for them
    whose: str = ""  # the roles it is for, in the words of the programme, within a sentence
    holder_id: UUID | None = None
    away: str = ""  # where it is told: until when its holder is on leave, and who covers
    paused_why: str = ""


@dataclass(frozen=True)
class Awaited:
    """Something the process itself waits for: a message (`message` names it) or a date (none: its clock is stopped).

    outside: it is another system that has a step to do; given_up: it has failed too often, and tries no more.
    """

    key: str
    name: str
    message: str | None
    due_at: datetime | None
    since: datetime
    outside: bool = False
    given_up: bool = False


def open_tasks(session: Session, desk: Desk, found: Opened) -> tuple[OpenTask, ...]:
    """Return the open tasks, overdue first, then by due date; a partner sees their own only."""
    now = desk.clock.now()
    theirs = reach.may_do(desk.actor)
    mine = and_(theirs, ~doers.needs_another(desk.actor.id))
    query = (
        select(Task.id, Task.key, Task.name, Task.why, Task.role, Task.due_at, Task.paused_at, Task.escalation)
        .add_columns(Task.opened_at, StaffMember.name, mine, CaseRun.process, stuck(desk.today))
        .add_columns(left_behind(desk.today), Task.assignee_id, Task.referrer_asked_at)
        .join(CaseRun, Task.run_id == CaseRun.id)
        .join(Case, Task.case_id == Case.id)
        .outerjoin(StaffMember, Task.assignee_id == StaffMember.id)
        .where(Task.case_id == found.case.id, Task.open, ~alleged.kept_from(desk.actor.id))
        .order_by(Task.due_sort, Task.id)
    )
    if found.sight.partner:
        query = query.where(theirs)
    rows, programme, calendar = session.execute(query), found.case.programme, found.case.calendar
    why_all = found.case.clocks_paused_why
    tasks = [
        OpenTask(
            task_id, key, name, why, role, holder or "", due_at,
            paused_at is None and due_at is not None and due_at < now, paused_at is not None, escalation, opened_at,
            bool(may), calendar, process == MAIN_PROCESS, bool(none), bool(left),
            in_a_sentence(role, programme.role_names), holder_id,
            paused_why=pause_words(why_all or "", asked_at is not None) if paused_at else "",
        )
        for (
            task_id, key, name, why, role, due_at, paused_at, escalation, opened_at, holder, may, process, none, left,
            holder_id, asked_at,
        ) in rows
    ]  # fmt: skip
    return tuple(sorted(tasks, key=lambda task: (not task.overdue, task.paused)))


_GIVEN_UP = exists().where(
    OutsideTask.run_id == Waiting.run_id, OutsideTask.step_id == Waiting.step_id, OutsideTask.status == "failed"
)


def awaited(session: Session, desk: Desk, found: Opened) -> tuple[Awaited, ...]:
    """Return what the case waits for, messages first, then dates; what merely may interrupt it is left out."""
    query = (
        select(Waiting, CaseRun.release_id, CaseRun.process, _GIVEN_UP)
        .join(CaseRun, Waiting.run_id == CaseRun.id)
        .where(Waiting.case_id == found.case.id, CaseRun.process.not_in(found.sight.unseen_processes))
        .order_by(Waiting.due_at.is_(None), Waiting.due_at, Waiting.since, Waiting.id)
    )
    rows = session.execute(query).all()
    edges = _edges(desk, {(release_id.hex, process) for _, release_id, process, _ in rows})
    kept = [
        Awaited(row.key, row.name, row.message, row.due_at, row.since, row.kind == "outside", given_up)
        for row, _, _, given_up in rows
        if row.key not in edges and row.message not in ENDINGS
    ]
    return tuple(sorted(kept, key=lambda one: one.message is None))


def _edges(desk: Desk, runs: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the events on the edge of a step: they watch over what is waited for, they are not it."""
    return frozenset[str]().union(*(_edge_events(desk.library, release, process) for release, process in runs))


def _edge_events(library: Library, release: str, process: str) -> frozenset[str]:
    outline = library.spec(release, process).outline()
    return frozenset(event for step in outline for event in step.boundary)
