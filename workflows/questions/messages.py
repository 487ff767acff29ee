"""Messages that no case took: a queue with as little about anybody as will do, and one message in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor, may
from workflows.casework.errors import NotAllowed, NotFound
from workflows.casework.message import PRESSING, SETTLED_BY_TWO, WAITING, Message
from workflows.desk import Desk
from workflows.questions.same_person import Compared, compared_by
from workflows.storage import message_settlers
from workflows.storage.message_dues import look_by
from workflows.storage.message_people import told_of_too_late

PAGE = 50
MERGE = "merge_identity"


@dataclass(frozen=True)
class ParkedRow:
    """A message in the queue: what kind, from where, and why nobody took it. Whom it is about is on its own page."""

    id: UUID
    type: str
    source: str
    occurred_at: datetime
    received_at: datetime
    why: str
    look_by: datetime
    late: bool


@dataclass(frozen=True)
class Queue:
    """A page of the queue: what cannot wait first, then the oldest first; with the count of all."""

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
    look_by: datetime
    payload: Mapping[str, Any]
    settled_by: str
    settled_at: datetime | None
    settled_how: str
    proposed_by: str  # of what two people settle: who proposed how, if anybody did
    proposed_how: str
    proposed_by_me: bool
    record_in: str  # of a death of somebody without an open case: the closed case in which it is recorded
    compared: Compared | None = None  # of two records that are said to be one person, where both are the actor's to see

    @property
    def asked_here(self) -> bool:
        """Whether somebody asked for it on a form of a case: what they propose is carried out when another agrees."""
        return "asked" in self.payload

    @property
    def by_two(self) -> bool:
        """Whether two people have to settle it."""
        return self.type in SETTLED_BY_TWO


def parked(desk: Desk, after: UUID | None = None, kind: str = "") -> Queue:
    """Return the messages of the actor that wait, behind the one `after`, of one kind if it is named."""
    _must_settle(desk.actor)
    kinds = [Message.type == kind] if kind else []
    with desk.looking() as session:
        first = [Message.type.in_(PRESSING), *kinds], [Message.type.not_in(PRESSING), *kinds]
        pressing, usual = (_waiting(session, desk, *wanted) for wanted in first)
        last = session.get(Message, after) if after else None
        behind = _behind(last, pressing, usual)
        found = {one.id: one for one in session.scalars(select(Message).where(Message.id.in_(behind[:PAGE])))}
        by, now = look_by(session, tuple(found.values()), desk.today), desk.clock.now()
        rows = tuple(_row(found[one], by[one], now) for one in behind[:PAGE])
        return Queue(rows, len(pressing) + len(usual), rows[-1].id if len(behind) > PAGE else None)


def parked_count(desk: Desk) -> int:
    """Return how many messages wait for the actor, for the menu; none for those who may not settle them."""
    if not may(desk.actor, "message.settle"):
        return 0
    with desk.looking() as session:
        return len(_waiting(session, desk))


def full_message(desk: Desk, message_id: UUID) -> FullMessage:
    """Return one message in full. One about somebody whose case is not the actor's to see does not exist for them."""
    _must_settle(desk.actor)
    with desk.looking() as session:
        found = session.get(Message, message_id)
        if found is None or not message_settlers.is_theirs(session, message_id, desk.actor.id, desk.today):
            raise NotFound("There is no such message.")
        by = look_by(session, (found,), desk.today)[found.id]
        closed = told_of_too_late(session, found, recorded=False)
        return FullMessage(
            found.id, found.message_id, found.type, found.source, found.status, found.nhs_number, found.dob,
            found.occurred_at, found.received_at, _why(found), by, found.payload, found.settled_by or "",
            found.settled_at, found.settled_how or "", found.proposed_by or "", found.proposed_how or "",
            found.proposed_by_id is not None and found.proposed_by_id == desk.actor.id,
            closed.number if closed is not None else "",
            compared_by(session, desk, found) if found.type == MERGE else None,
        )  # fmt: skip


def _waiting(session: Session, desk: Desk, *kinds: ColumnElement[bool]) -> list[UUID]:
    return message_settlers.theirs(session, desk.actor.id, desk.today, Message.status.in_(WAITING), *kinds)


def _behind(last: Message | None, pressing: list[UUID], usual: list[UUID]) -> list[UUID]:
    """Return what comes after the last message of a page, which may have been settled meanwhile."""
    if last is None:
        return pressing + usual
    if last.pressing:
        return [one for one in pressing if one > last.id] + usual
    return [one for one in usual if one > last.id]


def _row(found: Message, by: datetime, now: datetime) -> ParkedRow:
    told = (found.id, found.type, found.source, found.occurred_at, found.received_at)
    return ParkedRow(*told, _why(found), by, by <= now)


def _why(found: Message) -> str:
    return found.parked_why or ("It was kept, and delivering it broke off." if found.status == "received" else "")


def _must_settle(actor: Actor) -> None:
    if not may(actor, "message.settle"):
        raise NotAllowed("Parked messages are for coordinators and managers.")
