"""Make the calls to other systems that lie in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from workers.calls import NotTaken, make
from workers.items import Items
from workflows.actions.webhook_calls import claim_call, due_calls, mark_not_taken, mark_taken
from workflows.assembly import Office


def _due(office: Office, limit: int) -> Sequence[UUID]:
    return due_calls(office.desk(), limit)


def _call(office: Office, notice_id: UUID) -> None:
    desk = office.desk()
    call = claim_call(desk, notice_id)
    if call is None:
        return
    try:
        said = make(call, office.settings)
    except NotTaken as refusal:
        mark_not_taken(desk, notice_id, str(refusal), refusal.gone)
        return
    mark_taken(desk, notice_id, said)


# An address that does not answer holds up neither mail nor texts: it is called in a round of its own.
ITEMS = Items(_due, _call, portion=50)
work = ITEMS.work
