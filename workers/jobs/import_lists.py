"""Take imported lists in, a batch of rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from workers.items import Items
from workflows.actions.lists import import_next_rows, lists_under_way
from workflows.assembly import Office

ROWS_A_BATCH = 50
BATCHES_A_ROUND = 40


def _due(office: Office, limit: int) -> Sequence[UUID]:
    return lists_under_way(office.desk())[:limit]


def _go_on(office: Office, list_id: UUID) -> None:
    for _ in range(BATCHES_A_ROUND):
        if not import_next_rows(office.desk(), list_id, ROWS_A_BATCH):
            return


# Each list that somebody confirmed, batch by batch, until it is in or the round is full.
ITEMS = Items(_due, _go_on)
work = ITEMS.work
