"""How much each colleague already carries, where a care coordinator is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import Choice, Lookups
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.duties.papers import number

ALLOCATION = "F09"
NAMES_COORDINATOR = frozenset({ALLOCATION, "F16"})  # the forms in which a care coordinator is chosen
USUAL_WEIGHT = 1


@dataclass
class Load:
    """Open cases somebody coordinates, and the weight of all of them together."""

    cases: int = 0
    weight: int = 0

    def __str__(self) -> str:
        return f"{self.cases} case{'' if self.cases == 1 else 's'}, weight {self.weight}"


def loads(session: Session, staff_ids: Sequence[UUID]) -> dict[UUID, Load]:
    """Return the load of each colleague; a case nobody weighed counts 1."""
    found = {staff_id: Load() for staff_id in staff_ids}
    coordinated = session.execute(
        select(Case.id, Case.coordinator_id).where(Case.coordinator_id.in_(staff_ids), Case.closed_at.is_(None))
    ).all()
    weights = _weights(session, [row[0] for row in coordinated])
    for case_id, staff_id in coordinated:
        if staff_id is not None:
            found[staff_id].cases += 1
            found[staff_id].weight += weights.get(case_id, USUAL_WEIGHT)
    return found


def with_loads(session: Session, lookups: Lookups) -> Lookups:
    """Return the choices of a form with each colleague's load beside the name."""
    colleagues = lookups.get("care_coordinator", ())
    carried = loads(session, [UUID(choice.value) for choice in colleagues])
    shown = [Choice(each.value, f"{each.label} ({carried[UUID(each.value)]})") for each in colleagues]
    return {**lookups, "care_coordinator": shown}


def _weights(session: Session, case_ids: Sequence[UUID]) -> dict[UUID, int]:
    papers = session.execute(
        select(Document.case_id, Document.answers)
        .where(Document.case_id.in_(case_ids), Document.form_key == ALLOCATION)
        .order_by(Document.completed_at)
    )
    return {case_id: int(number(said["weight"])) for case_id, said in papers if number(said.get("weight")) > 0}
