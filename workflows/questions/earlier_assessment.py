"""The assessment of an earlier episode: offered to begin with while it is recent, so that nobody has to tell all again.

What can change within a day, and what is somebody's judgement, is asked anew and never copied: measures with a score,
safety, and the summary with its recommendation.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from forms import Form
from workflows.casework.case import Case
from workflows.casework.errors import NotFound
from workflows.casework.task import Task
from workflows.clock import london_day
from workflows.desk import Desk
from workflows.duties.papers import merged
from workflows.questions.sight import Sight, opened
from workflows.storage import cases

ASSESSMENT, RETURNED = "F11", "F30"
ASKED_ANEW = frozenset({"safety", "summary"})  # sections
NEVER_COPIED = frozenset({"delirium_signs", "self_harm", "self_harm_detail"})
DONE_BY = ("_done_by", "_done_at")


@dataclass(frozen=True)
class Earlier:
    """An assessment of an earlier episode: the case it belongs to, when it was completed, and what may be copied."""

    case_id: UUID
    case_number: str
    on: date
    inputs: Mapping[str, list[str]]

    def beneath(self, form: Form, known: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """The inputs to begin with: what this episode knows already counts, several choices are put together."""
        several = {question.id for question in form.definition.questions if question.kind == "multichoice"}
        both = {name: [*self.inputs.get(name, ()), *known.get(name, ())] for name in several}
        return {**self.inputs, **known, **{name: list(dict.fromkeys(both[name])) for name in several if both[name]}}


def earlier_assessment(desk: Desk, session: Session, task: Task, form: Form) -> Earlier | None:
    """Return what a task of assessing may begin with, if there is something recent that its reader may see."""
    if task.form_key != ASSESSMENT or not task.open or task.case.previous_case_id is None:
        return None
    before = session.get_one(Case, task.case.previous_case_id)
    asked = merged(cases.documents_of(session, task.case_id, RETURNED))
    if asked.get("copy_assessment") == "no":
        return None
    papers = cases.documents_of(session, before.id, ASSESSMENT)
    sight = _sight(desk, session, before)
    if not papers or sight is None:
        return None
    on = london_day(max(paper.completed_at for paper in papers))
    if on < _months_before(desk.today, before.programme.number("assessment_reuse_months", desk.today)):
        return None
    inputs = form.inputs(_to_copy(form, task, merged(papers), sight))
    return Earlier(before.id, before.number, on, inputs) if inputs else None


def _sight(desk: Desk, session: Session, before: Case) -> Sight | None:
    """How much the reader sees of the earlier case; None when too little to copy from it."""
    try:
        sight = opened(session, desk, before.number).sight
    except NotFound:
        return None
    return None if sight.partner else sight


def _to_copy(form: Form, task: Task, said: Mapping[str, Any], sight: Sight) -> dict[str, Any]:
    return {
        question.id: said[question.id]
        for section in form.sections
        if section.key not in ASKED_ANEW and (task.sections is None or section.key in task.sections)
        for question in section.fields
        if question.id in said
        and question.kind != "instrument"
        and question.id not in NEVER_COPIED
        and not question.id.endswith(DONE_BY)
        and (sight.sensitive or not question.sensitive)
    }


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
