"""The questions of a form to which a case leaves nothing to answer: they are not put."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import Form
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.duties.referrers import somebody_referred

PREPARATION, INVITES_REFERRER = "F15", "invite_referrer"
CONSENT, LETS_BACK = "F05", "exclusions_ended"


def unasked(session: Session, case: Case, form: Form) -> frozenset[str]:
    """Return them: nobody invites a referrer where there is none, or lets anybody back who was never left out."""
    if form.key == PREPARATION and not somebody_referred(session, case):
        return frozenset({INVITES_REFERRER})
    if form.key == CONSENT and not _anybody_left_out(session, case):
        return frozenset({LETS_BACK})
    return frozenset()


def _anybody_left_out(session: Session, case: Case) -> bool:
    standing = select(Exclusion.id).where(Exclusion.case_id == case.id, Exclusion.ended_at.is_(None))
    return session.scalar(standing.limit(1)) is not None
