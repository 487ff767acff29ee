"""Which cases a message from outside means, and which of them may still hear it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.actions.delivery import Park
from workflows.actions.late_messages import CONSENT, refuse_what_comes_late
from workflows.actions.message_effects import FOR_EVERY_CASE
from workflows.casework.case import Case
from workflows.casework.message import OTHER_PROGRAMME, Message
from workflows.casework.person import Person
from workflows.desk import Work
from workflows.storage import cases
from workflows.storage.identities import person_of
from workflows.storage.message_people import known, of_this_number

NO_CASE_TO_END = (
    "The person has no open case. Letters that are not sent yet are held back. Record the death in the case that is "
    "closed, or say that the notice is wrong."
)


def cases_meant(work: Work, message: Message) -> Sequence[Case | None]:
    """Return the open cases a message is about; None for a referral. Park when nobody, or the wrong body, is found.

    What befalls the person befalls all their cases; anything else must mean one case.
    """
    if message.type == "referral_received":
        return [None]
    found = _open_cases(work, [person.id for person in _people_meant(work.session, message)])
    named = message.payload.get("case_number")
    if named and message.type != "person_died":  # which no case of the person may miss
        found = [case for case in found if case.number == named]
    if not found:
        if message.type == "person_died":
            raise Park(NO_CASE_TO_END)
        raise Park("The person has no open case." if not named else "The person has no open case of this number.")
    if len(found) > 1 and message.type not in FOR_EVERY_CASE:
        raise Park("The person has more than one open case, and the message does not say which it means.")
    return found


def _people_meant(session: Session, message: Message) -> list[Person]:
    if message.source == OTHER_PROGRAMME and not message.nhs_number:  # one of ours, about somebody without a number
        named = person_of(session, str(message.payload.get("case_number")))
        return [named] if named is not None else []
    if not of_this_number(session, message):
        raise Park("Nobody with this NHS number is known here.")
    if not (people := known(session, message)):
        raise Park("The NHS number is known, but with another date of birth.")
    return people


def _open_cases(work: Work, people: Sequence[UUID]) -> list[Case]:
    query = select(Case.id).where(Case.person_id.in_(people), Case.closed_at.is_(None)).order_by(Case.id)
    return [cases.held(work.session, case_id) for case_id in work.session.scalars(query).all()]


def those_that_go_on(work: Work, meant: Sequence[Case | None], message: Message) -> Sequence[Case | None]:
    """Leave out the cases that are ending, or for which it comes too late, while another goes on and has to hear it."""
    refused: list[Park] = []
    going_on: list[Case | None] = []
    for case in meant:
        try:
            _refuse_at_the_end(case, message)
            _refuse_who_was_never_asked(case, message)
            if case is not None:
                refuse_what_comes_late(work, case, message)
        except Park as why:
            refused.append(why)
        else:
            going_on.append(case)
    if not going_on:
        raise refused[0]
    return going_on


def _refuse_who_was_never_asked(case: Case | None, message: Message) -> None:
    """Who only stands on a list has consented to nothing: nobody phones them to confirm that they did not."""
    if case is not None and case.nominated and message.type in CONSENT:
        raise Park(
            "The person is only nominated: nobody has asked for their consent yet. Look at it when the nomination is "
            "reviewed."
        )


def _refuse_at_the_end(case: Case | None, message: Message) -> None:
    """Once an ending has begun nothing new is begun in its case; only a death is always heard."""
    if case is None or message.type == "person_died":
        return
    if case.person.dead:
        raise Park("The person has died. Nothing is done without somebody looking at it.")
    if case.outbound_stopped:
        raise Park(
            "The case is coming to its end: a death, a withdrawal or a mistake was reported. Look before you act."
        )
