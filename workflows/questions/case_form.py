"""A form that somebody opens from the case itself: with their draft, and what they have to know before they send it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms import Form, Lookups
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import RuleBroken
from workflows.casework.notice import Letter
from workflows.casework.programme import Programme
from workflows.casework.task import Draft, Task
from workflows.desk import Desk
from workflows.questions import caseloads
from workflows.questions.case_head import Head, head_of
from workflows.questions.handover import HANDOVER, begun_handover, with_teams_it_can_go_to
from workflows.questions.meeting_begun import PREPARATION, begun_preparation
from workflows.questions.nothing_to_answer import unasked
from workflows.questions.sight import Opened, opened
from workflows.questions.supervision_begun import SUPERVISION, begun_supervision
from workflows.questions.whom_to_call import Emergency, emergency_of
from workflows.storage.lookups import lookups_for, with_own_files

CLOSED = "The case is closed. A new referral opens a new episode."


@dataclass(frozen=True)
class AtStake:
    """What an ending would stop: open tasks, letters not yet sent, processes under way."""

    tasks: int
    letters: int
    processes: int


@dataclass(frozen=True)
class CaseForm:
    """A form of the case's own, as somebody finds it. `left_over`: drafted on an older version of it."""

    head: Head
    form: Form
    raw: dict[str, list[str]]
    lookups: Lookups
    emergency: tuple[Emergency, ...]
    draft_at: datetime | None = None
    left_over: dict[str, list[str]] = field(default_factory=dict)
    unasked: frozenset[str] = frozenset()  # questions to which this case leaves nothing to answer


def case_form(desk: Desk, number: str, form_key: str, about: str, *, closed_too: bool = False) -> CaseForm:
    """Return a form for an open case, with the actor's own draft named `about` where there is one.

    closed_too: it is about the person, whether or not their case is open.
    """
    with desk.looking() as session:
        found = opened(session, desk, number)
        if not found.case.open and not closed_too:
            raise RuleBroken(CLOSED)
        form = desk.forms.form(form_key)
        programme = session.get_one(Programme, found.case.programme_id)
        draft = session.scalar(select(Draft).where(Draft.staff_id == desk.actor.id, Draft.about == about))
        carried = form.carry_over(draft.raw, draft.form_version) if draft else None
        lookups = with_own_files(session, lookups_for(session, programme, desk.today, found.case, form), desk.actor.id)
        if form.key in caseloads.NAMES_COORDINATOR:
            lookups = caseloads.with_loads(session, lookups, found.case, desk.today)
        if form.key == HANDOVER:
            lookups = with_teams_it_can_go_to(lookups, found.case)
        return CaseForm(
            head=head_of(session, desk, found),
            form=form,
            raw=carried.raw if carried else _begun(session, desk, found, form),
            lookups=lookups,
            emergency=emergency_of(programme.content),
            draft_at=draft.saved_at if draft else None,
            left_over=carried.left_over if carried else {},
            unasked=unasked(session, found.case, form),
        )


def _begun(session: Session, desk: Desk, found: Opened, form: Form) -> dict[str, list[str]]:
    """Return what the form begins with: what the case says already, nothing for a partner.

    What a meeting is to answer is new where somebody asks for one: it is not the question of the referral.
    """
    if found.sight.partner:
        return {}
    said = {}
    if form.key == HANDOVER:
        said = begun_handover(session, desk, found)
    elif form.key == PREPARATION:
        said = begun_preparation(session, desk, found.case)
    elif form.key == SUPERVISION:
        said = begun_supervision(session, desk, found.case.coordinator_id)
    return form.inputs({name: value for name, value in said.items() if value not in (None, "")})


def at_stake(desk: Desk, number: str) -> AtStake:
    """Count what an ending of the case would stop at once."""
    with desk.looking() as session:
        case_id = opened(session, desk, number).case.id
        tasks = select(func.count(Task.id)).where(Task.case_id == case_id, Task.open)
        letters = select(func.count(Letter.id)).where(Letter.case_id == case_id, Letter.status.in_(("draft", "ready")))
        runs = select(func.count(CaseRun.id)).where(CaseRun.case_id == case_id, CaseRun.status == "running")
        found = session.execute(
            select(tasks.scalar_subquery(), letters.scalar_subquery(), runs.scalar_subquery())
        ).one()
        return AtStake(*found)
