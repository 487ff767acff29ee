"""Intake: who is this, are they already with us, which team is theirs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select

from workflows.casework.errors import RuleBroken
from workflows.casework.person import Person, age_on
from workflows.casework.programme import Team
from workflows.clock import LONDON
from workflows.duties.facts import urgent_now
from workflows.duties.news import leave_the_list, offer_details
from workflows.duties.papers import answers
from workflows.duties.register import Asking, Variables, duty
from workflows.duties.routes import route_of, taking_over
from workflows.storage import cases


@duty("intake.match_identity")
def match_identity(asking: Asking) -> Variables:
    """Compare the person with those we know: same NHS number and date of birth is a match; a contradiction is not.

    `haste` says how soon somebody has to look where it is not certain: what is urgent does not wait for it.
    """
    return {"identity": _matched(asking), "haste": "urgent" if urgent_now(asking) else "standard"}


def _matched(asking: Asking) -> str:
    person = asking.case.person
    if person.confirmed:
        return "matched"
    if not person.nhs_number:
        return "unsure" if _namesakes(asking, person) else _settle_new(asking)
    known = [other for other in cases.confirmed_people(asking.work.session, person.nhs_number) if other is not person]
    if not known:
        return _settle_new(asking)
    if known[0].dob == person.dob and _same(known[0].family_name, person.family_name):
        _become(asking, known[0])
        return "matched"
    return "unsure"


@duty("intake.apply_identity")
def apply_identity(asking: Asking, decision: str) -> None:
    """Carry out what a person decided about the identity: the same as somebody known, or somebody new."""
    person = asking.case.person
    if person.confirmed:
        return
    known = cases.confirmed_people(asking.work.session, person.nhs_number) if person.nhs_number else []
    known = known or _namesakes(asking, person)
    if decision in {"same", "merge_request"} and known:
        _become(asking, known[0])
    elif decision == "different":
        if known and person.nhs_number:
            person.happened("NHS number set aside: it belongs to somebody else")
            person.nhs_number = None
        _settle_new(asking)


def _settle_new(asking: Asking) -> str:
    asking.case.person.confirm(asking.work.now)
    return "new"


def _same(one: str, other: str) -> bool:
    return one.casefold().strip() == other.casefold().strip()


def _namesakes(asking: Asking, person: Person) -> list[Person]:
    query = select(Person).where(Person.dob == person.dob, Person.confirmed.is_(True), Person.id != person.id)
    return [other for other in asking.work.session.scalars(query) if _same(other.family_name, person.family_name)]


def _become(asking: Asking, known: Person) -> None:
    """Let the case point at the person we already know; what their record says stays until somebody decides."""
    provisional = asking.case.person
    earlier = cases.last_closed_case_of(asking.work.session, known.id, asking.case.programme_id)
    asking.case.person = known
    asking.case.previous_case_id = earlier.id if earlier else None
    asking.case.happened("person matched")
    asking.work.session.flush()
    provisional.happened("provisional record joined with a known person")
    asking.work.session.delete(provisional)


@duty("intake.open_case_check")
def open_case_check(asking: Asking) -> Variables:
    """Say whether another case of the person is open, and whether their 18th birthday is near.

    Where none is open, what the referral says otherwise than the record is put before somebody.
    """
    person = asking.case.person
    other = cases.open_case_of(asking.work.session, person.id, asking.case.programme_id, asking.case.id)
    if other is None and person.confirmed:
        leave_the_list(asking)
        offer_details(asking)
    hold = asking.case.programme.number("birthday_hold_months", asking.work.today)
    near = _months_to_eighteen(person.dob, asking.work.today) <= hold
    return {"open_case": other is not None, "near_birthday": near}


def _months_to_eighteen(dob: date | None, today: date) -> int:
    if dob is None or age_on(dob, today) >= 18:
        return 999
    months = (dob.year + 18 - today.year) * 12 + dob.month - today.month
    return months + (dob.day > today.day)


@duty("intake.hold_until_birthday")
def hold_until_birthday(asking: Asking) -> Variables:
    """Return the morning of the 18th birthday (1 March for somebody born on 29 February)."""
    dob = asking.case.person.dob
    if dob is None:
        raise RuleBroken("The date of birth is not known.")
    year = dob.year + 18
    leap_day = (dob.month, dob.day) == (2, 29) and not _leap(year)
    birthday = date(year, 3, 1) if leap_day else dob.replace(year=year)
    asking.case.happened("held until the 18th birthday", on=birthday.isoformat())
    return {"birthday_at": datetime.combine(birthday, time(9), LONDON).astimezone(UTC).isoformat()}


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@duty("intake.apply_reply")
def apply_reply(asking: Asking) -> None:
    """Take the referrer's answers into the person's details; of somebody known before, only what nobody knew."""
    said = answers(asking, "F02", begins_with="ask")
    person = asking.case.person
    told: dict[str, Any] = {name: said[name] for name in ("nhs_number", "practice_code") if said.get(name)}
    if said.get("dob"):
        told["dob"] = date.fromisoformat(said["dob"])
    known = cases.known_before(asking.work.session, person.id, asking.case.id)
    for name, value in told.items():
        if not (known and getattr(person, name)):
            setattr(person, name, value)
    person.happened("the referrer replied")


@duty("intake.assign_team")
def assign_team(asking: Asking, team: str = "") -> None:
    """Put the case into its team's hands: the one named, otherwise the one the register gives (or its cover)."""
    found = _named(asking, team) if team else _routed(asking)
    if found is None:
        asking.case.raise_flag("unrouted")
        return
    asking.case.join_team(found)
    asking.case.lower_flag("unrouted")


def _named(asking: Asking, key: str) -> Team:
    query = select(Team).where(Team.programme_id == asking.case.programme_id, Team.key == key)
    team = asking.work.session.scalar(query)
    if team is None:
        raise RuleBroken(f"The programme has no team “{key}”.")
    return team


def _routed(asking: Asking) -> Team | None:
    teams = route_of(asking).teams
    return asking.work.session.get(Team, taking_over(teams[0])) if teams else None
