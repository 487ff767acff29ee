"""What a new referral says otherwise than the record, put before whoever decides whether it counts."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from forms import Choice, Form
from forms.definition import Question, Section
from workflows.casework.access import may_see_sensitive
from workflows.casework.document import Document
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.duties.told_details import SUBJECTS, Difference, compared, differing
from workflows.storage import cases
from workflows.storage.lookups import lookups_for

NEWS_READ, DETAILS, TAKE_OVER = "F38", "details", "take_over"
NOTHING_DIFFERS = "Nothing is said about the person that the record does not say."


def as_asked(desk: Desk, session: Session, task: Task) -> Form:
    """Return the form of a task; where it asks what to take over, with just what differs, in words."""
    form = desk.forms.form(task.form_key)
    if task.form_key != NEWS_READ:
        return form
    found = _differences(desk, session, task)
    sections = tuple(_narrowed(section, found) if section.key == DETAILS else section for section in form.sections)
    kept = tuple(section for section in sections if found or section.key != DETAILS or len(sections) == 1)
    return Form(replace(form.definition, sections=kept))


def _differences(desk: Desk, session: Session, task: Task) -> list[Difference]:
    referral = session.get(Document, UUID(str(task.variables.get("document_id"))))
    if referral is None:
        return []
    person = task.case.person
    keys = [key for key in differing(person, referral.answers) if _may_read(desk, key)]
    if "nhs_number" in keys and cases.confirmed_people(session, str(referral.answers["nhs_number"])):
        keys.remove("nhs_number")
    form = desk.forms.form("F01")
    lookups = lookups_for(session, task.case.programme, desk.today, task.case, form)
    return compared(form, person, referral.answers, keys, lookups)


def _may_read(desk: Desk, key: str) -> bool:
    return not SUBJECTS[key].sensitive or may_see_sensitive(desk.actor)


def _narrowed(section: Section, found: list[Difference]) -> Section:
    return replace(section, fields=tuple(_with_words(question, found) for question in section.fields))


def _with_words(question: Question, found: list[Difference]) -> Question:
    if question.id != TAKE_OVER:
        return question
    offered = tuple(
        Choice(one.key, f"{one.label}: {one.theirs}", f"Our record says: {one.ours or 'nothing'}") for one in found
    )
    return replace(question, choices=offered, hint=question.hint if offered else NOTHING_DIFFERS)
