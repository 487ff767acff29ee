"""Deliver the messages that were kept, and whose delivery broke off with whoever kept them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from workers.items import Items
from workflows.actions.handing_on import left_undelivered, take_up
from workflows.assembly import Office


def _due(office: Office, limit: int) -> Sequence[UUID]:
    return left_undelivered(office.desk(), limit)


def _deliver(office: Office, message_id: UUID) -> None:
    take_up(office.desk(), message_id)


# Each in a transaction of its own; one that cannot be delivered is parked, where somebody is told of it.
ITEMS = Items(_due, _deliver)
work = ITEMS.work
