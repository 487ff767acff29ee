"""Take imported lists in, a batch of rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from workers.items import Items
from workflows.actions.lists import import_next_rows, lists_under_way
from workflows.actions.stopped_lists import note_not_taken_in
from workflows.assembly import Office
from workflows.casework.errors import RuleBroken

ROWS_A_BATCH = 50
BATCHES_A_ROUND = 40


def _due(office: Office, limit: int) -> Sequence[UUID]:
    return lists_under_way(office.desk())[:limit]


def _go_on(office: Office, list_id: UUID) -> None:
    for _ in range(BATCHES_A_ROUND):
        if not _take_batch(office, list_id):
            return


def _take_batch(office: Office, list_id: UUID) -> bool:
    """Take a batch in; where too much fails in it for one act, row by row, and what a row is refused for is told."""
    try:
        return bool(import_next_rows(office.desk().left_to_itself(), list_id, ROWS_A_BATCH))
    except RuleBroken:
        return all(import_next_rows(office.desk(), list_id, 1) for _ in range(ROWS_A_BATCH))


def _failed(office: Office, list_id: UUID, failure: Exception) -> None:
    note_not_taken_in(office.desk(), list_id, failure)


# Each list that somebody confirmed, batch by batch, until it is in or the round is full. One of which no row can be
# taken in waits longer after each try, and stops in the end.
ITEMS = Items(_due, _go_on, _failed)
work = ITEMS.work
