"""What the decision tables said that bears on a task, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.care import OwnLevel
from workflows.casework.diagram import DecisionRecord
from workflows.casework.task import Task
from workflows.duties.consenting import scope_decided
from workflows.duties.own_level import own_level
from workflows.questions.sight import Opened

CONSENT, RISK = "consent_basis", "risk_level"
MOST_REASONS = 3


@dataclass(frozen=True)
class Reason:
    """What a decision table said and why."""

    table: str
    outcome: object
    explain: str
    at: datetime
    instead: OwnLevel | None = None  # the level that a clinician gave instead, while it counts


def reasons_for(session: Session, task: Task, found: Opened) -> tuple[Reason, ...]:
    """Return the newest word of each decision table in the task's own process; of consent, that of the case."""
    own = select(DecisionRecord).where(DecisionRecord.run_id == task.run_id)
    newest: dict[str, DecisionRecord] = {}
    for record in session.scalars(own.order_by(DecisionRecord.id.desc())):
        if not found.sight.kept_from_reader(record.inputs):
            newest.setdefault(record.table, record)
    if newest.pop(CONSENT, None) is not None:  # it is changed by a process beside the task's own
        newest |= {record.table: record for record in _consent(session, found)}
    # What is still missing comes first: who triages something urgent without it has to know.
    latest_first = sorted(newest.values(), key=lambda each: each.id, reverse=True)
    told = sorted(latest_first, key=lambda each: each.outputs.get(each.table) != "needs_info")
    return tuple(
        Reason(
            each.table,
            each.outputs.get(each.table),
            each.explain,
            each.at,
            given_instead(session, found, each.table, each.outputs.get(each.table)),
        )
        for each in told[:MOST_REASONS]
    )


def given_instead(session: Session, found: Opened, table: str, outcome: object) -> OwnLevel | None:
    """Return the level of risk that a clinician gave instead of what the table said, where it is that of the case."""
    if table != RISK or outcome == found.case.risk_level:
        return None
    given = own_level(session, found.case.id)
    return given if given and given.level == found.case.risk_level else None


def _consent(session: Session, found: Opened) -> tuple[DecisionRecord, ...]:
    """Return the decision that holds; none where sharing was cut short since, as by a message, and nobody asked yet."""
    every = select(DecisionRecord).where(DecisionRecord.case_id == found.case.id, DecisionRecord.table == CONSENT)
    last = session.scalars(every.order_by(DecisionRecord.id.desc()).limit(1)).one()
    holds = scope_decided(last.outputs) == found.case.sharing_scope
    return (last,) if holds and not found.sight.kept_from_reader(last.inputs) else ()
