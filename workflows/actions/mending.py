"""Whoever runs the service sees to what failed: tries it again, one or many, or settles what nobody can try again."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from workflows.actions.incident_notices import ask_doer
from workflows.actions.operators import may_know
from workflows.actions.wakeups import note_broken, note_failure, try_step_again, wake_process
from workflows.casework.access import CLOCK, may
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused, CaseworkError, NotAllowed, NotFound, RuleBroken
from workflows.casework.incident import ACT, OUTSIDE, STEP, WAKE, Incident
from workflows.casework.outside import OutsideTask
from workflows.desk import Desk, Work
from workflows.storage import cases, runs
from workflows.storage.incidents import run_by

MOST_AT_ONCE = 50  # tried while somebody waits for the page; more is left to the worker
NOT_TO_TRY = "Nobody can try this again but whoever did it: its page asks them to do it once more."
GIVEN_BACK = "It is there for the other system to fetch, with all its tries. This closes when it has done it."
WAITS_THERE = "It was there for the other system to try already."
GONE = "There is no such incident."
BROKE_OFF = "Trying it broke off, and nothing of it was kept. The log says more."
KEPT = "It is kept from you, or there is no such incident: somebody else has to try it again."
log = logging.getLogger("roundtable.incidents")


@dataclass(frozen=True)
class Tried:
    """What came of one incident that was tried again. `over`: it has happened now; `waits`: another system tries it."""

    id: UUID
    step: str
    case_number: str
    over: bool
    said: str
    waits: bool = False


@dataclass(frozen=True)
class Alike:
    """Which incidents belong together: those of one step of one process."""

    process: str
    step_key: str


def must_mend(desk: Desk) -> None:
    """Refuse whoever does not run the service."""
    if not may(desk.actor, "operations.mend"):
        raise NotAllowed("Only system administrators and service managers see to what failed.")


def try_again(desk: Desk, ids: Iterable[UUID]) -> tuple[Tried, ...]:
    """Try these again now, each by itself and in the name of the clock; tells of each what came of it.

    Whatever goes wrong with one, the others are tried.
    """
    must_mend(desk)
    return tuple(_tried(desk, incident_id) for incident_id in list(dict.fromkeys(ids))[:MOST_AT_ONCE])


def try_all_again(desk: Desk, alike: Alike) -> int:
    """Let the worker, or other systems, try all that stand at one step again; returns how many those are."""
    must_mend(desk)
    with desk.work() as work:
        standing = and_(
            Incident.closed_at.is_(None), Incident.process == alike.process, Incident.step_key == alike.step_key,
            run_by(desk.actor, "operations.mend"),
        )  # fmt: skip
        many = _due_at_once(work, standing) + _all_given_back(work, standing)
        work.commit()
        return many


def _due_at_once(work: Work, standing: ColumnElement[bool]) -> int:
    chosen = select(Incident).where(standing, Incident.kind == STEP)
    found = work.session.scalars(chosen.order_by(Incident.id).with_for_update()).all()
    for one in found:
        one.next_at = work.now
        one.happened("automatic step to be tried again", step=one.step_name, process=one.process)
    return len(found)


def _all_given_back(work: Work, standing: ColumnElement[bool]) -> int:
    given_up = and_(
        OutsideTask.run_id == Incident.run_id, OutsideTask.step_id == Incident.step_id, OutsideTask.status == "failed"
    )
    both = select(OutsideTask, Incident).join(Incident, given_up).where(standing, Incident.kind == OUTSIDE)
    found = work.session.execute(both.order_by(OutsideTask.id).with_for_update()).all()
    for job, one in found:
        _give_back(work, job, one)
    return len(found)


def _give_back(work: Work, job: OutsideTask, one: Incident) -> None:
    job.try_again(work.now)
    one.give_back(work.now)


def settle(desk: Desk, incident_id: UUID, why: str) -> None:
    """Close what nobody can try again, saying what was done about it."""
    must_mend(desk)
    if not why.strip():
        raise AnswersRefused({"why": "Say what was done about it"})
    with desk.work() as work:
        found = _held(work, incident_id)
        if found.kind != ACT:
            raise RuleBroken("This closes by itself as soon as it has happened.")
        if found.open:
            found.close(False, work.now)
            found.happened("incident settled", process=found.process, why=why.strip())
            work.commit()


def ask_to_repeat(desk: Desk, incident_id: UUID) -> None:
    """Ask whoever did what was refused to do it once more: nobody else knows what they had written."""
    must_mend(desk)
    with desk.work() as work:
        found = _held(work, incident_id)
        if found.kind != ACT:
            raise RuleBroken("This is tried again without anybody’s help.")
        if not found.open:
            raise RuleBroken("This is over already.")
        if ask_doer(work, work.session.get(Case, found.case_id) if found.case_id else None, found) is None:
            raise RuleBroken("Nobody can be asked by email: it is not known who did it, or they have no account now.")
        found.happened("asked to do it again", process=found.process)
        work.commit()


def _tried(desk: Desk, incident_id: UUID) -> Tried:
    try:
        return _one(desk, incident_id)
    except NotFound:
        return Tried(incident_id, "", "", False, KEPT)
    except CaseworkError as refusal:
        return Tried(incident_id, "", "", False, str(refusal))
    except Exception:
        log.exception("incident not tried again", extra={"action": "incident_not_tried"})
        return Tried(incident_id, "", "", False, BROKE_OFF)


def _one(desk: Desk, incident_id: UUID) -> Tried:
    with desk.work() as work:
        found = _held(work, incident_id)
        number = _number(work, found)
        if not found.open:
            return Tried(found.id, found.step_name, number, True, "It had happened already.")
        if found.kind == ACT or found.run_id is None:
            return Tried(found.id, found.step_name, number, False, NOT_TO_TRY)
        if found.kind == OUTSIDE:
            return _given_back(work, found, found.run_id, number)
        found.happened("automatic step tried again by hand", step=found.step_name, process=found.process)
        work.commit()
        run_id, kind, name = found.run_id, found.kind, found.step_name
    try:
        over = _wake(desk, run_id) if kind == WAKE else _try_step(desk, incident_id)
    except CaseworkError as refusal:
        return Tried(incident_id, name, number, False, str(refusal))
    return Tried(incident_id, name, number, over, "It has happened now." if over else _why(desk, incident_id))


def _given_back(work: Work, found: Incident, run_id: UUID, number: str) -> Tried:
    if not found.needs_somebody:
        return Tried(found.id, found.step_name, number, False, WAITS_THERE, waits=True)
    runs.held(work.session, run_id)
    _give_back(work, runs.held_job(work.session, run_id, found.step_id), found)
    work.commit()
    return Tried(found.id, found.step_name, number, False, GIVEN_BACK, waits=True)


def _wake(desk: Desk, run_id: UUID) -> bool:
    clock = desk.for_actor(CLOCK)
    try:
        wake_process(clock, run_id)
    except Exception as failure:  # whatever it is, it is written down for whoever mends it
        note_failure(clock, run_id, failure)
        return False
    return True


def _try_step(desk: Desk, incident_id: UUID) -> bool:
    clock = desk.for_actor(CLOCK)
    try:
        return try_step_again(clock, incident_id)
    except CaseworkError:
        raise  # refused in words, which whoever tries it reads
    except Exception as failure:
        log.exception("incident not tried again", extra={"action": "incident_not_tried"})
        note_broken(clock, incident_id, failure)
        return False


def _why(desk: Desk, incident_id: UUID) -> str:
    with desk.looking() as session:
        return f"It failed again. {session.get_one(Incident, incident_id).why}"


def _held(work: Work, incident_id: UUID) -> Incident:
    found = work.session.get(Incident, incident_id)
    if found is None:
        raise NotFound(GONE)
    if found.case_id is not None and not may_know(work, cases.held(work.session, found.case_id), "operations.mend"):
        raise NotFound(GONE)
    work.session.refresh(found)
    return found


def _number(work: Work, found: Incident) -> str:
    return work.session.get_one(Case, found.case_id).number if found.case_id else ""
