"""No home visit before its risk is assessed: the case page says so, and no contact can be recorded as one.

A visit against the rule that the assessment set is asked about: it happened, and somebody has to look at the rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused
from workflows.desk import Work
from workflows.storage import cases

FIRST_CONTACT, CONTACT, STEP_DOWN, RISK = "F10", "F20", "F43", "F14"
AT_HOME = frozenset({"person", "carer"})
NOT_AT_HOME = (
    "The risk assessment says: no visits at home. If there was one, write in the notes why, and look at the rule again"
)


def must_be_safe(work: Work, case: Case, form_key: str, answers: Mapping[str, Any]) -> None:
    """Refuse a visit as a way of reaching the person until somebody has said what makes visiting safe."""
    asked = _visit(form_key, answers)
    if asked and cases.newest_document(work.session, case.id, RISK) is None:
        raise AnswersRefused(
            {asked: "Complete the risk assessment before a home visit: it says what makes visiting safe"}
        )


def against_the_visit_rule(work: Work, case: Case | None, form_key: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return what is unusual about a visit to a home that nobody is to visit, by its question."""
    asked = _visit(form_key, answers)
    paper = cases.newest_document(work.session, case.id, RISK) if case and asked else None
    return {asked: NOT_AT_HOME} if paper and paper.answers.get("visit_rule") == "no_home_visits" else {}


def _visit(form_key: str, answers: Mapping[str, Any]) -> str:
    """Return the question that was answered with a visit to where the person lives; empty without one.

    Who visits another professional goes to nobody's home.
    """
    if form_key == FIRST_CONTACT and answers.get("route") == "home_visit":
        return "route"
    if answers.get("type") != "visit":
        return ""
    to_the_home = form_key == STEP_DOWN or (form_key == CONTACT and AT_HOME & set(answers.get("with", ())))
    return "type" if to_the_home else ""
