"""Wake the cases whose timers are due."""

from __future__ import annotations

from uuid import UUID

from workers.backoff import wait_after
from workers.items import each
from workflows.actions.wakeups import due_processes, note_failure, wake_process
from workflows.assembly import Office


def work(office: Office) -> tuple[int, int]:
    """Wake each due process in its own transaction; one that fails is tried again later, and a person sees it."""
    desk = office.desk()

    def failed(run_id: UUID, failure: Exception) -> None:
        note_failure(desk, run_id, type(failure).__name__, wait_after)

    return each(due_processes(desk), lambda run_id: wake_process(desk, run_id), failed)
