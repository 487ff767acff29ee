"""Waking a case whose timers are due. The worker asks; each case is its own transaction."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from workflows.actions.faults import told_of
from workflows.actions.incidents import leaving_out_what_fails, note_wake
from workflows.actions.journey import follow_up, go_on, looked_at
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import NotFound
from workflows.casework.incident import STEP, Incident
from workflows.desk import Desk, Work
from workflows.storage import runs

RUNS_A_ROUND = 500


def due_processes(desk: Desk, limit: int = RUNS_A_ROUND) -> list[UUID]:
    """Return at most so many processes with something due now; no other case is looked at."""
    with desk.looking() as session:
        return runs.due_runs(session, desk.clock.now(), limit)


def wake_process(desk: Desk, run_id: UUID) -> int:
    """Let every due timer of one process fire, and write down where it got to. Twice is once. Returns timers fired.

    At a step that fails the process stands, and an incident tells of it; what can be done beside it is done.
    """
    return _wake(desk.left_to_itself(), run_id)


@leaving_out_what_fails
def _wake(desk: Desk, run_id: UUID) -> int:
    with desk.work() as work:
        case, run = runs.held_with_case(work.session, run_id)
        if not _is_due(work, run):
            return 0
        fired: int = go_on(work, case, run, lambda resumed: resumed.wake())
        follow_up(work)
        work.commit()
        return fired


def _is_due(work: Work, run: CaseRun) -> bool:
    return run.status == "running" and run.next_due_at is not None and run.next_due_at <= work.now


def due_incidents(desk: Desk, limit: int = RUNS_A_ROUND) -> list[UUID]:
    """Return the incidents at which a process stands and whose next try has come, the longest waiting first."""
    with desk.looking() as session:
        query = select(Incident.id).where(Incident.kind == STEP, Incident.next_at <= desk.clock.now())
        return list(session.scalars(query.order_by(Incident.next_at).limit(limit)))


def try_again_by_itself(desk: Desk, incident_id: UUID) -> bool:
    """Try what failed again if its time has come; whether it is over now. Twice is once."""
    return _try_step(desk.left_to_itself(), incident_id, when_due=True)


def try_step_again(desk: Desk, incident_id: UUID) -> bool:
    """Try again now the step at which a process stands; whether it is over. What fails once more is noted."""
    return _try_step(desk.left_to_itself(), incident_id, when_due=False)


@leaving_out_what_fails
def _try_step(desk: Desk, incident_id: UUID, when_due: bool) -> bool:
    with desk.work() as work:
        found = work.session.get(Incident, incident_id)
        if found is None or found.run_id is None or found.kind != STEP:
            raise NotFound("There is no such incident.")
        case, run = runs.held_with_case(work.session, found.run_id)
        work.session.refresh(found)  # as whoever held the process before has left it
        if not found.open:
            return True
        if when_due and (found.next_at is None or found.next_at > work.now):
            return False
        if not _stands_there(work, case, run, found):
            found.close(False, work.now)
            work.commit()
            return True
        go_on(work, case, run, lambda resumed: resumed.try_again(found.step_id))
        follow_up(work)
        work.commit()
        return not found.open


def _stands_there(work: Work, case: Case, run: CaseRun, incident: Incident) -> bool:
    if run.status != "running":
        return False
    return any(step.id == incident.step_id for step in looked_at(work, case, run).outcome().held)


def note_broken(desk: Desk, incident_id: UUID, failure: Exception) -> None:
    """Note that what failed could not even be tried again, and when the next try is."""
    with desk.work() as work:
        found = work.session.get_one(Incident, incident_id)
        if found.run_id is None:
            return
        case, run = runs.held_with_case(work.session, found.run_id)
        work.session.refresh(found)  # it may have been done by whoever held the process meanwhile
        if not found.open:
            return
        found.failed(told_of(case, run, failure), work.now)
        work.commit()


def note_failure(desk: Desk, run_id: UUID, failure: Exception) -> None:
    """Note that waking a process failed, so that somebody sees it, and when to try again; it stays as it was.

    One that is due no more has been woken: what failed came after it was kept, or somebody else was quicker.
    """
    with desk.work() as work:
        case, run = runs.held_with_case(work.session, run_id)
        if not _is_due(work, run):
            return
        incident = note_wake(work, run, told_of(case, run, failure))
        run.failures, run.failed_why, run.retry_at = incident.tries, incident.why, incident.next_at
        run.happened("waking failed", process=run.process, times=run.failures)
        work.commit()
