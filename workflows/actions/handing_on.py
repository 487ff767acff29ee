"""What one case tells another: kept with the act that tells it, and delivered when the act is kept.

At once, where all goes well; by a round of the worker, where it did not come to that. Nobody's name goes with it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import or_, select

from workflows.actions.messages import Received, try_to_deliver
from workflows.casework.access import CLOCK
from workflows.casework.message import Message
from workflows.desk import Desk, Work

A_MOMENT = timedelta(minutes=1)  # within which whoever kept a message has delivered it, if they still live
log = logging.getLogger("roundtable.messages")


def hand_on(work: Work, message_ids: Iterable[UUID]) -> None:
    """Deliver messages that an act keeps once it is kept, each in a transaction of its own."""
    work.afterwards += [partial(_hand_on, message_id=one) for one in message_ids]


def left_undelivered(desk: Desk, limit: int) -> Sequence[UUID]:
    """Return at most so many messages that were kept and neither delivered nor parked, the oldest first."""
    now = desk.clock.now()
    waits = or_(Message.received_at <= now - A_MOMENT, Message.received_at > now)  # later: before a clock was set back
    with desk.looking() as session:
        query = select(Message.id).where(Message.status == "received", waits)
        return session.scalars(query.order_by(Message.id).limit(limit)).all()


def take_up(desk: Desk, message_id: UUID) -> Received:
    """Deliver, or park, a message whose delivery broke off before it could be noted. Twice is once."""
    return try_to_deliver(desk.for_actor(CLOCK), message_id)


def _hand_on(desk: Desk, message_id: UUID) -> None:
    try:
        take_up(desk, message_id)
    except Exception:  # the act stands, and is not answered as if it had failed; the worker takes the message up
        told = {"action": "message_not_delivered", "about": f"message {message_id}"}
        log.exception("message not delivered", extra=told)
