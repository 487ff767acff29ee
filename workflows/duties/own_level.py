"""The level of risk that a clinician gave instead of the table's: which, who, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from workflows.casework.care import OwnLevel
from workflows.casework.document import Document
from workflows.duties.papers import merged
from workflows.storage import cases

ASSESSMENT, REVIEW, SIGNATURE = "F11", "F21", "summary"


def own_level(session: Session, case_id: UUID) -> OwnLevel | None:
    """Return the level that whoever judged the risk last gave instead of the advice; None where they agreed with it.

    Each review judges anew: what the assessment was signed with does not outlive it.
    """
    papers = {key: cases.documents_of(session, case_id, key) for key in (ASSESSMENT, REVIEW)}
    judged = [paper for key in papers for paper in papers[key] if paper.amends_id is None and _judges_risk(paper)]
    if not judged:
        return None
    last = max(judged, key=_moment)
    said = merged(papers[last.form_key])
    level = str(said.get("risk_override") or "")
    why = str(said.get("risk_override_reason") or "")
    return OwnLevel(level, why, last.author, last.completed_at) if level else None


def _moment(paper: Document) -> tuple[datetime, bool]:
    return paper.completed_at, paper.form_key == REVIEW


def _judges_risk(paper: Document) -> bool:
    signed: Sequence[str] = paper.sections or (SIGNATURE,)
    return paper.form_key == REVIEW or SIGNATURE in signed
