"""The rules advise on a referral and people decide: who decides otherwise says so, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from workflows.casework.diagram import DecisionRecord
from workflows.casework.errors import AnswersRefused
from workflows.desk import Work

TRIAGE = "F03"
TAKEN_ON = frozenset({"accept", "urgent"})
IN_WORDS = {"not_suitable": "not suitable", "suitable": "suitable", "strongly_suitable": "strongly suitable"}


def must_own_up(work: Work, run_id: UUID, form_key: str, answers: Mapping[str, Any]) -> None:
    """Refuse a triage that departs from what the tables advised in this process, and says that it does not.

    The reason is asked by the form as soon as the answer is yes.
    """
    if form_key != TRIAGE or answers.get("changed_advice") == "yes":
        return
    departs = list(_departures(_advice(work, run_id), answers))
    if departs:
        raise AnswersRefused({"changed_advice": f"The rules advise: {', '.join(departs)}. Select yes, and say why"})


def _departures(advice: Mapping[str, str], answers: Mapping[str, Any]) -> Iterator[str]:
    """Return the advice that was not followed, in words. Asking for more, or another team, says nothing against it."""
    priority, suitable = advice.get("priority", ""), advice.get("suitability_verdict", "")
    if priority and answers.get("priority") != priority:
        yield f"priority {priority}"
    verdict = answers.get("verdict")
    if (verdict in TAKEN_ON and suitable == "not_suitable") or (
        verdict == "signpost" and suitable in {"suitable", "strongly_suitable"}
    ):
        yield IN_WORDS[suitable]


def _advice(work: Work, run_id: UUID) -> dict[str, str]:
    """Return the newest word of each table in a process; what it never asked, nobody advised."""
    said = select(DecisionRecord.table, DecisionRecord.outputs).where(DecisionRecord.run_id == run_id)
    found = work.session.execute(said.order_by(DecisionRecord.id)).all()
    return {table: str(outputs.get(table, "")) for table, outputs in found}
