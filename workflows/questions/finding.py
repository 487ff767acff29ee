"""Finding a person among the cases one may see: by case number, by name, or by NHS number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select

from workflows.casework.case import Case
from workflows.casework.person import Person, PersonIdentifier
from workflows.casework.programme import Team
from workflows.desk import Desk
from workflows.questions import reach
from workflows.storage import runs

MOST = 30
SHORTEST = 2
LONGEST = 60
_NHS_NUMBER = re.compile(r"\d{10}")
_CASE_NUMBER = re.compile(r"[A-Za-z]{2,6}-?\d{1,6}")


@dataclass(frozen=True)
class Found:
    """A case that fits, with as much of the person as tells namesakes apart."""

    number: str
    person: str
    dob: date | None
    died_on: date | None
    ending: str  # which ending has stopped the case, by its kind in casework.ending; empty when none
    team: str
    stage: str
    closed_at: datetime | None


@dataclass(frozen=True)
class Search:
    """What was looked for, what fits, and whether more would."""

    words: str
    found: tuple[Found, ...]
    more: bool
    too_short: bool = False


def nhs_number_in(words: str) -> str:
    """Return the NHS number somebody typed, without its spaces; empty when it is not one."""
    digits = re.sub(r"[\s-]", "", words)
    return digits if _NHS_NUMBER.fullmatch(digits) else ""


def find_person(desk: Desk, words: str) -> Search:
    """Look for a case number or a name; every word must fit. Open cases first, then the newest."""
    asked = " ".join(words.split())[:LONGEST]
    parts = [part for part in asked.split() if len(part) >= SHORTEST][:4]
    if not parts or nhs_number_in(asked):
        return Search(asked, (), more=False, too_short=bool(asked) and not parts)
    return _search(desk, asked, and_(*(_fits(part) for part in parts)))


def find_nhs_number(desk: Desk, number: str) -> Search:
    """Look for a person by an NHS number they have or had. The number itself is never repeated in the answer."""
    return _search(desk, "", has_nhs_number(number))


def has_nhs_number(number: str) -> ColumnElement[bool]:
    """Ask whether a person has, or had, an NHS number."""
    known = select(PersonIdentifier.person_id).where(PersonIdentifier.value == number)
    return or_(Person.nhs_number == number, Person.id.in_(known))


def _fits(word: str) -> ColumnElement[bool]:
    if _CASE_NUMBER.fullmatch(word):
        return Case.number == _whole_number(word)
    # SQLite folds only the letters of English: other names are looked for in each spelling.
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    places = (Person.family_name, Person.given_name, Person.preferred_name, Case.number)
    return or_(*(place.icontains(each, autoescape=True) for place in places for each in sorted(spellings)))


def _whole_number(word: str) -> str:
    """Fill a case number up: "acm-17" is ACM-000017."""
    letters = re.match(r"[A-Za-z]+", word)
    programme = letters.group() if letters else ""
    return f"{programme.upper()}-{int(word[len(programme) :].lstrip('-')):06d}"


def _search(desk: Desk, words: str, wanted: ColumnElement[bool]) -> Search:
    query = (
        select(Case, Person, Team.name)
        .join(Person, Case.person_id == Person.id)
        .outerjoin(Team, Case.team_id == Team.id)
        .where(reach.may_see(desk.actor), wanted)
        .order_by(Case.closed_at.is_not(None), Case.opened_at.desc(), Case.id)
        .limit(MOST + 1)
    )
    with desk.looking() as session:
        rows = session.execute(query).all()
        endings = runs.endings_under_way(session, [case.id for case, _, _ in rows if case.outbound_stopped])
        found = tuple(
            Found(
                case.number, person.name, person.dob, person.deceased_on, endings.get(case.id, ""), team or "",
                case.stage, case.closed_at,
            )
            for case, person, team in rows
        )  # fmt: skip
    return Search(words, found[:MOST], more=len(found) > MOST)
