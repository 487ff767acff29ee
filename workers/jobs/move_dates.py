"""Let due dates follow hours or closed days that were changed, one case at a time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import UUID

from workers.items import Items
from workflows.actions.moving_dates import changes_under_way, move_dates, next_case, pass_over
from workflows.assembly import Office

log = logging.getLogger("roundtable.worker")
CASES_A_ROUND = 500


def _due(office: Office, limit: int) -> Sequence[UUID]:
    return changes_under_way(office.desk())[:limit]


def _go_on(office: Office, change_id: UUID) -> None:
    for _ in range(CASES_A_ROUND):
        case_id = next_case(office.desk(), change_id)
        if case_id is None:
            return
        try:
            move_dates(office.desk(), change_id, case_id)
        except Exception as failure:  # whatever is wrong with one case, the dates of the others follow
            log.exception("dates not moved", extra={"action": "move_dates", "kind": type(failure).__name__})
            pass_over(office.desk(), change_id, case_id)


ITEMS = Items(_due, _go_on)
work = ITEMS.work
