"""Try again the steps that should have happened by themselves and failed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from workers.items import Items
from workflows.actions.wakeups import due_incidents, note_broken, try_again_by_itself
from workflows.assembly import Office


def _due(office: Office, limit: int) -> Sequence[UUID]:
    return due_incidents(office.desk(), limit)


def _try(office: Office, incident_id: UUID) -> bool:
    return try_again_by_itself(office.desk(), incident_id)


def _failed(office: Office, incident_id: UUID, failure: Exception) -> None:
    note_broken(office.desk(), incident_id, failure)


# Each by itself; one that fails once more waits longer, and a person sees it.
ITEMS = Items(_due, _try, _failed)
work = ITEMS.work
