"""A discharge that the rules advise against: whoever decides on it, or agrees to it, is asked whether that is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, DecisionRecord
from workflows.desk import Work
from workflows.duties.decisions import advice_now
from workflows.duties.register import Asking
from workflows.storage import alleged

READINESS, NOT_READY = "discharge_readiness", "not_ready"
# By form: the question that lets the person go, and the answer that does.
LETS_GO = {"F21": ("decision", "discharge"), "F25": ("chair_decision", "agree")}


def against_the_advice(work: Work, case: Case | None, form_key: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return what is unusual about letting somebody go whom the rules, asked again now, do not call ready.

    Whoever is named in a safeguarding concern is told nothing: it may be the reason.
    """
    question, goes = LETS_GO.get(form_key, ("", ""))
    if case is None or not question or answers.get(question) != goes:
        return {}
    why = _why_not(work, case)
    if not why or alleged.named_in(work.session, case.id, work.actor.id):
        return {}
    return {question: f"The advice is: not ready for discharge. {why}"}


def _why_not(work: Work, case: Case) -> str:
    """Why the person is not ready as things stand now; empty where they are, or where the table was never asked."""
    asked = select(DecisionRecord).where(DecisionRecord.case_id == case.id, DecisionRecord.table == READINESS)
    last = work.session.scalar(asked.order_by(DecisionRecord.id.desc()).limit(1))
    if last is None:
        return ""
    run = work.session.get_one(CaseRun, last.run_id)
    outcome, explain = advice_now(Asking(work, case, run, last.inputs), READINESS)
    return explain if outcome == NOT_READY else ""
