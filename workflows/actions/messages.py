"""Messages from other systems. Each is kept first; then a case takes it, or it is parked where somebody sees it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from workflows.actions.carer_changes import CARER_CHANGED, offer_carer
from workflows.actions.delivery import Delivery, Park
from workflows.actions.identities import carry_out_agreed
from workflows.actions.incidents import leaving_out_what_fails
from workflows.actions.journey import follow_up
from workflows.actions.message_cases import cases_meant, those_that_go_on
from workflows.actions.message_effects import EFFECTS
from workflows.actions.parked_notices import tell_somebody
from workflows.casework.access import may, may_see_case
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused, CaseworkError, NotAllowed, NotFound, OutOfDate, RuleBroken
from workflows.casework.message import MESSAGE_TYPES, SETTLED_BY_TWO, WAITING, Envelope, Message
from workflows.desk import Desk, Work
from workflows.duties.after_closing import hold_letters_back, let_letters_go
from workflows.storage import cases
from workflows.storage.message_people import known, told_of_too_late
from workflows.storage.message_settlers import is_theirs

TRIES = 3  # when somebody else works on the case at the same moment
CLOCKS_DIFFER = timedelta(minutes=10)  # how far another system's clock may be ahead of ours
log = logging.getLogger("roundtable.messages")
LOOKED_AT = "Somebody looks at it."
BROKE_OFF = (
    "Something went wrong while it was taken in, and nothing of it was done. Try it again; if that fails too, do by "
    "hand what it says, and tell whoever runs the service."
)
USED_BEFORE = "Its sender used this number for another message before. Look whether both are meant."


@dataclass(frozen=True)
class Received:
    """What became of a message: delivered or parked, why, and whether it had come before."""

    message_id: str
    status: str
    case_number: str | None
    parked_why: str | None
    again: bool


def receive(desk: Desk, envelope: Envelope) -> Received:
    """Take a message in. The same message again changes nothing and gets the same answer.

    It is the same if its source sent the same content under the same number. Another content under a number that its
    source has used is kept and looked at: either the number is a mistake, or what it says.
    """
    if envelope.type not in MESSAGE_TYPES:
        raise RuleBroken(f"There is no message type “{envelope.type}”.")
    numbered = _numbered(desk, envelope)
    if envelope.content_hash not in numbered:
        try:
            return _take_in(desk, envelope, USED_BEFORE if numbered else "")
        except OutOfDate:  # the same message came through another door at the same moment
            numbered = _numbered(desk, envelope)
            if envelope.content_hash not in numbered:
                raise
    known = numbered[envelope.content_hash]
    if known.status == "received" or known.parked_why == BROKE_OFF:  # kept the first time, and then something broke
        return try_to_deliver(desk, known.id)
    with desk.work() as work:
        return _answer(work, known, again=True)


def deliver_again(desk: Desk, message_id: UUID) -> Received:
    """Try a parked message again, for example after the person's record was put right."""
    _must_settle(desk)
    with desk.work() as work:
        _theirs(work, message_id)
    return try_to_deliver(desk, message_id)


@leaving_out_what_fails
def settle(desk: Desk, message_id: UUID, how: str, *, agrees: bool = False, mistaken: bool = False) -> bool:
    """Record what a person did about a parked message; say whether it is settled.

    What two people have to settle is proposed by the first. The next one agrees (how: a note of theirs), or
    proposes something else, to which again somebody has to agree. A death is recorded in a case of the person, or the
    notice of it was mistaken.
    """
    _must_settle(desk)
    if not how.strip():
        raise AnswersRefused({"how": "Say what was done about the message"})
    with desk.work() as work:
        message = _theirs(work, message_id)
        if message.status == "settled":
            raise OutOfDate(f"{message.settled_by} has already settled this message.")
        if message.status not in WAITING:
            raise OutOfDate("This message has been delivered meanwhile.")
        if message.type in SETTLED_BY_TWO:
            _settle_by_two(work, message, how.strip(), agrees)
            follow_up(work)
        else:
            if message.type == "person_died":
                _must_be_recorded(work, message, mistaken)
            message.settle(work.actor.name, how.strip(), work.now)
        work.commit()
        return message.status == "settled"


def _settle_by_two(work: Work, message: Message, how: str, agrees: bool) -> None:
    if not agrees:
        message.propose(work.actor.id, work.actor.name, how)
        return
    if message.proposed_by_id is None:
        raise RuleBroken("Nobody has proposed yet how to settle it.")
    if message.proposed_by_id == work.actor.id:
        raise NotAllowed("Somebody else has to agree: you proposed it.")
    carry_out = offer_carer if message.type == CARER_CHANGED else carry_out_agreed
    carry_out(work, message)
    message.settle(f"{message.proposed_by} and {work.actor.name}", f"{message.proposed_how} – {how}", work.now)


def _must_be_recorded(work: Work, message: Message, mistaken: bool) -> None:
    """Let nobody put a death aside that concerns somebody known here: letters would go on to their home."""
    alive = [person for person in known(work.session, message) if not person.dead]
    if alive and not mistaken:
        raise AnswersRefused({"how": "Record the death in the person’s case first, or say that the notice is wrong"})
    if not _told_of_otherwise(work, message):
        for person in alive:
            let_letters_go(work, person.id)


def _told_of_otherwise(work: Work, message: Message) -> bool:
    """Whether another notice of the same death still waits for somebody to look at it."""
    same = (Message.type == message.type, Message.nhs_number == message.nhs_number, Message.id != message.id)
    return work.session.scalar(select(Message.id).where(*same, Message.status.in_(WAITING)).limit(1)) is not None


def note_looked_at(desk: Desk, message_id: UUID) -> None:
    """Write down that the actor opened a message: it says whom it is about."""
    _must_settle(desk)
    with desk.work() as work:
        message = _theirs(work, message_id)
        work.unit.tell("message seen", "Message", message.case_id, type=message.type)
        work.commit()


def _must_settle(desk: Desk) -> None:
    if not may(desk.actor, "message.settle"):
        raise NotAllowed("Parked messages are for coordinators and managers.")


def _numbered(desk: Desk, envelope: Envelope) -> dict[str, Message]:
    """Return what the same source has sent under the same number, by its content."""
    query = select(Message).where(Message.source == envelope.source, Message.message_id == envelope.message_id)
    with desk.looking() as session:
        return {message.content_hash: message for message in session.scalars(query)}


def _take_in(desk: Desk, envelope: Envelope, in_doubt: str) -> Received:
    """Keep the message in a transaction of its own: whatever happens afterwards, it is not lost."""
    with desk.work() as work:
        message = Message.received(envelope, work.now)
        message.happened("message received", type=message.type)
        work.session.add(message)
        if in_doubt:
            _put_aside(work, message, in_doubt)
        work.commit()
        kept = message.id
        if in_doubt:
            return _answer(work, message, again=False)
    return try_to_deliver(desk, kept)


def try_to_deliver(desk: Desk, message_id: UUID) -> Received:
    """Deliver in a transaction of its own; whatever stands in the way parks the message instead of losing it."""
    if desk.act is not None:
        raise RuntimeError("a message is never delivered within another act: what breaks off would be kept with it")
    why = ""
    for _ in range(TRIES):
        try:
            return _deliver(desk, message_id)
        except OutOfDate as clash:
            why = str(clash)
        except AnswersRefused as refused:
            return _park(desk, message_id, _in_words(refused))
        except (Park, CaseworkError) as reason:
            return _park(desk, message_id, str(reason))
        except Exception:  # whatever it is, the message must not lie where nobody sees it
            told = {"action": "message_not_delivered", "about": f"message {message_id}"}
            log.exception("message not delivered", extra=told)
            return _park(desk, message_id, BROKE_OFF)
    return _park(desk, message_id, why)


@leaving_out_what_fails
def _deliver(desk: Desk, message_id: UUID) -> Received:
    with desk.work() as work:
        message = _held(work, message_id)
        if message.status not in WAITING:
            return _answer(work, message, again=True)
        if message.occurred_at > work.now + CLOCKS_DIFFER:
            raise Park("The message says that it happened in the future.")
        if (closed := told_of_too_late(work.session, message, recorded=True)) is not None:
            message.deliver(closed.id)
            work.commit()
            return _answer(work, message, again=False)
        for case in those_that_go_on(work, cases_meant(work, message), message):
            EFFECTS[message.type](Delivery(work, message, case))
        follow_up(work)
        work.commit()
        return _answer(work, message, again=False)


def _park(desk: Desk, message_id: UUID, why: str) -> Received:
    with desk.work() as work:
        message = _held(work, message_id)
        if message.status in WAITING:  # otherwise it was delivered, and what broke came after that
            _put_aside(work, message, why)
            work.commit()
        return _answer(work, message, again=False)


def _put_aside(work: Work, message: Message, why: str) -> None:
    """Park a message where somebody sees it. A death holds the letters back that are still to go, all the same."""
    message.park(why)
    if message.type == "person_died":
        for person in known(work.session, message):
            hold_letters_back(work, person.id)
    tell_somebody(work, message)


def _in_words(refused: AnswersRefused) -> str:
    return "The message says something that cannot be taken in: " + "; ".join(
        f"{name}: {sentence}" for name, sentence in refused.errors.items()
    )


def _held(work: Work, message_id: UUID) -> Message:
    message = work.session.scalar(select(Message).where(Message.id == message_id).with_for_update())
    if message is None:
        raise NotFound("There is no such message.")
    return message


def _theirs(work: Work, message_id: UUID) -> Message:
    """Hold a message that is the actor's to settle. One that is not does not exist for them."""
    message = _held(work, message_id)
    if not _is_theirs(work, message):
        raise NotFound("There is no such message.")
    return message


def _is_theirs(work: Work, message: Message) -> bool:
    return is_theirs(work.session, message.id, work.actor.id, work.today)


def _answer(work: Work, message: Message, again: bool) -> Received:
    """Say what became of a message.

    Whoever may not see the case that took it is not told which it is, and why nobody took it is told to those who may
    settle it: it says who is known here.
    """
    case = work.session.get(Case, message.case_id) if message.case_id else None
    number = case.number if case is not None and _seen(work, case) else None
    why = message.parked_why
    if why not in (None, USED_BEFORE) and not _is_theirs(work, message):
        why = LOOKED_AT
    return Received(message.message_id, message.status, number, why, again)


def _seen(work: Work, case: Case) -> bool:
    return may_see_case(work.actor, case.programme_id, case.team_id, cases.circle_of(work.session, case))
