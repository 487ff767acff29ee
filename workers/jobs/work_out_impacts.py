"""Work out what changes of the diagrams would mean for the open cases; whoever asked looks at how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from workers.items import Items
from workflows.actions import impacts
from workflows.assembly import Office


def _due(office: Office, limit: int) -> Sequence[UUID]:
    return impacts.impacts_to_work_out(office.desk(), limit)


def _work_out(office: Office, impact_id: UUID) -> None:
    impacts.work_out(office.desk(), impact_id)


def _failed(office: Office, impact_id: UUID, _failure: Exception) -> None:
    impacts.note_not_worked_out(office.desk(), impact_id)


ITEMS = Items(_due, _work_out, _failed)
