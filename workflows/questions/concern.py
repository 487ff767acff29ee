"""What an urgent concern says, for whoever answers it: the form that raised it, or the referral that began the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from workflows.casework.document import Document
from workflows.duties.facts import OF_THIS_HOUR

ANSWER, RAISED, REFERRAL = "F22b", "F22", "F01"
# Of a referral that tells of danger, what whoever answers it has to know.
URGENT_READ = ("urgency", "views", "referrer")
LONGEST_IN_A_LIST = 120


@dataclass(frozen=True)
class Raised:
    """An urgent concern in a line of a list: by whom, when, and either their words or what they ticked."""

    by: str
    at: datetime
    danger: bool
    words: str
    signs: tuple[str, ...]


def document_of(variables: Mapping[str, Any]) -> UUID | None:
    """Return the document that a task's process is about, such as the one concern among several."""
    named = variables.get("document_id")
    return UUID(str(named)) if named else None


def concern_among(papers: Sequence[Document], variables: Mapping[str, Any]) -> Document | None:
    """Return the paper that says what is urgent; none when it is not among them. A correction of it counts instead."""
    named = document_of(variables)
    found = [paper for paper in papers if paper.form_key == REFERRAL and named is None]
    if named is not None:
        found = [paper for paper in papers if named in (paper.id, paper.amends_id)]
    return found[-1] if found else None


def raised_about(session: Session, tasks: Iterable[tuple[UUID, UUID, Mapping[str, Any]]]) -> dict[UUID, Raised]:
    """Return what tasks that answer a concern (each with its case and variables) are about, in one statement."""
    asked = list(tasks)
    if not asked:
        return {}
    named = [document_of(variables) for _task, _case, variables in asked]
    theirs = and_(Document.form_key == REFERRAL, Document.case_id.in_({case for _task, case, _variables in asked}))
    wanted = or_(theirs, Document.id.in_(named), Document.amends_id.in_(named))
    papers = session.scalars(select(Document).where(wanted).order_by(Document.completed_at, Document.number)).all()
    found = {}
    for task, case, variables in asked:
        paper = concern_among([one for one in papers if one.case_id == case], variables)
        if paper is not None:
            found[task] = _in_a_line(paper)
    return found


def _in_a_line(paper: Document) -> Raised:
    said = paper.answers
    words = " ".join(str(said.get("what") or "").split())
    if len(words) > LONGEST_IN_A_LIST:
        words = f"{words[:LONGEST_IN_A_LIST].rsplit(' ', 1)[0]} …"
    return Raised(
        by=str(said.get("referrer_name") or paper.author),
        at=paper.completed_at,
        danger=said.get("danger_to_life") == "yes" or said.get("immediate_danger") is True,
        words=words,
        signs=tuple(sign for sign in OF_THIS_HOUR if said.get(sign) is True),
    )
