"""Filling in a form for a case: read it, or say what is wrong with it; and keep it as a document."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from forms import Form
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.errors import AnswersRefused
from workflows.casework.programme import Programme
from workflows.desk import Work
from workflows.duties.papers import merged
from workflows.storage import cases
from workflows.storage.lookups import lookups_for

Raw = Mapping[str, Sequence[str]]


def read_form(
    work: Work, form: Form, raw: Raw, programme: Programme, case: Case | None, sections: Collection[str] | None = None
) -> dict[str, Any]:
    """Return the clean answers of a form; raise AnswersRefused with a message for each question that is wrong.

    With `sections` only these are asked; what the other sections say already counts for their conditions.
    """
    if sections and case is not None:
        earlier = merged(cases.documents_of(work.session, case.id, form.key))
        raw = form.inputs(earlier) | dict(raw)
    reading = form.read(
        raw,
        today=work.today,
        now=work.now,
        lookups=lookups_for(work.session, programme, work.today, case),
        sections=sections,
        demonstration=work.desk.settings.demonstration,
        settings=programme.thresholds(work.today),
    )
    if reading.errors:
        raise AnswersRefused(dict(reading.errors))
    return dict(reading.answers)


@dataclass(frozen=True)
class Origin:
    """Where a document comes from: the process and task that asked for it, the sections filled in, and who wrote it."""

    run_id: UUID | None = None
    task_id: UUID | None = None
    sections: Sequence[str] | None = None
    author: str = ""


def file_document(
    work: Work, case: Case, form: Form, answers: Mapping[str, Any], origin: Origin = Origin()
) -> Document:
    """Keep a completed form as a document of the case; nothing is ever overwritten."""
    earlier = select(func.max(Document.number)).where(Document.case_id == case.id, Document.form_key == form.key)
    document = Document(
        case_id=case.id,
        run_id=origin.run_id,
        task_id=origin.task_id,
        form_key=form.key,
        form_version=form.version,
        number=(work.session.scalar(earlier) or 0) + 1,
        title=form.title,
        answers=dict(answers),
        sections=list(origin.sections) if origin.sections else None,
        author=origin.author or work.actor.name,
        author_id=work.actor.id,
        completed_at=work.now,
    )
    document.happened("document filed", form=form.key, number=document.number)
    work.session.add(document)
    work.session.flush()
    return document
