"""An assessment signed while its level of risk is not known: who signs it is asked whether that is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from workflows.casework.case import Case
from workflows.casework.diagram import DecisionRecord
from workflows.desk import Work

ASSESSMENT, SIGNED_BY, OWN_LEVEL = "F11", "summary_done_by", "risk_override"
NOT_KNOWN = "The level of risk is not known: the assessment is not complete. Choose a level if you can say one"


def signed_without_level(work: Work, case: Case | None, form_key: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return what is unusual about signing an assessment that came to no level, where its signer gives none either."""
    signed = form_key == ASSESSMENT and SIGNED_BY in answers and not answers.get(OWN_LEVEL)
    return {OWN_LEVEL: NOT_KNOWN} if case and signed and _advised(work, case) == "unknown" else {}


def _advised(work: Work, case: Case) -> str:
    """The level that the table gave last; empty where it was not asked yet."""
    said = select(DecisionRecord.outputs).where(DecisionRecord.case_id == case.id, DecisionRecord.table == "risk_level")
    outputs = work.session.scalar(said.order_by(DecisionRecord.id.desc()).limit(1))
    return str(outputs.get("risk_level", "")) if outputs else ""
