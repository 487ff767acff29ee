"""The last contact with the person, or attempt at one, whatever form told of it: one reckoning for all places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from workflows.casework.care import Contact
from workflows.casework.case import Case
from workflows.casework.document import Document, as_corrected
from workflows.storage.instants import instant

Told = tuple[datetime, str, str]  # when, what, by whom
# Forms that tell of a contact without writing it among the contacts: which answer says when it was.
SPOKEN_AT = {"F20": "at", "F24b": "contacted_at", "F43": "at"}
REVIEW, WITH_THE_PERSON = "F21", "person_view"


def last_contact(session: Session, case_id: UUID, papers: Sequence[Document]) -> Told | None:
    """Return the newest, with what is known of it; `papers` are those of the case that its reader may read."""
    logged = session.scalar(select(Contact).where(Contact.case_id == case_id).order_by(Contact.at.desc()).limit(1))
    found = list(_in_papers(papers))
    if logged is not None:
        words = (word.replace("_", " ") for word in (logged.outcome, logged.route) if word)
        found.append((logged.at, ", ".join(words), logged.by))  # says most: of the same instant it comes first
    return max(reversed(found), key=lambda told: told[0], default=None)


def _in_papers(papers: Sequence[Document]) -> Iterator[Told]:
    for paper in as_corrected(papers):
        at = paper.answers.get(SPOKEN_AT.get(paper.form_key, ""))
        if at:
            yield datetime.fromisoformat(at), paper.title, paper.author
    for paper in papers:
        # To correct a review is not to speak with the person once more.
        if paper.form_key == REVIEW and paper.amends_id is None and paper.answers.get(WITH_THE_PERSON):
            yield paper.completed_at, paper.title, paper.author


def logged_at() -> ColumnElement[Any]:
    """Return when a contact of a `Case` in the same query was logged last; `later_of` puts it with `told_at`."""
    return select(func.max(Contact.at)).where(Contact.case_id == Case.id).correlate(Case).scalar_subquery()


def told_at() -> ColumnElement[Any]:
    """Return when a `Case` in the same query was last spoken to as its papers tell."""
    newer = aliased(Document)
    corrected = exists().where(newer.case_id == Document.case_id, newer.amends_id == Document.id)
    said = or_(*(and_(Document.form_key == form, ~corrected) for form in SPOKEN_AT))
    met = and_(Document.form_key == REVIEW, Document.amends_id.is_(None), _answer(WITH_THE_PERSON) != "")
    at = case(
        (Document.form_key == REVIEW, Document.completed_at),
        *((Document.form_key == form, instant(_answer(name))) for form, name in SPOKEN_AT.items()),
    )
    return select(func.max(at)).where(Document.case_id == Case.id, or_(said, met)).correlate(Case).scalar_subquery()


def later_of(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the later of two instants of a row; the one that is known where the other is not."""
    return case((or_(other.is_(None), one >= other), one), else_=other)


def _answer(name: str) -> ColumnElement[str]:
    said: ColumnElement[str] = Document.answers[name].as_string()
    return said
