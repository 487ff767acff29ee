"""Who may need help tonight: what somebody on duty out of hours has to know of each, on one page and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.person import Person
from workflows.casework.programme import Programme, Team
from workflows.casework.task import SAFETY, Task
from workflows.desk import Desk
from workflows.duties.papers import merged
from workflows.questions import reach
from workflows.questions.case_head import Head, head_of, in_words
from workflows.questions.sight import Opened, opened
from workflows.questions.waits import OpenTask, open_tasks
from workflows.questions.whom_to_call import Emergency, emergency_of
from workflows.storage import alleged, people

MOST = 60  # on one page; the teams narrow it
MOST_TASKS = 6
URGENT, SAFEGUARDING, SAFETY_TASK = "urgent", "safeguarding_open", "safety_task"
GRAVE_LEVELS = ("very_high", "palliative")
ASSESSMENT, RISKS, PLAN = "F11", "F14", "F18"
RESPECT = "respect"  # among the other plans that a care plan names


@dataclass(frozen=True)
class Crisis:
    """One line of the contingency plan: if this happens, do this, call them."""

    if_this: str
    do_this: str
    call: str


@dataclass(frozen=True)
class Paper:
    """Whether a ReSPECT or DNACPR form exists (in words; empty: nobody said), and where the documents are kept."""

    exists: str
    kept: str


@dataclass(frozen=True)
class Sheet:
    """One person for whoever is on duty. `why`: urgent, safety_task, safeguarding_open, very_high, palliative."""

    head: Head
    why: tuple[str, ...]
    tasks: tuple[OpenTask, ...]
    more_tasks: int
    crisis: tuple[Crisis, ...]
    early_signs: str
    communicate: str
    respect: Paper
    visits: str
    getting_in: str
    coordinator_away: str


@dataclass(frozen=True)
class OutOfHours:
    """Everybody on the page, how many there are in all, the teams it can be narrowed to, and whom to call where."""

    sheets: tuple[Sheet, ...]
    total: int
    teams: tuple[tuple[str, str], ...]
    numbers: tuple[tuple[str, tuple[Emergency, ...]], ...]


def out_of_hours(desk: Desk, team: str = "") -> OutOfHours:
    """Return the people of the actor's teams who may need help out of hours, those in urgent need first."""
    actor_id = desk.actor.id
    theirs = [Case.closed_at.is_(None), Person.deceased_on.is_(None), reach.works_on(desk.actor)]
    theirs.append(or_(*(condition for _, condition in _reasons(actor_id))))
    wanted = [*theirs, *([Case.team_id == chosen] if (chosen := _id(team)) else [])]
    with desk.looking() as session:
        rows = session.execute(_listed(actor_id, wanted)).all()
        total = session.scalar(select(func.count()).select_from(Case).join(Case.person).where(*wanted)) or 0
        teams = select(Team.id, Team.name).join(Case, Case.team_id == Team.id).join(Case.person).where(*theirs)
        named = session.execute(teams.distinct().order_by(Team.name)).all()
        sheets = tuple(_sheet(session, desk, row) for row in rows)
        return OutOfHours(sheets, total, tuple((str(key), name) for key, name in named), _numbers(session, wanted))


def _reasons(actor_id: UUID | None) -> Sequence[tuple[str, ColumnElement[bool]]]:
    """Why somebody is on the page, each as a condition on `Case`; a concern tells nothing to whom it names."""
    safety = exists().where(Task.case_id == Case.id, Task.open, Task.escalation == SAFETY, ~alleged.kept_from(actor_id))
    return (
        (URGENT, _flagged(URGENT)),
        (SAFETY_TASK, safety.correlate(Case)),
        (SAFEGUARDING, and_(_flagged(SAFEGUARDING), ~alleged.names(actor_id))),
        *((level, Case.risk_level == level) for level in GRAVE_LEVELS),
    )


def _flagged(flag: str) -> ColumnElement[bool]:
    return cast(Case.flags, String).contains(f'"{flag}"', autoescape=True)


def _listed(actor_id: UUID | None, wanted: Sequence[ColumnElement[bool]]) -> Any:
    reasons = _reasons(actor_id)
    told = [case((condition, 1), else_=0).label(key) for key, condition in reasons]
    first = case(*((condition, place) for place, (_, condition) in enumerate(reasons)), else_=len(reasons))
    query = select(Case.number, *told).join(Case.person).where(*wanted)
    return query.order_by(first, Person.family_name, Person.given_name, Case.id).limit(MOST)


def _sheet(session: Session, desk: Desk, row: Any) -> Sheet:
    found = opened(session, desk, row.number)
    why = tuple(key for key, told in row._mapping.items() if key != "number" and told)
    tasks, said = open_tasks(session, desk, found), _said(session, found)
    pressing = sorted(tasks, key=lambda task: task.escalation != SAFETY)
    plan, risks = said[PLAN], desk.forms.form(RISKS)
    return Sheet(
        head=head_of(session, desk, found),
        why=why,
        tasks=tuple(pressing[:MOST_TASKS]),
        more_tasks=max(len(pressing) - MOST_TASKS, 0),
        crisis=tuple(_crisis(one) for one in plan.get("contingency") or []),
        early_signs=str(plan.get("early_signs") or ""),
        communicate=str(plan.get("communicate_in_crisis") or ""),
        respect=_respect(desk, said),
        visits=in_words(risks, "visit_rule", dict(said[RISKS])),
        getting_in=str(said[RISKS].get("access_note") or ""),
        coordinator_away=_away(session, desk, found),
    )


def _said(session: Session, found: Opened) -> Mapping[str, Mapping[str, Any]]:
    """What assessment, risk assessment and plan say now, by form."""
    forms = (ASSESSMENT, RISKS, PLAN)
    theirs = (Document.case_id == found.case.id, Document.form_key.in_(forms), found.sight.papers())
    papers = session.scalars(select(Document).where(*theirs).order_by(Document.completed_at, Document.number)).all()
    return {form: merged(paper for paper in papers if paper.form_key == form) for form in forms}


def _crisis(row: Mapping[str, Any]) -> Crisis:
    return Crisis(*(str(row.get(name) or "") for name in ("if_this", "do_this", "call")))


def _respect(desk: Desk, said: Mapping[str, Mapping[str, Any]]) -> Paper:
    """What the assessment says of it; where it says nothing, the plan."""
    assessed, plan = said[ASSESSMENT], said[PLAN]
    exists_words = in_words(desk.forms.form(ASSESSMENT), "respect_exists", dict(assessed))
    if not exists_words and RESPECT in (plan.get("other_plans") or ()):
        exists_words = "Yes"
    return Paper(exists_words, str(assessed.get("plans_where") or plan.get("other_plans_where") or ""))


def _away(session: Session, desk: Desk, found: Opened) -> str:
    coordinator = found.case.coordinator_id
    return people.away_words(session, [coordinator], desk.today).get(coordinator, "") if coordinator else ""


def _numbers(session: Session, wanted: Sequence[ColumnElement[bool]]) -> tuple[tuple[str, tuple[Emergency, ...]], ...]:
    """Whom to call, by programme of those on the page."""
    here = select(Case.programme_id).join(Case.person).where(*wanted)
    query = select(Programme.name, Programme.content).where(Programme.id.in_(here)).order_by(Programme.name)
    return tuple((name, emergency_of(content)) for name, content in session.execute(query))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
