"""To whom a letter is addressed, and where that is: as the registers and the papers of the case say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.invited import from_elsewhere
from workflows.casework.notice import Letter
from workflows.casework.person import Person
from workflows.casework.programme import ADDRESSES, Practice, Service
from workflows.duties.papers import merged
from workflows.duties.told_details import carer_of
from workflows.storage import cases

Lines = tuple[str, ...]
MOVED_AWAY = "L11"  # goes to the practice where the person is now


@dataclass(frozen=True)
class Addressee:
    """Name and address, line by line; no name: they are known only by what they are, such as adult social care.

    `ours`: one of our own teams, to whom nothing is posted. `practice`: the code under which a practice whose address
    is not known stands in the register, where it can be written down once.
    """

    name: Lines
    address: Lines
    ours: bool = False
    practice: str = ""

    @property
    def missing(self) -> bool:
        """Whether somebody has to write the address on it by hand."""
        return not self.address and not self.ours


def addressee_of(session: Session, case: Case, letter: Letter) -> Addressee:
    """Return to whom a letter of a case is addressed."""
    if invited := from_elsewhere(letter.recipient):
        return Addressee(invited.known_as, ())
    find = _FOUND.get(letter.recipient)
    return find(_Known(session, case), letter) if find else Addressee((), ())


@dataclass(frozen=True)
class _Known:
    """What is known of a case and its programme."""

    session: Session
    case: Case

    def said(self, form_key: str) -> Mapping[str, Any]:
        return merged(cases.documents_of(self.session, self.case.id, form_key))

    def kept(self, key: str) -> Lines:
        """The address that the programme keeps of a practice or service."""
        return _lines(self.case.programme.content.get(ADDRESSES, {}).get(key))

    def practice(self, **by: str) -> Practice | None:
        query = select(Practice).where(Practice.programme_id == self.case.programme_id)
        wanted = {name: value.casefold() for name, value in by.items()}
        return next((one for one in self.session.scalars(query) if _same(one, wanted)), None)


def _same(practice: Practice, wanted: Mapping[str, str]) -> bool:
    return all(str(getattr(practice, name)).casefold() == value for name, value in wanted.items())


def _person(known: _Known, letter: Letter) -> Addressee:
    person = known.case.person
    return Addressee((f"{person.given_name} {person.family_name}".strip(),), home_of(person))


def home_of(person: Person) -> Lines:
    """Return where the person lives, line by line, also where somebody wrote it in one."""
    written = str(person.details.get("address") or "").replace(", ", "\n")
    return _lines(written) + _lines(person.details.get("postcode"))


def _carer(known: _Known, letter: Letter) -> Addressee:
    carer = carer_of(known.case.person, known.said("F01"))
    lives_there = carer.get("lives_with") == "yes"
    return Addressee(_lines(carer.get("name")), home_of(known.case.person) if lives_there else ())


def _referrer(known: _Known, letter: Letter) -> Addressee:
    said = known.said("F01")
    if said.get("source") == "self":
        return _person(known, letter)
    organisation = str(said.get("referrer_org") or "")
    practice = known.practice(name=organisation) if organisation else None
    return Addressee(
        _lines(said.get("referrer_name")) + _lines(organisation), known.kept(practice.code) if practice else ()
    )


def _gp(known: _Known, letter: Letter) -> Addressee:
    if letter.template == MOVED_AWAY:
        return Addressee(_lines(known.said("F26").get("new_practice")), ())
    practice = known.practice(code=known.case.person.practice_code or "")
    if practice is None:
        return Addressee((), ())
    address = known.kept(practice.code)
    return Addressee((practice.name,), address, practice="" if address else practice.code)


def _ward(known: _Known, letter: Letter) -> Addressee:
    stay = known.said("F24")
    return Addressee(_lines(stay.get("ward")) + _lines(stay.get("hospital")), ())


def _service(known: _Known, letter: Letter) -> Addressee:
    leaving = known.said("F25")
    key = str(leaving.get("handover_service") or "")
    query = select(Service.name).where(Service.programme_id == known.case.programme_id, Service.key == key)
    name = known.session.scalar(query) or leaving.get("handover_to")
    return Addressee(_lines(name), known.kept(key))


def _team(known: _Known, letter: Letter) -> Addressee:
    return Addressee((known.case.team.name,) if known.case.team else (), (), ours=True)


def _lines(text: object) -> Lines:
    return tuple(line.strip() for line in str(text or "").splitlines() if line.strip())


_FOUND: Mapping[str, Callable[[_Known, Letter], Addressee]] = {
    "person": _person,
    "carer": _carer,
    "referrer": _referrer,
    "gp": _gp,
    "ward": _ward,
    "service": _service,
    "team": _team,
}
