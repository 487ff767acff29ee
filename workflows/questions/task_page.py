"""What is asked of somebody by one task: whose it is, by when, what pauses its clock, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework import access
from workflows.casework.access import Actor
from workflows.casework.case import Case
from workflows.casework.diagram import Waiting
from workflows.casework.errors import CaseworkError, NotFound, NotShared, WentElsewhere
from workflows.casework.hidden import NO_SUCH_TASK
from workflows.casework.programme import Team
from workflows.casework.roles import in_a_sentence
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.due_words import pause_words
from workflows.duties.clocks import clock_pauses, may_wait_for_referrer
from workflows.questions import reach
from workflows.questions.inbox_views import AWAITED
from workflows.storage import cases, doers, people
from workflows.storage.gone_elsewhere import why_hidden_now
from workflows.working_time import Calendar, Remaining, Unit


@dataclass(frozen=True)
class Allowed:
    """What the actor may do with a task. `barred`: why they may not do it although it is in their pool.

    `stuck`: nobody may do it who may know of the case; `left_behind`: its holder is away and nobody does it for
    them. Somebody has to hand it on.
    """

    do: bool
    claim: bool
    give_back: bool
    hand_over: bool
    barred: str
    stuck: bool = False
    left_behind: bool = False


@dataclass(frozen=True)
class TaskPage:
    """One task with everything its head and foot say."""

    id: UUID
    name: str
    why: str
    step: str
    process: str
    form_key: str
    sections: tuple[str, ...] | None
    escalation: str
    pauses: bool  # its clock stops while the person is in hospital
    may_wait: bool  # it stops while the referrer owes an answer
    level: int
    status: str
    opened_at: datetime
    due_at: datetime | None
    overdue: bool
    paused_at: datetime | None
    paused_why: str
    left: Remaining | None  # of its time, while its clock stands still
    would_be: datetime | None  # when it would be due if its clock went on now
    role: str
    whose: str  # the same in the words of the programme, within a sentence
    team: str
    assignee: str
    mine: bool
    covered: bool
    ended_at: datetime | None
    ended_by: str
    ended_why: str
    ended_by_me: bool
    case_id: UUID
    case_number: str
    opens_case: bool  # no: only the task is the actor's, the case is another team's
    run_id: UUID
    calendar: Calendar
    may: Allowed


@dataclass(frozen=True)
class AskedNext:
    """A task that is open in a case: what it is called, whose it is, by when, and whether its clock stands still."""

    name: str
    whose: str
    due_at: datetime | None
    paused: bool
    id: UUID | None = None


@dataclass(frozen=True)
class Afterwards:
    """Where a case stands: its open tasks, those first whose clocks run, what it waits for, and how it ended."""

    tasks: tuple[AskedNext, ...]
    awaited: tuple[str, ...]
    closed: bool
    calendar: Calendar


def task_page(desk: Desk, task_id: UUID) -> TaskPage:
    """Return a task of a case the actor may see, open or not; otherwise it does not exist."""
    with desk.looking() as session:
        task = seen_task(session, desk.actor, task_id)
        return TaskPage(
            id=task.id,
            name=task.name,
            why=task.why,
            step=str(task.properties.get("step", "")),
            process=task.process,
            form_key=task.form_key,
            sections=task.sections,
            escalation=task.escalation,
            **_clock(task, desk.clock.now()),
            level=task.level,
            status=task.status,
            opened_at=task.opened_at,
            due_at=task.due_at,
            overdue=task.overdue(desk.clock.now()),
            role=task.role,
            whose=in_a_sentence(task.role, task.case.programme.role_names),
            team=_name(session.get(Team, task.team_id) if task.team_id else None),
            assignee=_name(task.assignee),
            mine=task.assignee_id is not None and task.assignee_id == desk.actor.id,
            covered=task.assignee_id in desk.actor.covers,
            ended_at=task.ended_at,
            ended_by=_name(session.get(StaffMember, task.ended_by_id) if task.ended_by_id else None),
            ended_why=task.ended_why or "",
            ended_by_me=task.ended_by_id is not None and task.ended_by_id == desk.actor.id,
            case_id=task.case_id,
            case_number=task.case.number,
            opens_case=_may_open(session, desk.actor, task.case),
            run_id=task.run_id,
            calendar=task.case.calendar,
            may=_allowed(session, desk, task),
        )


def seen_task(session: Session, actor: Actor, task_id: UUID) -> Task:
    """Return a task if the actor may see it; raises NotFound as if there were none, or NotShared."""
    task = session.scalar(
        select(Task).join(Case, Case.id == Task.case_id).where(Task.id == task_id, reach.may_see_task(actor))
    )
    if task is None:
        raise _why_hidden(session, actor, session.get(Task, task_id))
    return task


def _why_hidden(session: Session, actor: Actor, task: Task | None) -> CaseworkError:
    circle = cases.circle_of(session, task.case) if task else None
    why = why_hidden_now(session, actor, task.case, circle) if task and circle else None
    return why if isinstance(why, NotShared | WentElsewhere) else NotFound(NO_SUCH_TASK)


def who_could_do(desk: Desk, task_id: UUID) -> tuple[tuple[UUID, str], ...]:
    """Return the colleagues a task can be handed to, by name; never somebody who may not know of its case."""
    with desk.looking() as session:
        task = seen_task(session, desk.actor, task_id)
        able = doers.could_take(session, task, desk.today)
        return tuple(people.called(session, (one for one in able if one.id != task.assignee_id), desk.today))


def who_could_do_any(desk: Desk, task_ids: Sequence[UUID]) -> tuple[tuple[UUID, str], ...]:
    """Return the colleagues at least one of these tasks can be handed to, by name."""
    found = {colleague for task_id in task_ids for colleague in who_could_do(desk, task_id)}
    return tuple(sorted(found, key=lambda each: each[1]))


def afterwards(desk: Desk, case_number: str) -> Afterwards:
    """Return where a case stands now, as far as the actor may know, to say what happens next."""
    with desk.looking() as session:
        case = cases.by_number(session, case_number)
        theirs = (Task.case_id == case.id, Task.open, reach.may_see_task(desk.actor))
        query = select(Task).join(Case, Case.id == Task.case_id).where(*theirs)
        open_now = session.scalars(query.order_by(Task.paused_at.is_not(None), Task.due_sort, Task.id))
        owed = (Waiting.case_id == case.id, Waiting.message.in_(AWAITED), reach.works_on(desk.actor))
        awaited = session.scalars(
            select(Waiting.message).join(Case, Case.id == Waiting.case_id).where(*owed).distinct()
        )
        names = case.programme.role_names
        tasks = tuple(
            AskedNext(task.name, _whose(task, names), task.due_at, bool(task.paused_at), task.id) for task in open_now
        )
        return Afterwards(
            tasks, tuple(AWAITED[message] for message in awaited if message), not case.open, case.calendar
        )


def _whose(task: Task, names: Mapping[str, str]) -> str:
    return task.assignee.name if task.assignee else in_a_sentence(task.role, names)


def _name(noun: Team | StaffMember | None) -> str:
    return noun.name if noun else ""


def _clock(task: Task, now: datetime) -> dict[str, Any]:
    """Say what stops the clock of a task, what it has left while it stands still, and when it would be due."""
    return {
        "pauses": clock_pauses(task.escalation, task.properties),
        "may_wait": may_wait_for_referrer(task),
        "paused_at": task.paused_at,
        "paused_why": pause_words(task.case.clocks_paused_why or "", task.referrer_asked_at is not None),
        "left": _left(task),
        "would_be": _would_be(task, now),
    }


def _left(task: Task) -> Remaining | None:
    standing = task.paused_at is not None and task.remaining is not None
    return Remaining(task.remaining or 0, Unit(task.due_unit)) if standing else None


def _would_be(task: Task, now: datetime) -> datetime | None:
    """Return when a task would be due if its clock went on now; a pause brings nothing forward."""
    left = _left(task)
    return max(task.case.calendar.resume(now, left), task.due_at or now) if left else None


def _may_open(session: Session, actor: Actor, case: Case) -> bool:
    return access.may_see_case(actor, case.programme_id, case.team_id, cases.circle_of(session, case))


def _allowed(session: Session, desk: Desk, task: Task) -> Allowed:
    actor = desk.actor
    if not task.open:
        return Allowed(False, False, False, False, "")
    stuck = doers.stuck(session, task, desk.today)
    left = not stuck and doers.left_behind(session, task, desk.today)
    barred = _barred(session, actor, task)
    mine = access.may_do_task(actor, task.role, task.programme_id, task.team_id, task.assignee_id)
    return Allowed(
        do=mine and not barred,
        claim=mine and not barred and task.assignee_id is None,
        give_back=task.assignee_id is not None and task.assignee_id == actor.id,
        hand_over=access.may_reassign(actor, task.programme_id, task.team_id, task.assignee_id, stuck or left),
        barred=barred if mine else "",
        stuck=stuck,
        left_behind=left,
    )


def _barred(session: Session, actor: Actor, task: Task) -> str:
    """Two-person steps: whoever did the first may not do the second."""
    first = doers.did_the_first(session, task)
    if first is None or first.ended_by_id != actor.id:
        return ""
    return f"Somebody else has to do this: you did “{first.name}”, and two people have to look at it."
