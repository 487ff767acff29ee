"""Messages from other systems. Each is kept first; then a case takes it, or it is parked where somebody sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from workflows.actions.journey import follow_up
from workflows.actions.message_effects import EFFECTS, Delivery, Park
from workflows.casework.case import Case
from workflows.casework.errors import CaseworkError, NotFound, RuleBroken
from workflows.casework.message import MESSAGE_TYPES, Message
from workflows.casework.person import Person
from workflows.clock import as_utc
from workflows.desk import Desk, Work
from workflows.storage import cases


@dataclass(frozen=True)
class Envelope:
    """A message as it comes in: who it is about, when it happened, who says so, and what it says."""

    message_id: str
    type: str
    nhs_number: str
    dob: date | None
    occurred_at: datetime
    source: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Received:
    """What became of a message: delivered or parked, why, and whether it had come before."""

    message_id: str
    status: str
    case_number: str | None
    parked_why: str | None
    again: bool


def receive(desk: Desk, envelope: Envelope) -> Received:
    """Take a message in. The same `message_id` again changes nothing and gets the same answer."""
    if envelope.type not in MESSAGE_TYPES:
        raise RuleBroken(f"There is no message type “{envelope.type}”.")
    with desk.work() as work:
        known = work.session.scalar(select(Message).where(Message.message_id == envelope.message_id))
        if known is not None:
            return _answer(work, known, again=True)
        message = _keep(work, envelope)
        work.commit()
    return _try_to_deliver(desk, message.id)


def deliver_again(desk: Desk, message_id: UUID) -> Received:
    """Try a parked message again, for example after the person's record was put right."""
    return _try_to_deliver(desk, message_id)


def settle(desk: Desk, message_id: UUID, how: str) -> None:
    """Record what a person did about a parked message."""
    if not how.strip():
        raise RuleBroken("Say what was done about the message.")
    with desk.work() as work:
        message = work.session.get(Message, message_id)
        if message is None or message.status != "parked":
            raise NotFound("There is no such parked message.")
        message.settle(work.actor.name, how, work.now)
        work.commit()


def _keep(work: Work, envelope: Envelope) -> Message:
    message = Message(
        message_id=envelope.message_id,
        type=envelope.type,
        nhs_number=envelope.nhs_number,
        dob=envelope.dob,
        occurred_at=as_utc(envelope.occurred_at),
        received_at=work.now,
        source=envelope.source,
        payload=dict(envelope.payload),
    )
    message.happened("message received", type=message.type)
    work.session.add(message)
    work.session.flush()
    return message


def _try_to_deliver(desk: Desk, message_id: UUID) -> Received:
    """Deliver in a transaction of its own; whatever stands in the way parks the message instead of losing it."""
    try:
        with desk.work() as work:
            message = _held(work, message_id)
            if message.status in {"delivered", "settled"}:
                return _answer(work, message, again=True)
            case = _case_meant(work, message)
            if case is not None and case.person.dead and message.type != "person_died":
                raise Park("The person has died. Nothing is done without somebody looking at it.")
            EFFECTS[message.type](Delivery(work, message, case))
            follow_up(work)
            work.commit()
            return _answer(work, message, again=False)
    except Park as reason:
        return _park(desk, message_id, str(reason))
    except CaseworkError as refusal:
        return _park(desk, message_id, str(refusal))


def _park(desk: Desk, message_id: UUID, why: str) -> Received:
    with desk.work() as work:
        message = _held(work, message_id)
        message.park(why)
        work.commit()
        return _answer(work, message, again=False)


def _held(work: Work, message_id: UUID) -> Message:
    message = work.session.scalar(select(Message).where(Message.id == message_id).with_for_update())
    if message is None:
        raise NotFound("There is no such message.")
    return message


def _answer(work: Work, message: Message, again: bool) -> Received:
    case = work.session.get(Case, message.case_id) if message.case_id else None
    return Received(message.message_id, message.status, case.number if case else None, message.parked_why, again)


def _case_meant(work: Work, message: Message) -> Case | None:
    """Return the open case a message is about; None for a referral. Park when nobody, or the wrong body, is found."""
    if message.type == "referral_received":
        return None
    people = work.session.scalars(
        select(Person).where(Person.nhs_number == message.nhs_number).order_by(Person.confirmed.desc())
    ).all()
    if not people:
        raise Park("Nobody with this NHS number is known here.")
    matching = [person for person in people if message.dob is None or person.dob == message.dob]
    if not matching:
        raise Park("The NHS number is known, but with another date of birth.")
    ids = [person.id for person in matching]
    found = work.session.scalars(
        select(Case).where(Case.person_id.in_(ids), Case.closed_at.is_(None)).order_by(Case.opened_at)
    ).all()
    if not found:
        raise Park("The person has no open case.")
    return cases.held(work.session, found[0].id)
