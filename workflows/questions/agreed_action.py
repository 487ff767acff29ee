"""What was agreed: the action that a task asks somebody to do, with the paper in which it was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from workflows.casework.care import Action
from workflows.casework.document import Document
from workflows.casework.task import Task
from workflows.duties.medicine_words import REVIEW, asked_of_gp, to_be_done

# Several are agreed at the table, or one with the button; a review of medicines names some too.
MEETING, BUTTON = "F16", "F34"


@dataclass(frozen=True)
class AgreedIn:
    """The paper in which something was agreed."""

    document_id: UUID
    title: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Agreed:
    """One action: what, who, by when, whether the person was promised it, how often put off, and where from."""

    what: str
    owner: str
    due_on: date | None
    promised: bool
    postponed: int
    agreed_in: AgreedIn | None


def agreed_action(session: Session, task: Task, papers: Sequence[Document]) -> Agreed | None:
    """Return the action a task is about, as it stands today; `papers` are those its reader may read, oldest first."""
    named = task.variables.get("action_id")
    action = session.get(Action, UUID(str(named))) if named else None
    if action is None or action.case_id != task.case_id:
        return None
    source = next((paper for paper in reversed(papers) if action.what in _agreed(paper)), None)
    return Agreed(
        what=action.what,
        owner=action.owner.name if action.owner else "",
        due_on=action.due_on,
        promised=action.promised,
        postponed=action.postponed,
        agreed_in=AgreedIn(source.id, source.title, source.completed_at, source.author) if source else None,
    )


def _agreed(paper: Document) -> Iterable[Any]:
    if paper.form_key == MEETING:
        return [row.get("what") for row in paper.answers.get("actions", [])]
    if paper.form_key == REVIEW:
        problems = [to_be_done(row) for row in paper.answers.get("problems", [])]
        return [*problems, asked_of_gp(str(paper.answers.get("changes", "")))]
    return [paper.answers.get("what")] if paper.form_key == BUTTON else []
