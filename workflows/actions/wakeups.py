"""Waking a case whose timers are due. The worker asks; each case is its own transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from workflows.actions.journey import follow_up, go_on
from workflows.desk import Desk
from workflows.storage import cases, runs

RUNS_A_ROUND = 500


def due_processes(desk: Desk, limit: int = RUNS_A_ROUND) -> list[UUID]:
    """Return at most so many processes with something due now; no other case is looked at."""
    with desk.looking() as session:
        return runs.due_runs(session, desk.clock.now(), limit)


def wake_process(desk: Desk, run_id: UUID) -> int:
    """Let every due timer of one process fire, and write down where it got to. Twice is once. Returns timers fired."""
    with desk.work() as work:
        case = cases.held_of_run(work.session, run_id)
        run = runs.held(work.session, run_id)
        if run.status != "running" or run.next_due_at is None or run.next_due_at > work.now:
            return 0
        fired: int = go_on(work, case, run, lambda resumed: resumed.wake())
        follow_up(work)
        work.commit()
        return fired


def note_failure(desk: Desk, run_id: UUID, why: str, again_after: Callable[[int], timedelta]) -> None:
    """Note that waking a process failed, so that somebody sees it, and when to try again; the process stays as it was.

    `again_after` gives the wait for the number of failures in a row.
    """
    with desk.work() as work:
        cases.held_of_run(work.session, run_id)
        run = runs.held(work.session, run_id)
        run.failures += 1
        run.failed_why, run.retry_at = why, work.now + again_after(run.failures)
        run.happened("waking failed", process=run.process, times=run.failures)
        work.commit()
