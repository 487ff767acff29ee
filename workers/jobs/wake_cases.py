"""Wake the cases whose timers are due."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from workers.items import Items
from workflows.actions.wakeups import due_processes, note_failure, wake_process
from workflows.assembly import Office


def _due(office: Office, limit: int) -> Sequence[UUID]:
    return due_processes(office.desk(), limit)


def _wake(office: Office, run_id: UUID) -> int:
    return wake_process(office.desk(), run_id)


def _failed(office: Office, run_id: UUID, failure: Exception) -> None:
    note_failure(office.desk(), run_id, failure)


# Each due process in its own transaction; one that fails is tried again later, and a person sees it.
ITEMS = Items(_due, _wake, _failed)
work = ITEMS.work
