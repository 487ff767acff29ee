"""How far a case may be shared, as it stands beside a task: with whom, on what basis, and who is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from workflows.casework.document import Document
from workflows.casework.sectors import SECTOR_NAMES, in_order
from workflows.duties.papers import merged
from workflows.questions.how_agreed import how_agreed
from workflows.questions.sight import Opened


@dataclass(frozen=True)
class Sharing:
    """How far information may travel, on what basis, since when, and who is left out.

    `asked`: with whom to share was put to the person, who has not only agreed to be referred.
    """

    scope: str
    basis: str
    since: datetime | None
    review_by: date | None
    share_with: str
    limits: str
    left_out: tuple[str, ...]
    asked: bool


def sharing_of(session: Session, found: Opened, papers: Sequence[Document]) -> Sharing:
    """Return the consent that counts now. papers: those that its reader may read."""
    consent, case = found.consent, found.case
    said = merged(paper for paper in papers if paper.form_key == "F05")
    agreed = how_agreed(session, found)
    return Sharing(
        scope=case.reach,
        basis=consent.basis if consent else "",
        since=consent.valid_from if consent else None,
        review_by=consent.review_by if consent else None,
        share_with=", ".join(SECTOR_NAMES.get(one, one) for one in in_order(case.sectors)) if consent else "",
        limits=str(said.get("limits", "")) if case.sharing_scope == "limited" else "",
        left_out=() if found.sight.partner else tuple(each.who for each in found.exclusions),
        asked=agreed is None or agreed.asked,
    )
