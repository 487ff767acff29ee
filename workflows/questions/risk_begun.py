"""What the assessment of the risk of a visit begins with: what is known of danger to staff already."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.duties.papers import merged
from workflows.storage import cases

ASKED = "risks_visiting"
NOTHING_KNOWN = frozenset({"none", "unknown"})


def begun_risk(session: Session, case: Case) -> dict[str, Any]:
    """Return what the assessment before this one says of danger to staff who visit; the first time, the referral."""
    told = (merged(cases.documents_of(session, case.id, form_key)).get(ASKED) for form_key in ("F14", "F01"))
    known: list[str] = next((risks for risks in told if risks), [])
    return {ASKED: [risk for risk in known if risk not in NOTHING_KNOWN]}
