"""Whom of the people known here a message is about, by NHS number and date of birth."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.message import Message
from workflows.casework.person import IdentityJoin, Person
from workflows.storage.cases import closed_cases_of_person, has_number, open_cases_of_person


def of_this_number(session: Session, message: Message) -> list[Person]:
    """Return who has this NHS number, whatever date of birth stands beside it."""
    if not message.nhs_number:
        return []
    given_up = select(IdentityJoin.set_aside_id).where(
        IdentityJoin.whole_record.is_(True), IdentityJoin.taken_back_at.is_(None)
    )
    return list(session.scalars(select(Person).where(has_number(message.nhs_number), Person.id.not_in(given_up))))


def known(session: Session, message: Message) -> list[Person]:
    """Return who of the people known here it is about; empty when nobody is."""
    return [person for person in of_this_number(session, message) if message.dob in (None, person.dob)]


def told_of_too_late(session: Session, message: Message, *, recorded: bool) -> Case | None:
    """Return the newest closed case of whom a message tells that they died, where none of theirs is open.

    recorded: only if the death is recorded already; otherwise only if it is not.
    """
    people = known(session, message) if message.type == "person_died" else []
    if any(open_cases_of_person(session, person.id) for person in people):
        return None
    closed = [
        case for person in people if person.dead is recorded for case in closed_cases_of_person(session, person.id)
    ]
    return max(closed, key=lambda case: case.closed_at or case.opened_at, default=None)
