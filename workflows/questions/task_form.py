"""The form of a task as somebody finds it: what they typed before, or what the case already holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from forms import Form, Lookups, ShownSection
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.task import Draft, Task
from workflows.desk import Desk
from workflows.questions import caseloads, reach
from workflows.questions.documents import names_ever
from workflows.questions.earlier_assessment import Earlier, earlier_assessment
from workflows.questions.handover import HANDOVER, with_teams_it_can_go_to
from workflows.questions.new_details import as_asked
from workflows.questions.nothing_to_answer import unasked
from workflows.questions.prefill import basis, starting_inputs
from workflows.questions.sight import opened
from workflows.questions.task_page import seen_task
from workflows.storage.lookups import lookups_for, with_own_files

Typed = Mapping[str, list[str]]


@dataclass(frozen=True)
class TaskForm:
    """A form with what stands in it. `left_over`: typed into an older version of it, without a place in this one."""

    form: Form
    sections: tuple[str, ...] | None
    raw: dict[str, list[str]]
    lookups: Lookups
    draft_at: datetime | None = None
    left_over: dict[str, list[str]] = field(default_factory=dict)
    drawn: bool = False  # some answers come from the record
    earlier: Earlier | None = None  # an assessment of an earlier episode that it may begin with
    begun_with_it: bool = False
    unasked: frozenset[str] = frozenset()  # questions to which this case leaves nothing to answer


@dataclass(frozen=True)
class PassedOn:
    """A task that is over, of a case that went to people its reader is not one of: what they typed, nothing else."""

    name: str
    ended_by_me: bool
    completed: bool
    found: TaskForm


def draft_name(task_id: UUID) -> str:
    """Name the draft of a task's form."""
    return f"task:{task_id}"


def task_form(desk: Desk, task_id: UUID, with_earlier: bool = False, about: str = "") -> TaskForm:
    """Return the newest version of a task's form: with the actor's own draft, else with what the record holds.

    `about`: the name of the draft, where there are several windows.
    `with_earlier`: where nothing is drafted yet, begin with the assessment of an earlier episode that is offered.
    """
    with desk.looking() as session:
        task = seen_task(session, desk.actor, task_id)
        form = as_asked(desk, session, task)
        lookups = _lookups(desk, session, task, form)
        lookups = with_own_files(session, lookups, desk.actor.id)
        none = unasked(session, task.case, form)
        draft = _own_draft(session, desk, about or draft_name(task.id))
        if draft is None:
            # A partner organisation is not told through a form what it may not read.
            partner = opened(session, desk, task.case.number, for_task=True).sight.partner
            raw = starting_inputs(desk, session, task, form, untold=partner)
            earlier = earlier_assessment(desk, session, task, form)
            begun = basis(session, task, blank=partner)
            if earlier is None or not with_earlier:
                drawn = not partner and _fills_in(form, raw, task, lookups, desk.today)
                return TaskForm(form, task.sections, raw | begun, lookups, drawn=drawn, earlier=earlier, unasked=none)
            both = earlier.beneath(form, raw) | begun
            return TaskForm(form, task.sections, both, lookups, drawn=True, earlier=earlier, begun_with_it=True)
        carried = form.carry_over(draft.raw, draft.version_of(form.key))
        return TaskForm(form, task.sections, carried.raw, lookups, draft.saved_at, carried.left_over, unasked=none)


def _fills_in(form: Form, raw: Typed, task: Task, lookups: Lookups, today: date) -> bool:
    """Whether any of these answers can be seen on the page: one of a question not asked yet cannot."""
    if not raw:
        return False
    seen = form.read(raw, today=today, lookups=lookups, sections=task.sections).answers
    return bool(form.inputs(seen).keys() & raw.keys())


def passed_on(desk: Desk, task_id: UUID, about: str = "") -> PassedOn | None:
    """Return a task that is over, for somebody who could have done it and may not see its case any more."""
    asked = (Task.status != "open", reach.may_be_asked(desk.actor))
    return _what_was_typed(desk, task_id, and_(*asked), about)


def typed_before(desk: Desk, task_id: UUID, about: str = "") -> PassedOn | None:
    """Return a task that somebody could do until its case was shared less far: what they typed, nothing else."""
    return _what_was_typed(desk, task_id, ~reach.may_be_asked(desk.actor), about)


def _own_draft(session: Session, desk: Desk, about: str) -> Draft | None:
    return session.scalar(select(Draft).where(Draft.staff_id == desk.actor.id, Draft.about == about))


def _what_was_typed(desk: Desk, task_id: UUID, out_of_reach: ColumnElement[bool], about: str) -> PassedOn | None:
    with desk.looking() as session:
        theirs = (reach.may_do(desk.actor), ~reach.may_see_task(desk.actor), out_of_reach)
        query = select(Task).join(Case, Case.id == Task.case_id).where(Task.id == task_id, *theirs)
        task = session.scalar(query)
        if task is None or desk.actor.id is None:
            return None
        form = desk.forms.form(task.form_key)
        lookups = with_own_files(
            session, lookups_for(session, task.case.programme, desk.today, form=form), desk.actor.id
        )
        draft = _own_draft(session, desk, about or draft_name(task.id))
        carried = form.carry_over(draft.raw, draft.version_of(form.key)) if draft else None
        typed = TaskForm(
            form,
            task.sections,
            raw=carried.raw if carried else {},
            lookups=lookups,
            draft_at=draft.saved_at if draft else None,
            left_over=carried.left_over if carried else {},
        )
        return PassedOn(task.name, task.ended_by_id == desk.actor.id, task.status == "completed", typed)


def completed_form(desk: Desk, task_id: UUID) -> tuple[ShownSection, ...]:
    """Return in words what a completed task's form said, for those who may see the case."""
    with desk.looking() as session:
        task = seen_task(session, desk.actor, task_id)
        paper = session.scalar(select(Document).where(Document.task_id == task.id).order_by(Document.id).limit(1))
        sight = opened(session, desk, task.case.number, for_task=True).sight
        if paper is None or not sight.paper(paper):
            return ()
        form = desk.forms.form(paper.form_key, paper.form_version)
        return form.show(
            paper.answers, lookups=names_ever(session, task.programme_id), may_see_sensitive=sight.sensitive
        )


def _lookups(desk: Desk, session: Session, task: Task, form: Form) -> Lookups:
    found = lookups_for(session, task.case.programme, desk.today, task.case, form)
    if task.open and task.form_key in caseloads.NAMES_COORDINATOR:
        return caseloads.with_loads(session, found, task.case, desk.today)
    return with_teams_it_can_go_to(found, task.case) if task.open and task.form_key == HANDOVER else found
