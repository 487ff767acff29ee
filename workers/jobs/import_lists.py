"""Take imported lists in, a batch of rows at a time."""

from __future__ import annotations

from uuid import UUID

from workers.items import each
from workflows.actions.lists import import_next_rows, lists_under_way
from workflows.assembly import Office

ROWS_A_BATCH = 50
BATCHES_A_ROUND = 40


def work(office: Office) -> tuple[int, int]:
    """Go on with each list that somebody confirmed, batch by batch, until it is in or the round is full."""
    desk = office.desk()

    def go_on(list_id: UUID) -> None:
        for _ in range(BATCHES_A_ROUND):
            if not import_next_rows(desk, list_id, ROWS_A_BATCH):
                return

    return each(lists_under_way(desk), go_on, lambda *_: None)
