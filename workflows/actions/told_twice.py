"""A task that another system completes a second time: the same answers are one act told twice, others are not lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from workflows.actions.paperwork import Occasion, reading_of
from workflows.actions.told_answers import as_typed
from workflows.casework.document import Document
from workflows.casework.errors import OutOfDate
from workflows.casework.task import Task
from workflows.desk import Desk

OTHERWISE = (
    "You completed this task before, with other answers. Those were kept, these are not: read the document that was "
    "filed, and correct it if it is wrong."
)


def must_repeat(desk: Desk, task_id: UUID, answers: Mapping[str, Any]) -> None:
    """Refuse answers to a task that is completed already, unless they are the ones that were filed."""
    with desk.work() as work:
        task = work.session.get_one(Task, task_id)
        filed = work.session.scalar(
            select(Document).where(Document.task_id == task.id, Document.amends_id.is_(None)).order_by(Document.id)
        )
        if filed is None:
            raise OutOfDate(OTHERWISE)
        form = desk.forms.form(filed.form_key, filed.form_version)
        told = as_typed(form, answers)
        occasion = Occasion(task.case, task.sections, written=filed.completed_at)
        reading = reading_of(work, form, told, task.case.programme, occasion)
        if told != form.inputs(filed.answers) and (reading.errors or reading.answers != filed.answers):
            raise OutOfDate(OTHERWISE)
