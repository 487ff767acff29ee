"""How the person came to agree to sharing: asked in a conversation, or only to the referral."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.document import Document
from workflows.clock import london_day
from workflows.questions.sight import Opened

CONVERSATION, REFERRAL = "F05", "F01"
AGREED = frozenset({"explicit", "explicit_limited"})  # the bases on which the person themselves agreed


@dataclass(frozen=True)
class HowAgreed:
    """When the person agreed, whom they told, in which paper. `asked`: with whom to share was put to them.

    A partner organisation learns that and when, and neither whom they told nor the paper.
    """

    on: date
    told: str
    asked: bool
    document_id: UUID | None


def how_agreed(session: Session, found: Opened) -> HowAgreed | None:
    """Return where the consent in force comes from; None where it is not the person's."""
    consent = found.consent
    if consent is None or consent.basis not in AGREED:
        return None
    query = select(Document).where(
        Document.case_id == found.case.id,
        Document.form_key.in_((CONVERSATION, REFERRAL)),
        Document.completed_at <= consent.valid_from,
    )
    papers = {paper.form_key: paper for paper in session.scalars(query.order_by(Document.completed_at, Document.id))}
    paper = papers.get(CONVERSATION) or papers.get(REFERRAL)
    if paper is None:
        return None
    asked = paper.form_key == CONVERSATION
    said = paper.answers.get("valid_from" if asked else "consent_date")
    on = date.fromisoformat(str(said)) if said else london_day(paper.completed_at)
    if found.sight.partner:
        return HowAgreed(on, "", asked, None)
    told = paper.author if asked else str(paper.answers.get("consent_by") or paper.author)
    return HowAgreed(on, told, asked, paper.id)
