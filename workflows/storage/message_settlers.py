"""Finding whose a message from outside is: which cases it may mean, and who settles messages today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from workflows.casework.access import Post
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.dated import in_force
from workflows.casework.message import Message
from workflows.casework.person import Person, PersonIdentifier
from workflows.casework.programme import Programme
from workflows.casework.settling import SETTLING, About, Named, settlers
from workflows.casework.staff import Membership, StaffMember

AT_ONCE = 500  # messages about which the database is asked in one question
FIRST_PROGRAMME = "acm"  # of a referral that names none
Name: TypeAlias = Any  # an NHS number, a case number, a case's key, a date of birth with a family name
Meaning: TypeAlias = Any  # a name, and a case that it may mean: its key, programme and team
# What a payload says is read here and not by the database: PostgreSQL refuses to look into one that holds a NUL.
_TOLD = select(Message.id, Message.type, Message.nhs_number, Message.dob, Message.case_id, Message.payload)
_POSTS = (
    select(
        Membership.staff_id, Membership.role, Membership.programme_id, Membership.team_id,
        Membership.valid_from, Membership.valid_to,
    )
    .join(StaffMember, StaffMember.id == Membership.staff_id)
    .where(Membership.role.in_(sorted(SETTLING)), StaffMember.active.is_(True))
)  # fmt: skip
_CASE = (Case.id, Case.programme_id, Case.team_id)


def theirs(session: Session, staff_id: UUID | None, today: date, *wanted: ColumnElement[bool]) -> list[UUID]:
    """Return which of the wanted messages are somebody's to settle, oldest first."""
    return [message_id for message_id, able in _with_settlers(session, today, *wanted) if staff_id in able]


def is_theirs(session: Session, message_id: UUID, staff_id: UUID | None, today: date) -> bool:
    """Say whether a message is somebody's to settle."""
    return bool(theirs(session, staff_id, today, Message.id == message_id))


def settlers_of(session: Session, message_id: UUID, today: date) -> Sequence[StaffMember]:
    """Return everybody whose message it is."""
    able = [staff for _, found in _with_settlers(session, today, Message.id == message_id) for staff in found]
    return session.scalars(select(StaffMember).where(StaffMember.id.in_(able)).order_by(StaffMember.name)).all()


def programmes_meant(session: Session, message_ids: Sequence[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return in which programmes each message may mean a case; none where it means nobody who is known here."""
    told = session.execute(_TOLD.where(Message.id.in_(message_ids))).all()
    meant, made_to = _meant(session, told), _programmes(session, told)
    return {
        row.id: frozenset(case.programme_id for name in _names(row) for case in meant.get(name, ()))
        or frozenset({made_to[key] for key in [_programme(row)] if key in made_to})
        for row in told
    }


def _with_settlers(
    session: Session, today: date, *wanted: ColumnElement[bool]
) -> Iterator[tuple[UUID, frozenset[UUID]]]:
    told = session.execute(_TOLD.where(*wanted).order_by(Message.id)).all()
    posts = _posts(session, today) if told else {}
    for start in range(0, len(told), AT_ONCE):
        some = told[start : start + AT_ONCE]
        meant, programmes = _meant(session, some), _programmes(session, some)
        for row in some:
            names = tuple(meant[name] for name in _names(row) if name in meant)
            yield row.id, settlers(About(row.type, names, programmes.get(_programme(row))), posts)


def _names(row: Row[Any]) -> list[Name]:
    """Return all by which a message may mean somebody."""
    other = "".join(sign for sign in _said(row, "nhs_number") if sign.isdigit())
    names = (row.nhs_number, other, _said(row, "case_number"), _said(row, "other_case"), row.case_id)
    family = _said(row, "family_name").casefold()
    alike = [(row.dob, family)] if row.dob and family else []
    return [*(name for name in dict.fromkeys(names) if name), *alike]


def _said(row: Row[Any], what: str) -> str:
    """Return one word of the payload, without what no database takes as a text."""
    said = str(row.payload.get(what) or "")
    return "".join(sign for sign in said if sign.isprintable()).strip()


def _meant(session: Session, told: Iterable[Row[Any]]) -> dict[Name, frozenset[Named]]:
    """Return the cases that each name in these messages may mean, closed ones included."""
    names = {name for row in told for name in _names(row)}
    found = [*_numbered(session, names), *_alike(session, {name for name in names if isinstance(name, tuple)})]
    left_out = _left_out(session, {case_id for _, case_id, _, _ in found})
    cases: dict[Name, set[Named]] = {}
    for name, case_id, programme_id, team_id in found:
        cases.setdefault(name, set()).add(Named(programme_id, team_id, frozenset(left_out.get(case_id, ()))))
    return {name: frozenset(meant) for name, meant in cases.items()}


def _numbered(session: Session, names: set[Name]) -> Iterator[Meaning]:
    """The cases of an NHS number, now or earlier, of a case number, and of a case that took the message."""
    numbers = [name for name in names if isinstance(name, str)]
    keys = [name for name in names if isinstance(name, UUID)]
    person = Person.id == Case.person_id
    earlier = PersonIdentifier.person_id == Case.person_id
    for query in (
        select(Person.nhs_number, *_CASE).join(Case, person).where(Person.nhs_number.in_(numbers)),
        select(PersonIdentifier.value, *_CASE).join(Case, earlier).where(PersonIdentifier.value.in_(numbers)),
        select(Case.number, *_CASE).where(Case.number.in_(numbers)),
    ):
        yield from (tuple(row) for row in (session.execute(query) if numbers else ()))
    if keys:
        yield from (tuple(row) for row in session.execute(select(Case.id, *_CASE).where(Case.id.in_(keys))))


def _alike(session: Session, names: set[tuple[date, str]]) -> Iterator[Meaning]:
    """The cases of people with such a date of birth and family name, as a referral without a number names them."""
    if not names:
        return
    query = select(Person.dob, Person.family_name, *_CASE).join(Case, Person.id == Case.person_id)
    for dob, family, *case in session.execute(query.where(Person.dob.in_({dob for dob, _ in names}))):
        if (name := (dob, family.casefold())) in names:
            yield (name, *case)


def _left_out(session: Session, case_ids: set[UUID]) -> dict[UUID, set[UUID]]:
    standing = select(Exclusion.case_id, Exclusion.staff_id).where(
        Exclusion.case_id.in_(case_ids), Exclusion.ended_at.is_(None)
    )
    found: dict[UUID, set[UUID]] = {}
    for case_id, staff_id in session.execute(standing) if case_ids else ():
        if staff_id is not None:
            found.setdefault(case_id, set()).add(staff_id)
    return found


def _posts(session: Session, today: date) -> dict[UUID, list[Post]]:
    held: dict[UUID, list[Post]] = {}
    for row in session.execute(_POSTS):
        if in_force(row.valid_from, row.valid_to, today):
            held.setdefault(row.staff_id, []).append(Post(row.role, row.programme_id, row.team_id))
    return held


def _programme(row: Row[Any]) -> str:
    """To which programme a referral is made; any other message is made to none."""
    return (_said(row, "programme") or FIRST_PROGRAMME) if row.type == "referral_received" else ""


def _programmes(session: Session, told: Iterable[Row[Any]]) -> dict[str, UUID]:
    keys = {key for row in told if (key := _programme(row))}
    query = select(Programme.key, Programme.id).where(Programme.key.in_(keys))
    return dict(session.execute(query).all()) if keys else {}
