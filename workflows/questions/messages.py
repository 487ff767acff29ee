"""Messages that no case took: a queue with as little about anybody as will do, and one message in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from workflows.casework.access import Actor, may
from workflows.casework.errors import NotAllowed, NotFound
from workflows.casework.message import SETTLED_BY_TWO, Message
from workflows.desk import Desk

WAITING = ("received", "parked")
PAGE = 50


@dataclass(frozen=True)
class ParkedRow:
    """A message in the queue: what kind, from where, and why nobody took it. Whom it is about is on its own page."""

    id: UUID
    type: str
    source: str
    occurred_at: datetime
    received_at: datetime
    why: str


@dataclass(frozen=True)
class Queue:
    """A page of the queue, oldest first, with the count of all."""

    rows: tuple[ParkedRow, ...]
    count: int
    next_after: UUID | None


@dataclass(frozen=True)
class FullMessage:
    """One message with whom it is about and what it says."""

    id: UUID
    message_id: str
    type: str
    source: str
    status: str
    nhs_number: str
    dob: date | None
    occurred_at: datetime
    received_at: datetime
    why: str
    payload: Mapping[str, Any]
    settled_by: str
    settled_at: datetime | None
    settled_how: str
    proposed_by: str  # of what two people settle: who proposed how, if anybody did
    proposed_how: str
    proposed_by_me: bool

    @property
    def by_two(self) -> bool:
        """Whether two people have to settle it."""
        return self.type in SETTLED_BY_TWO


def parked(desk: Desk, after: UUID | None = None, kind: str = "") -> Queue:
    """Return the messages that wait for somebody behind the one `after`, of one kind if it is named."""
    _must_settle(desk.actor)
    waiting = [Message.status.in_(WAITING)] + ([Message.type == kind] if kind else [])
    query = select(Message).where(*waiting).order_by(Message.id).limit(PAGE + 1)
    with desk.looking() as session:
        if after is not None:
            query = query.where(Message.id > after)
        found = session.scalars(query).all()
        rows = tuple(_row(message) for message in found[:PAGE])
        count = session.scalar(select(func.count()).select_from(Message).where(*waiting)) or 0
        return Queue(rows, count, rows[-1].id if len(found) > PAGE else None)


def parked_count(desk: Desk) -> int:
    """Return how many messages wait, for the menu; none for those who may not settle them."""
    if not may(desk.actor, "message.settle"):
        return 0
    with desk.looking() as session:
        return session.scalar(select(func.count()).select_from(Message).where(Message.status.in_(WAITING))) or 0


def full_message(desk: Desk, message_id: UUID) -> FullMessage:
    """Return one message in full."""
    _must_settle(desk.actor)
    with desk.looking() as session:
        found = session.get(Message, message_id)
        if found is None:
            raise NotFound("There is no such message.")
        return FullMessage(
            found.id, found.message_id, found.type, found.source, found.status, found.nhs_number, found.dob,
            found.occurred_at, found.received_at, _why(found), found.payload, found.settled_by or "",
            found.settled_at, found.settled_how or "", found.proposed_by or "", found.proposed_how or "",
            found.proposed_by_id is not None and found.proposed_by_id == desk.actor.id,
        )  # fmt: skip


def _row(found: Message) -> ParkedRow:
    return ParkedRow(found.id, found.type, found.source, found.occurred_at, found.received_at, _why(found))


def _why(found: Message) -> str:
    return found.parked_why or ("It was kept, and delivering it broke off." if found.status == "received" else "")


def _must_settle(actor: Actor) -> None:
    if not may(actor, "message.settle"):
        raise NotAllowed("Parked messages are for coordinators and managers.")
