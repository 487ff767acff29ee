"""What failed and stands still, as a queue for whoever runs the service. Never whom it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from workflows.casework.access import may, may_in, may_see_case
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.errors import NotAllowed, NotFound
from workflows.casework.incident import OUTSIDE, STEP, TRIES_ALONE, Incident
from workflows.casework.masking import kinds_only
from workflows.desk import Desk
from workflows.storage import alleged, cases
from workflows.storage.incidents import cases_run_by, run_by

MOST_SHOWN = 50
MOST_GROUPS = 20
SEE = "operations.see"
FOR_SOMEBODY, TRIED, CLOSED = "person", "tried", "closed"


@dataclass(frozen=True)
class IncidentRow:
    """One incident. `number`: of its case; empty where whoever looks may not know which case it is.

    So is `why` there, when it is what another system said: nobody knows what that may tell.
    """

    id: UUID
    kind: str
    number: str
    case_id: UUID | None
    run_id: UUID | None
    process: str
    step_key: str
    step: str
    step_kind: str
    asks: str
    why: str
    fault: str
    tries: int
    began_at: datetime
    last_at: datetime
    next_at: datetime | None
    closed_at: datetime | None
    closed_how: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """The open incidents of one step. `waiting`: the worker takes them at its next round."""

    process: str
    step_key: str
    step: str
    many: int
    waiting: int
    since: datetime


@dataclass(frozen=True)
class Queue:
    """A page of incidents, and how many there are in all."""

    show: str
    rows: Sequence[IncidentRow]
    counts: Mapping[str, int]
    groups: Sequence[Group]
    in_all: int  # of those shown
    groups_in_all: int


@dataclass(frozen=True)
class Progress:
    """How far the worker is with those of one step that were to be tried again at `since`.

    `rows`: what failed again, of which the first are named.
    """

    step: str
    since: datetime
    over: int
    failed: int
    waiting: int
    rows: Sequence[IncidentRow]

    @property
    def all(self) -> int:
        """How many there were."""
        return self.over + self.failed + self.waiting


def must_see_operations(desk: Desk) -> None:
    """Refuse whoever does not run the service."""
    if not may(desk.actor, SEE):
        raise NotAllowed("Operations are for system administrators and service managers.")


def queue(desk: Desk, show: str = FOR_SOMEBODY) -> Queue:
    """Return the incidents that wait for somebody, those still tried by themselves, or the newest closed ones."""
    must_see_operations(desk)
    shown = show if show in WHICH else FOR_SOMEBODY
    with desk.looking() as session:
        theirs = run_by(desk.actor, SEE)
        order = Incident.closed_at.desc() if shown == CLOSED else Incident.began_at
        rows = _rows(session, desk, WHICH[shown] & theirs, order)
        counts = {name: count(session, name, theirs) for name in (FOR_SOMEBODY, TRIED)}
        groups = _groups(session, desk.clock.now(), theirs)
        in_all = counts[shown] if shown in counts else count(session, shown, theirs)
        return Queue(shown, rows, counts, groups[:MOST_GROUPS], in_all, len(groups))


def incident(desk: Desk, incident_id: UUID) -> IncidentRow:
    """Return one incident."""
    must_see_operations(desk)
    with desk.looking() as session:
        found = session.get(Incident, incident_id)
        if found is None:
            raise NotFound("There is no such incident.")
        case = session.get(Case, found.case_id) if found.case_id else None
        if case is not None and not may_in(desk.actor, SEE, case.programme_id):
            raise NotFound("There is no such incident.")
        row = _row(found, case.number if case else "", hidden_from(session, desk, (found.case_id,)))
        seen = case is not None and sees_record(session, desk, case)
        return row if seen else replace(row, inputs=kinds_only(row.inputs))


def progress(desk: Desk, process: str, step_key: str, since: datetime) -> Progress:
    """Return how far the worker is with a step that was to be tried again wherever it stands."""
    must_see_operations(desk)
    with desk.looking() as session:
        step = (Incident.process == process, Incident.step_key == step_key, _AT_A_STEP)
        of_it = (*step, run_by(desk.actor, SEE))
        still = (*of_it, Incident.closed_at.is_(None), Incident.began_at <= since)
        failed = (*still, Incident.last_at >= since, _not_due(desk.clock.now()))
        name = session.scalar(select(Incident.step_name).where(*of_it).limit(1))
        if name is None:
            raise NotFound("There is no such incident.")
        return Progress(
            name,
            since,
            over=_count(session, *of_it, Incident.closed_at >= since, Incident.began_at <= since),
            failed=_count(session, *failed),
            waiting=_count(session, *still, Incident.next_at <= desk.clock.now()),
            rows=_rows(session, desk, and_(*failed), Incident.began_at),
        )


def open_count(desk: Desk) -> int:
    """Return how many incidents wait for somebody."""
    with desk.looking() as session:
        return count(session, FOR_SOMEBODY, run_by(desk.actor, SEE))


def count(session: Session, which: str, *also: ColumnElement[bool]) -> int:
    """Return how many incidents there are that wait for somebody, are still tried, or are closed."""
    return _count(session, WHICH[which], *also)


def sees_record(session: Session, desk: Desk, case: Case) -> bool:
    """Say whether whoever looks may see the record of the case as well; a system administrator sees none."""
    return may_see_case(desk.actor, case.programme_id, case.team_id, cases.circle_of(session, case))


def hidden_from(session: Session, desk: Desk, among: Iterable[UUID | None]) -> frozenset[UUID]:
    """Return which of these cases whoever looks may not know: that something happens in them is not theirs to learn.

    Those of other programmes, those whose person left them out, and those of which a safeguarding concern names them.
    """
    asked = {case_id for case_id in among if case_id is not None}
    if not asked:
        return frozenset()
    left_out = select(Exclusion.case_id).where(Exclusion.staff_id == desk.actor.id, Exclusion.ended_at.is_(None))
    unseen = [~cases_run_by(desk.actor, SEE), Case.id.in_(left_out)]
    if desk.actor.id is not None:
        unseen.append(alleged.names(desk.actor.id))
    return frozenset(session.scalars(select(Case.id).where(Case.id.in_(sorted(asked)), or_(*unseen))))


STANDING: ColumnElement[bool] = Incident.closed_at.is_(None)
_AT_A_STEP = Incident.kind.in_((STEP, OUTSIDE))
# As `Incident.needs_somebody` says of one.
_LONG = or_(Incident.next_at.is_(None), and_(Incident.kind != OUTSIDE, Incident.tries >= TRIES_ALONE))
WHICH: Mapping[str, ColumnElement[bool]] = {
    FOR_SOMEBODY: STANDING & _LONG,
    TRIED: STANDING & ~_LONG,
    CLOSED: Incident.closed_at.is_not(None),
}


def _rows(session: Session, desk: Desk, which: ColumnElement[bool], order: Any) -> list[IncidentRow]:
    chosen = select(Incident, Case.number).outerjoin(Case, Case.id == Incident.case_id).where(which)
    found = session.execute(chosen.order_by(order, Incident.id).limit(MOST_SHOWN)).all()
    hidden = hidden_from(session, desk, (one.case_id for one, _ in found))
    return [_row(one, number, hidden) for one, number in found]


def _not_due(now: datetime) -> ColumnElement[bool]:
    return or_(Incident.next_at.is_(None), Incident.next_at > now)


def _groups(session: Session, now: datetime, theirs: ColumnElement[bool]) -> list[Group]:
    """Return the steps at which several processes stand, the most first."""
    key = (Incident.process, Incident.step_key, Incident.step_name)
    due = func.count().filter(Incident.next_at <= now)
    query = select(*key, func.count(), due, func.min(Incident.began_at)).where(STANDING, _AT_A_STEP, theirs)
    found = session.execute(query.group_by(*key).having(func.count() > 1).order_by(func.count().desc()))
    return [Group(*row) for row in found]


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Incident).where(*conditions)) or 0


def _row(one: Incident, number: str | None, hidden: frozenset[UUID]) -> IncidentRow:
    unseen = one.case_id in hidden
    return IncidentRow(
        id=one.id,
        kind=one.kind,
        number="" if unseen else number or "",
        case_id=None if unseen else one.case_id,
        run_id=None if unseen else one.run_id,
        process=one.process,
        step_key=one.step_key,
        step=one.step_name,
        step_kind=one.step_kind,
        asks=one.asks,
        why="" if unseen and one.kind == OUTSIDE else one.why,
        fault=one.fault,
        tries=one.tries,
        began_at=one.began_at,
        last_at=one.last_at,
        next_at=one.next_at,
        closed_at=one.closed_at,
        closed_how=one.closed_how,
        inputs={} if unseen else one.inputs,
    )
