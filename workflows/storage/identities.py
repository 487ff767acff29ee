"""Who somebody could be: the people we know under the same NHS number, or the same surname and date of birth."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import Choice
from forms.days import long_date
from workflows.casework.case import Case
from workflows.casework.message import Message
from workflows.casework.person import IdentityJoin, Person
from workflows.storage.cases import confirmed_people


def same_name(one: str, other: str) -> bool:
    """Say whether two surnames are one, however they are written."""
    return one.casefold().strip() == other.casefold().strip()


def namesakes(session: Session, person: Person) -> list[Person]:
    """Return the people we know with the same surname and date of birth."""
    query = select(Person).where(Person.dob == person.dob, Person.confirmed.is_(True), Person.id != person.id)
    return [
        other
        for other in session.scalars(query.order_by(Person.id))
        if same_name(other.family_name, person.family_name)
    ]


def could_be(session: Session, person: Person) -> list[Person]:
    """Return everybody we know who could be this person, those with the NHS number first."""
    numbered = confirmed_people(session, person.nhs_number) if person.nhs_number else ()
    found = dict.fromkeys([*numbered, *namesakes(session, person)])
    return [other for other in found if other is not person]


def known_records(session: Session, case: Case) -> Sequence[Choice]:
    """Return those a case's person could be as choices: the number of their newest case, and what tells them apart."""
    return [
        Choice(number, f"{_described(other)}, case {number}")
        for other in could_be(session, case.person)
        if (
            number := session.scalar(
                select(Case.number).where(Case.person_id == other.id).order_by(Case.id.desc()).limit(1)
            )
        )
    ]


def joined_records(session: Session, case: Case) -> Sequence[Choice]:
    """Return the referrals that were joined with the record of a case's person, each with whom it had named."""
    query = (
        select(Case.number, IdentityJoin.whole_record, Person)
        .join(IdentityJoin, IdentityJoin.case_id == Case.id)
        .join(Person, Person.id == IdentityJoin.set_aside_id)
        .where(IdentityJoin.known_id == case.person_id, IdentityJoin.taken_back_at.is_(None))
        .order_by(IdentityJoin.id)
    )
    return [
        Choice(number, f"{number}, {'until then the record of' if whole else 'referred as'} {_described(person)}")
        for number, whole, person in session.execute(query)
    ]


def _described(person: Person) -> str:
    born = long_date(person.dob) if person.dob else "on a day not known"
    number = person.nhs_number or ""
    numbered = f"NHS number {number[:3]} {number[3:6]} {number[6:]}" if number else "no NHS number"
    return f"{person.given_name} {person.family_name}, born {born}, {numbered}"


def person_of(session: Session, case_number: str) -> Person | None:
    """Return whom a case is about."""
    return session.scalar(select(Person).join(Case, Case.person_id == Person.id).where(Case.number == case_number))


def standing_join(session: Session, case: Case) -> IdentityJoin | None:
    """Return the join by which a case came to its person, unless it was taken back."""
    query = select(IdentityJoin).where(IdentityJoin.case_id == case.id, IdentityJoin.taken_back_at.is_(None))
    return session.scalar(query.order_by(IdentityJoin.id.desc()).limit(1))


def joined_with(session: Session, join: IdentityJoin) -> Sequence[IdentityJoin]:
    """Return all that one join of two whole records brought over, a case each."""
    together = (IdentityJoin.set_aside_id == join.set_aside_id, IdentityJoin.joined_at == join.joined_at)
    query = select(IdentityJoin).where(*together, IdentityJoin.taken_back_at.is_(None))
    return session.scalars(query.order_by(IdentityJoin.id)).all()


def cases_of(session: Session, *people: Person) -> list[Case]:
    """Return every case of these people, in one order for everybody who holds them."""
    query = select(Case).where(Case.person_id.in_([person.id for person in people])).order_by(Case.id)
    return list(session.scalars(query))


def records_named(session: Session, message: Message) -> list[Person]:
    """Return the two records that a message says are one person; empty where it does not name two that are known."""
    told = message.payload
    numbers = (message.nhs_number, "".join(sign for sign in str(told.get("nhs_number") or "") if sign.isdigit()))
    named = [person for number in numbers if number for person in confirmed_people(session, number)]
    by_case = [person_of(session, str(told[name])) for name in ("case_number", "other_case") if told.get(name)]
    found = list(dict.fromkeys([*named, *(person for person in by_case if person is not None)]))
    return found if len(found) == 2 else []
