"""By when somebody looks at a referral, and answers one that tells of danger.

The receipt says it to the referrer, and the task that reads it has it from here too: one promise, kept as it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workflows.casework.programme import Programme
from workflows.desk import Desk
from workflows.duties.facts import URGENCY
from workflows.storage import runs
from workflows.working_time import Duration

STANDARD, EMERGENCY = "standard", "emergency"


@dataclass(frozen=True)
class Promised:
    """When somebody has looked at a referral, and answered one that tells of danger (none: it does not)."""

    triage_by: datetime
    answer_by: datetime | None


def pressing(desk: Desk, session: Session, programme: Programme, answers: Mapping[str, Any]) -> str:
    """Return how soon the rules ask somebody to act on what a referral says."""
    signs = {sign: answers.get(sign) is True for sign in URGENCY}
    if not any(signs.values()):
        return STANDARD
    table, _ = desk.tables.table(session, runs.current_release(session).id, "priority")
    facts = {**programme.limits(desk.today), **signs, "risk_level": "unknown", "source": "referral"}
    return str(table.decide(facts).outputs["priority"])


def promised_by(desk: Desk, programme: Programme, priority: str, at: datetime) -> Promised:
    """Return what the programme promises for this priority, counted from `at`."""
    triage = programme.setting(f"due.triage.{priority}", desk.today)
    answer = programme.setting("due.acknowledge_urgent", desk.today)
    due = programme.calendar.due
    answer_by = due(at, Duration.parse(answer)) if priority == EMERGENCY else None
    return Promised(due(at, Duration.parse(triage)), answer_by)
