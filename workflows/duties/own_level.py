"""The level of risk that a clinician gave instead of the table's: which, who, when and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from workflows.casework.care import OwnLevel
from workflows.casework.document import Document, as_corrected
from workflows.storage import cases

ASSESSMENT, REVIEW, SIGNATURE = "F11", "F21", "summary"
LOWER = "down"


def own_level(session: Session, case_id: UUID) -> OwnLevel | None:
    """Return the level a clinician gave instead of the advice and that still stands; None where none does.

    The newest one counts. A review that gives none leaves the one before as it is, unless it finds the risk lower.
    """
    judged = [pair for key in (ASSESSMENT, REVIEW) for pair in _judgements(session, case_id, key)]
    stands: OwnLevel | None = None
    for paper, said in sorted(judged, key=lambda pair: _moment(pair[0])):
        stands = _given(paper, said) or (None if said.answers.get("risk_changed") == LOWER else stands)
    return stands


def _judgements(session: Session, case_id: UUID, form_key: str) -> Iterator[tuple[Document, Document]]:
    """Return each paper in which the risk was judged, beside what stands in its place as corrected since."""
    papers = cases.documents_of(session, case_id, form_key)
    first = [paper for paper in papers if paper.amends_id is None]
    return (pair for pair in zip(first, as_corrected(papers), strict=True) if _judges_risk(pair[0]))


def _given(paper: Document, said: Document) -> OwnLevel | None:
    level, why = (str(said.answers.get(name) or "") for name in ("risk_override", "risk_override_reason"))
    return OwnLevel(level, why, paper.author, paper.completed_at) if level else None


def _moment(paper: Document) -> tuple[datetime, bool]:
    return paper.completed_at, paper.form_key == REVIEW


def _judges_risk(paper: Document) -> bool:
    signed: Sequence[str] = paper.sections or (SIGNATURE,)
    return paper.form_key == REVIEW or SIGNATURE in signed
