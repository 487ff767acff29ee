"""The last contact with the person, or attempt at one, of whatever form it was told in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.care import Contact
from workflows.casework.document import Document, as_corrected

Told = tuple[datetime, str, str]  # when, what, by whom
# Forms that tell of a contact without writing it among the contacts: which answer says when it was.
SPOKEN_AT = {"F20": "at", "F24b": "contacted_at"}
REVIEW, WITH_THE_PERSON = "F21", "person_view"


def last_contact(session: Session, case_id: UUID, papers: Sequence[Document]) -> Told | None:
    """Return the newest, with what is known of it; `papers` are those of the case that its reader may read."""
    logged = session.scalar(select(Contact).where(Contact.case_id == case_id).order_by(Contact.at.desc()).limit(1))
    found = list(_in_papers(as_corrected(papers)))
    if logged is not None:
        words = (word.replace("_", " ") for word in (logged.outcome, logged.route) if word)
        found.append((logged.at, ", ".join(words), logged.by))  # says most: of the same instant it comes first
    return max(reversed(found), key=lambda told: told[0], default=None)


def _in_papers(papers: Sequence[Document]) -> Iterator[Told]:
    for paper in papers:
        at = paper.answers.get(SPOKEN_AT.get(paper.form_key, ""))
        if at:
            yield datetime.fromisoformat(at), paper.title, paper.author
        elif paper.form_key == REVIEW and paper.answers.get(WITH_THE_PERSON):
            yield paper.completed_at, paper.title, paper.author
