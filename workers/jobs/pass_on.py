"""Pass on what colleagues who left were to do, so that nothing waits for somebody who does not come."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from workers.items import Items
from workflows.actions.leavers import left_behind, pass_on
from workflows.assembly import Office


def _due(office: Office, limit: int) -> Sequence[UUID]:
    return left_behind(office.desk(), limit)


def _pass_on(office: Office, case_id: UUID) -> None:
    pass_on(office.desk(), case_id)


ITEMS = Items(_due, _pass_on)
work = ITEMS.work
