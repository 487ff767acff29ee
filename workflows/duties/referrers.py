"""Whether anybody referred the person: nobody did where they were found on a list."""

from __future__ import annotations

from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.duties.papers import merged
from workflows.storage import cases


def somebody_referred(session: Session, case: Case) -> bool:
    """Say whether there is a referrer, who can be written to or asked."""
    return case.source != "risk_list" or bool(merged(cases.documents_of(session, case.id, "F01")).get("referrer_name"))
