"""What goes with a case that changes hands, read from the case itself: nobody has to trust what somebody retyped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import Lookups
from forms.days import long_date
from workflows.casework.access import MANAGERS
from workflows.casework.care import Action, CarePlan
from workflows.casework.case import Case
from workflows.casework.notice import Letter
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.clock import london_day
from workflows.desk import Desk
from workflows.duties.outcomes import CLOSED_ACTIONS
from workflows.duties.papers import merged
from workflows.questions.case_head import FLAG_WORDS, GRAVE, Alert, in_words
from workflows.questions.handover_dates import Follows, dates_that_follow
from workflows.questions.sight import Opened, opened
from workflows.questions.task_page import seen_task
from workflows.questions.waits import OpenTask, open_tasks
from workflows.storage import cases

HANDOVER, TEAMS = "F27", "team"
DO_ACTION = "do_action"
# Not among the open tasks: the steps of the handover itself, and an agreed action, which is listed as such.
LEFT_OUT = frozenset({"prepare_transfer", "release_case", "accept_case", DO_ACTION})
# The steps that go elsewhere.
GOES_TO = {
    "hand_over_to_new_area": "new_area",
    "hand_over_to_care_home": "care_home",
    "hand_over_on_discharge": "care_home",
}
RISKS, CONSENT = "F14", "F05"
WAITING = ("draft", "ready", "held")
LONGEST = 3000  # what the form takes


@dataclass(frozen=True)
class KnownRisk:
    """One risk of the newest assessment: its kind, what could happen, how grave (of 25), and what keeps it in check."""

    kind: str
    what: str
    weight: int
    controls: str


@dataclass(frozen=True)
class OpenAction:
    """Something agreed that nobody has finished."""

    what: str
    owner: str
    due_on: date | None
    late: bool
    promised: bool


@dataclass(frozen=True)
class WaitingLetter:
    """A letter that has not gone yet, to whom, and by which day it goes."""

    title: str
    recipient: str
    send_by: date | None
    late: bool


@dataclass(frozen=True)
class Handover:
    """The case as it stands, for whoever lets it go or takes it on."""

    team: str
    stage: str
    priority: str
    risk_level: str
    risks: tuple[KnownRisk, ...]
    assessed_at: datetime | None
    visits: str
    flags: tuple[Alert, ...]
    actions: tuple[OpenAction, ...]
    tasks: tuple[OpenTask, ...]
    letters: tuple[WaitingLetter, ...]
    plan_version: int | None
    plan_since: datetime | None
    shared_with: str
    limits: str
    left_out: tuple[str, ...]
    next_review_at: datetime | None
    coordinator: str
    follows: tuple[Follows, ...] = ()  # dates that the calendar of the team it goes to moves


def handover_for(desk: Desk, task_id: UUID) -> Handover | None:
    """Return what goes with the case of a task that hands it over: to its team, and to a manager asked to take it."""
    with desk.looking() as session:
        task = seen_task(session, desk.actor, task_id)
        if task.form_key != HANDOVER or not task.open:
            return None
        found = opened(session, desk, task.case.number, for_task=True)
        told = not found.sight.partner or (found.sight.asked and bool(desk.actor.roles & MANAGERS))
        if not told:
            return None
        handover = handover_of(session, desk, found)
        team = str(task.variables.get("to_team") or "")
        return replace(handover, follows=dates_that_follow(session, desk, found, handover.tasks, team))


def handover_of(session: Session, desk: Desk, found: Opened) -> Handover:
    """Read what goes with a case. Whom a safeguarding concern names is told nothing of it here either."""
    case, said = found.case, merged(cases.documents_of(session, found.case.id, RISKS))
    plan = _plan(session, case)
    whole = replace(found, sight=replace(found.sight, partner=False))
    coordinator = session.get(StaffMember, case.coordinator_id) if case.coordinator_id else None
    consent = found.consent
    return Handover(
        team=case.team.name if case.team else "",
        stage=case.stage,
        priority=case.priority,
        risk_level=case.risk_level,
        risks=_risks(desk, said),
        assessed_at=_assessed_at(session, case),
        visits=in_words(desk.forms.form(RISKS), "visit_rule", said),
        flags=tuple(Alert(FLAG_WORDS[one], one in GRAVE) for one in FLAG_WORDS if one in found.sight.flags(case.flags)),
        actions=_actions(session, case, desk.today),
        tasks=tuple(task for task in open_tasks(session, desk, whole) if task.key not in LEFT_OUT),
        letters=_letters(session, case, desk.today),
        plan_version=plan.number if plan else None,
        plan_since=plan.valid_from if plan else None,
        shared_with=in_words(
            desk.forms.form(CONSENT), "share_with", {"share_with": consent.share_with} if consent else {}
        ),
        limits=str((consent.details.get("limits") if consent else "") or ""),
        left_out=tuple(one.who for one in found.exclusions),
        next_review_at=case.next_review_at,
        coordinator=coordinator.name if coordinator else "",
    )


def begun_handover(session: Session, desk: Desk, found: Opened, step: str = "") -> dict[str, Any]:
    """Return what the form of a handover begins with: the facts of the case in words, to be added to."""
    handover = handover_of(session, desk, found)
    return {
        "kind": GOES_TO.get(step, "team"),
        "open_actions": "\n".join(map(_action_line, handover.actions))[:LONGEST] or "None",
        "risks": "\n".join(_risk_lines(handover))[:LONGEST],
        "plan_version": handover.plan_version,
    }


def with_teams_it_can_go_to(lookups: Lookups, case: Case) -> Lookups:
    """Return the choices of a handover without the team the case is with: it would not change hands."""
    here = case.team.key if case.team else ""
    return {**lookups, TEAMS: [team for team in lookups.get(TEAMS, ()) if team.value != here]}


def _action_line(action: OpenAction) -> str:
    by = f"by {long_date(action.due_on)}" if action.due_on else "no date"
    return f"{action.what}: {action.owner or 'nobody named'}, {by}{', promised to the person' * action.promised}"


def _risk_lines(handover: Handover) -> list[str]:
    level = handover.risk_level
    lines = [] if level == "unknown" else [f"Level of risk: {level.replace('_', ' ')}"]
    lines += [f"{one.kind}: {one.what.rstrip('. ')}{_in_check(one)}" for one in handover.risks]
    return lines + ([f"Visits: {handover.visits}"] if handover.visits else [])


def _in_check(risk: KnownRisk) -> str:
    return f". In check: {risk.controls}" if risk.controls else ""


def _risks(desk: Desk, said: Mapping[str, Any]) -> tuple[KnownRisk, ...]:
    form = desk.forms.form(RISKS)
    rows = next(question for section in form.sections for question in section.fields if question.id == "risks")
    kinds = {choice.value: choice.label for part in rows.fields for choice in part.choices if part.id == "category"}
    found = [
        KnownRisk(
            kind=kinds.get(row.get("category", ""), "Risk"),
            what=str(row.get("risk", "")),
            weight=int(row.get("likelihood") or 0) * int(row.get("impact") or 0),
            controls=str(row.get("controls") or ""),
        )
        for row in said.get("risks") or []
    ]
    return tuple(sorted(found, key=lambda one: -one.weight))


def _assessed_at(session: Session, case: Case) -> datetime | None:
    newest = cases.newest_document(session, case.id, RISKS)
    return newest.completed_at if newest else None


def _actions(session: Session, case: Case, today: date) -> tuple[OpenAction, ...]:
    """Return what nobody has finished, as the tasks stand: who holds each now, and by when it is to be done."""
    asked = select(Task).where(Task.case_id == case.id, Task.key == DO_ACTION, Task.open)
    tasks = {str(task.variables.get("action_id")): task for task in session.scalars(asked)}
    found = [
        _action(one, tasks.get(one.id.hex), today)
        for one in cases.of_case(session, Action, case.id)
        if one.status not in CLOSED_ACTIONS
    ]
    return tuple(sorted(found, key=lambda one: (one.due_on is None, one.due_on)))


def _action(action: Action, task: Task | None, today: date) -> OpenAction:
    holder = task.assignee if task else action.owner
    due_on = london_day(task.due_at) if task and task.due_at else action.due_on
    late = due_on is not None and due_on < today
    return OpenAction(action.what, holder.name if holder else "", due_on, late, action.promised)


def _letters(session: Session, case: Case, today: date) -> tuple[WaitingLetter, ...]:
    query = select(Letter).where(Letter.case_id == case.id, Letter.status.in_(WAITING))
    return tuple(
        WaitingLetter(one.title, one.recipient, one.send_by, one.past_its_day(today))
        for one in session.scalars(query.order_by(Letter.written_at, Letter.id))
    )


def _plan(session: Session, case: Case) -> CarePlan | None:
    counts = (CarePlan.case_id == case.id, CarePlan.superseded_at.is_(None))
    return session.scalar(select(CarePlan).where(*counts).order_by(CarePlan.number.desc()).limit(1))
