"""What other systems read: cases and tasks in pages that stay right while things change, and one's own tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from workflows.casework.case import Case
from workflows.casework.programme import Programme, Team
from workflows.casework.roles import each_of
from workflows.casework.staff import ApiToken
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.questions import own_work, reach
from workflows.questions.case_head import NOT_FOR_PARTNERS
from workflows.questions.sight import opened
from workflows.questions.task_page import seen_task
from workflows.storage import alleged, doers


@dataclass(frozen=True)
class CaseWanted:
    """Which cases are wanted: all named filters apply. `open`: None for both."""

    programme: str = ""
    team: str = ""
    stage: str = ""
    open: bool | None = None
    after: UUID | None = None
    limit: int = 50


@dataclass(frozen=True)
class CaseLine:
    """A case in a list, without saying who it is about."""

    number: str
    programme: str
    team: str | None
    stage: str
    priority: str
    risk_level: str
    flags: Sequence[str]
    coordinator: str | None
    opened_at: datetime
    accepted_at: datetime | None
    next_review_at: datetime | None
    closed_at: datetime | None
    closure_reason: str | None


@dataclass(frozen=True)
class PersonLine:
    """Whom a case is about."""

    nhs_number: str | None
    given_name: str
    family_name: str
    dob: date | None
    gp_practice: str
    deceased_on: date | None


@dataclass(frozen=True)
class CaseFull(CaseLine):
    """A case with its person and its open tasks."""

    id: UUID
    person: PersonLine
    tasks: Sequence[TaskLine]


@dataclass(frozen=True)
class TaskWanted:
    """Which open tasks are wanted: those the actor holds (mine), could claim (pool), or may see at all (all)."""

    view: str = "all"
    team: str = ""
    case_number: str = ""
    overdue: bool = False
    after: UUID | None = None
    limit: int = 50


@dataclass(frozen=True)
class TaskLine:
    """A task with what a system needs to act on it."""

    id: UUID
    key: str
    name: str
    why: str
    form: str
    sections: Sequence[str] | None
    case_number: str
    role: str
    team: str | None
    assignee: str | None
    mine: bool
    escalation: str
    opened_at: datetime
    due_at: datetime | None
    overdue: bool
    paused: bool
    status: str


@dataclass(frozen=True)
class CasePage:
    """One page of cases; `next_after` leads to the following one."""

    items: Sequence[CaseLine] = field(default_factory=tuple)
    next_after: UUID | None = None


@dataclass(frozen=True)
class TaskPage:
    """One page of tasks; `next_after` leads to the following one."""

    items: Sequence[TaskLine] = field(default_factory=tuple)
    next_after: UUID | None = None


@dataclass(frozen=True)
class TokenRow:
    """A token as its owner sees it; the secret is nowhere."""

    id: UUID
    name: str
    scopes: Sequence[str]
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    counts: bool


def cases(desk: Desk, wanted: CaseWanted) -> CasePage:
    """Return a page of the cases the actor may see, in the order in which they were opened."""
    conditions = [reach.may_see(desk.actor), *_case_filters(wanted)]
    if wanted.after is not None:
        conditions.append(Case.id > wanted.after)
    with desk.looking() as session:
        query = select(Case, reach.works_on(desk.actor)).where(*conditions).order_by(Case.id).limit(wanted.limit + 1)
        found = session.execute(query).unique().all()
        page = found[: wanted.limit]
        more = page[-1][0].id if len(found) > wanted.limit else None
        naming = alleged.cases_naming(session, desk.actor.id)
        return CasePage(tuple(_case_line(case, sees and case.id not in naming) for case, sees in page), more)


def case(desk: Desk, number: str) -> CaseFull:
    """Return one case with its person and its open tasks; NotFound when it is not the actor's to see."""
    with desk.looking() as session:
        seen = opened(session, desk, number)
        found = seen.case
        person = found.person
        theirs = (Task.case_id == found.id, Task.open, reach.may_see_task(desk.actor))
        open_tasks = select(Task).join(Case, Case.id == Task.case_id).where(*theirs)
        return CaseFull(
            **_case_line(found, not (seen.sight.partner or seen.sight.accused)).__dict__,
            id=found.id,
            person=PersonLine(
                person.nhs_number, person.given_name, person.family_name, person.dob, person.practice_code,
                person.deceased_on,
            ),
            tasks=_task_lines(desk, session, session.scalars(open_tasks.order_by(Task.due_sort, Task.id)).all()),
        )  # fmt: skip


def tasks(desk: Desk, wanted: TaskWanted) -> TaskPage:
    """Return a page of the open tasks the actor may see, by due time."""
    with desk.looking() as session:
        query = (
            select(Task)
            .join(Case, Case.id == Task.case_id)
            .where(Task.open, reach.may_see_task(desk.actor), *_task_filters(desk, wanted))
            .order_by(Task.due_sort, Task.id)
            .limit(wanted.limit + 1)
        )
        if wanted.after is not None:
            query = query.where(_behind(wanted.after))
        found = session.scalars(query).unique().all()
        page = found[: wanted.limit]
        more = page[-1].id if len(found) > wanted.limit else None
        return TaskPage(_task_lines(desk, session, page), more)


def task(desk: Desk, task_id: UUID) -> TaskLine:
    """Return one task, open or not; NotFound when it is not the actor's to see."""
    with desk.looking() as session:
        return _task_lines(desk, session, [seen_task(session, desk.actor, task_id)])[0]


def own_tokens(desk: Desk) -> list[TokenRow]:
    """Return the actor's own tokens, newest first."""
    now = desk.clock.now()
    with desk.looking() as session:
        query = select(ApiToken).where(ApiToken.staff_id == desk.actor.id).order_by(ApiToken.id.desc())
        return [
            TokenRow(
                row.id, row.name, row.scopes, row.made_at, row.expires_at, row.revoked_at,
                row.revoked_at is None and row.expires_at > now,
            )
            for row in session.scalars(query)
        ]  # fmt: skip


def _case_filters(wanted: CaseWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.programme:
        found.append(Case.programme_id.in_(select(Programme.id).where(Programme.key == wanted.programme)))
    if wanted.team:
        found.append(Case.team_id.in_(select(Team.id).where(Team.key == wanted.team)))
    if wanted.stage:
        found.append(Case.stage == wanted.stage)
    if wanted.open is not None:
        found.append(Case.closed_at.is_(None) if wanted.open else Case.closed_at.is_not(None))
    return found


def _task_filters(desk: Desk, wanted: TaskWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.view == "mine":
        found.append(reach.held_by(desk.actor))
    if wanted.view == "pool":
        theirs = own_work.among(own_work.pools(desk.actor))
        found.append(and_(theirs, ~doers.needs_another(desk.actor.id)))
    if wanted.team:
        found.append(Task.team_id.in_(select(Team.id).where(Team.key == wanted.team)))
    if wanted.case_number:
        found.append(Case.number == wanted.case_number)
    if wanted.overdue:
        found.append(and_(Task.paused_at.is_(None), Task.due_at < desk.clock.now()))
    return found


def _behind(after: UUID) -> ColumnElement[bool]:
    """What comes behind a task in the order of due times; the task itself may have been done meanwhile."""
    other = aliased(Task)
    at = select(other.due_sort).where(other.id == after).scalar_subquery()
    return or_(Task.due_sort > at, and_(Task.due_sort == at, Task.id > after))


def _case_line(found: Case, colleague: bool) -> CaseLine:
    flags = tuple(flag for flag in found.flags if colleague or flag not in NOT_FOR_PARTNERS)
    return CaseLine(
        found.number, found.programme.key, found.team.key if found.team else None, found.stage, found.priority,
        found.risk_level, flags, found.coordinator.name if found.coordinator else None, found.opened_at,
        found.accepted_at, found.next_review_at, found.closed_at, found.closure_reason,
    )  # fmt: skip


def _task_lines(desk: Desk, session: Session, found: Sequence[Task]) -> tuple[TaskLine, ...]:
    teams = {row[0]: row[1] for row in session.execute(select(Team.id, Team.key))} if found else {}
    now, me = desk.clock.now(), desk.actor.id
    return tuple(
        TaskLine(
            one.id, one.key, one.name, one.why, one.form_key, one.sections, one.case.number, each_of(one.role)[0],
            teams.get(one.team_id) if one.team_id else None, one.assignee.name if one.assignee else None,
            one.assignee_id is not None and one.assignee_id == me, one.escalation, one.opened_at, one.due_at,
            one.overdue(now), one.paused_at is not None, one.status,
        )
        for one in found
    )  # fmt: skip
