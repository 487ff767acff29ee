"""No home visit before its risk is assessed: the case page says so, and a contact cannot be recorded as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused
from workflows.desk import Work
from workflows.storage import cases

CONTACT, RISK = "F10", "F14"


def must_be_safe(work: Work, case: Case, form_key: str, answers: Mapping[str, Any]) -> None:
    """Refuse a visit as a way of reaching the person until somebody has said what makes visiting safe."""
    visit = form_key == CONTACT and answers.get("route") == "home_visit"
    if visit and cases.newest_document(work.session, case.id, RISK) is None:
        raise AnswersRefused(
            {"route": "Complete the risk assessment before a home visit: it says what makes visiting safe"}
        )
