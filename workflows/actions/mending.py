"""Whoever runs the service sees to what failed: tries it again, one or many, or settles what nobody can try again."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from workflows.actions.incident_notices import ask_doer
from workflows.actions.operators import may_know
from workflows.actions.wakeups import note_broken, note_failure, try_step_again, wake_process
from workflows.casework.access import CLOCK, may
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused, CaseworkError, NotAllowed, NotFound, RuleBroken
from workflows.casework.incident import ACT, STEP, WAKE, Incident
from workflows.desk import Desk, Work
from workflows.storage import cases
from workflows.storage.incidents import run_by

MOST_AT_ONCE = 50  # tried while somebody waits for the page; more is left to the worker
NOT_TO_TRY = "Nobody can try this again but whoever did it: its page asks them to do it once more."
GONE = "There is no such incident."
BROKE_OFF = "Trying it broke off, and nothing of it was kept. The log says more."
KEPT = "It is kept from you, or there is no such incident: somebody else has to try it again."
log = logging.getLogger("roundtable.incidents")


@dataclass(frozen=True)
class Tried:
    """What came of one incident that was tried again. `over`: it has happened now."""

    id: UUID
    step: str
    case_number: str
    over: bool
    said: str


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
    """Let the worker try all that stand at one step again at its next rounds; returns how many those are."""
    must_mend(desk)
    with desk.work() as work:
        chosen = select(Incident).where(
            Incident.closed_at.is_(None), Incident.kind == STEP,
            Incident.process == alike.process, Incident.step_key == alike.step_key,
            run_by(desk.actor, "operations.mend"),
        )  # fmt: skip
        found = work.session.scalars(chosen.order_by(Incident.id).with_for_update()).all()
        for one in found:
            one.next_at = work.now
            one.happened("automatic step to be tried again", step=one.step_name, process=one.process)
        work.commit()
        return len(found)


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
        found.happened("automatic step tried again by hand", step=found.step_name, process=found.process)
        work.commit()
        run_id, kind, name = found.run_id, found.kind, found.step_name
    try:
        over = _wake(desk, run_id) if kind == WAKE else _try_step(desk, incident_id)
    except CaseworkError as refusal:
        return Tried(incident_id, name, number, False, str(refusal))
    return Tried(incident_id, name, number, over, "It has happened now." if over else _why(desk, incident_id))


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
