"""How much each colleague carries already: where a care coordinator is chosen, and beside the caseload."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Subquery, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from forms import Choice, Lookups
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.programme import Programme
from workflows.casework.staff import StaffMember

ALLOCATION = "F09"
NAMES_COORDINATOR = frozenset({ALLOCATION, "F16"})  # the forms that name a care coordinator
COLLEAGUES = "care_coordinator"  # the choices for the care coordinator in those forms
USUAL_WEIGHT = 1


@dataclass(frozen=True)
class Limits:
    """From where on a programme warns: cases of one care coordinator, and their weights together."""

    cases: int
    weight: int

    @classmethod
    def of(cls, programme: Programme, today: date) -> Limits:
        """The limits of a programme on a day."""
        return cls(programme.number("caseload_limit", today), programme.number("caseload_weight_limit", today))

    def lower(self, other: Limits) -> Limits:
        """The limits of somebody who works in both programmes."""
        return Limits(min(self.cases, other.cases), min(self.weight, other.weight))


@dataclass(frozen=True)
class Load:
    """Open cases somebody coordinates, and the weight of all of them together."""

    cases: int = 0
    weight: int = 0

    def __str__(self) -> str:
        return f"{_counted(self.cases)}, weight {self.weight}"

    def with_one_more(self) -> Load:
        """The load with a case that nobody has weighed yet."""
        return Load(self.cases + 1, self.weight + USUAL_WEIGHT)

    def above(self, limits: Limits) -> str:
        """Say which limit it is above; empty when none."""
        if self.cases > limits.cases:
            return f"above the limit of {_counted(limits.cases)}"
        return f"above the limit of {limits.weight} in weight" if self.weight > limits.weight else ""


@dataclass(frozen=True)
class Carrying:
    """A care coordinator with what they carry, and the limit they are above, if any."""

    staff_id: UUID
    name: str
    load: Load
    above: str


def loads(session: Session, staff_ids: Collection[UUID]) -> dict[UUID, Load]:
    """Return the load of each colleague; a case nobody weighed counts 1."""
    theirs = and_(Case.coordinator_id.in_(staff_ids), Case.closed_at.is_(None))
    weighed = _weights(theirs)
    query = (
        select(Case.coordinator_id, func.count(Case.id), func.sum(func.coalesce(weighed.c.weight, USUAL_WEIGHT)))
        .outerjoin(weighed, and_(weighed.c.case_id == Case.id, weighed.c.place == 1))
        .where(theirs)
        .group_by(Case.coordinator_id)
    )
    found = {staff_id: Load(number, int(weight)) for staff_id, number, weight in session.execute(query)}
    return {staff_id: found.get(staff_id, Load()) for staff_id in staff_ids}


def with_loads(session: Session, lookups: Lookups, case: Case, today: date) -> Lookups:
    """Return the choices of a form with each colleague's load beside the name, and a warning above the limit."""
    limits, colleagues = Limits.of(case.programme, today), lookups.get(COLLEAGUES, ())
    carried = loads(session, [UUID(choice.value) for choice in colleagues])
    shown = [_weighed(choice, carried[UUID(choice.value)], case, limits) for choice in colleagues]
    return {**lookups, COLLEAGUES: shown}


def carried_by_each(session: Session, wanted: Sequence[ColumnElement[bool]], today: date) -> tuple[Carrying, ...]:
    """Return the care coordinators of these cases with all they carry, the one with the greatest weight first."""
    asked = select(StaffMember.id, StaffMember.name, Case.programme_id)
    asked = asked.join(Case, Case.coordinator_id == StaffMember.id).where(*wanted)
    rows = session.execute(asked.distinct()).all()
    here = {found.id: Limits.of(found, today) for found in _programmes(session, {row.programme_id for row in rows})}
    limits: dict[UUID, Limits] = {}
    for staff_id, _name, programme_id in rows:
        limits[staff_id] = here[programme_id].lower(limits.get(staff_id, here[programme_id]))
    carried = loads(session, list(limits))
    names = {staff_id: name for staff_id, name, _programme_id in rows}
    found = [Carrying(one, names[one], carried[one], carried[one].above(limits[one])) for one in limits]
    return tuple(sorted(found, key=lambda one: (-one.load.weight, one.name)))


def _programmes(session: Session, ids: Collection[UUID]) -> Sequence[Programme]:
    return session.scalars(select(Programme).where(Programme.id.in_(ids))).all()


def _weighed(choice: Choice, load: Load, case: Case, limits: Limits) -> Choice:
    theirs = str(case.coordinator_id) == choice.value
    above = load.above(limits) if theirs else load.with_one_more().above(limits)
    warning = f"; ▲ {'' if theirs else 'with this case '}{above}" if above else ""
    return Choice(choice.value, f"{choice.label} ({load}{warning})")


def _weights(theirs: ColumnElement[bool]) -> Subquery:
    """The weight last given to each of these cases, at the place 1."""
    standing, corrected = _allocations(theirs), aliased(Document)
    weight: ColumnElement[Any] = Document.answers["weight"].as_integer()
    newest_first = (standing.c.filed_at.desc(), standing.c.first_id.desc())
    place = func.row_number().over(partition_by=Document.case_id, order_by=newest_first)
    return (
        select(Document.case_id, weight.label("weight"), place.label("place"))
        .join(standing, standing.c.id == Document.id)
        .where(weight > 0, ~exists().where(corrected.amends_id == Document.id, corrected.case_id == Document.case_id))
        .subquery()
    )


def _allocations(theirs: ColumnElement[bool]) -> CTE:
    """The allocations of these cases, each with when the one was filed that it corrects in the end.

    So a correction stands in the place of what it corrects; `casework.document.as_corrected` says the same of a list.
    """
    first = (Document.completed_at.label("filed_at"), Document.id.label("first_id"))
    own = (Document.form_key == ALLOCATION, Document.amends_id.is_(None), theirs)
    chain = select(Document.id, Document.case_id, *first).join(Case, Case.id == Document.case_id).where(*own)
    found, later = chain.cte("allocations", recursive=True), aliased(Document)
    after = select(later.id, later.case_id, found.c.filed_at, found.c.first_id)
    # The case is named too: its documents are few and found by an index.
    return found.union_all(after.where(later.amends_id == found.c.id, later.case_id == found.c.case_id))


def _counted(cases: int) -> str:
    return f"{cases} case{'' if cases == 1 else 's'}"
