"""Intake: who is this, are they already with us, which team is theirs."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from workflows.casework.errors import RuleBroken, SetUpWrong
from workflows.casework.person import IdentityJoin, Person, age_on
from workflows.casework.programme import Team
from workflows.clock import at_london
from workflows.duties.case import enter
from workflows.duties.counting_anew import give_to_team
from workflows.duties.exclusions import leave_out_as_before
from workflows.duties.facts import urgent_now
from workflows.duties.hospital_told import begin_stay_told
from workflows.duties.news import leave_the_list, offer_details
from workflows.duties.overtaken import overtake
from workflows.duties.papers import answers
from workflows.duties.register import Asking, Variables, duty
from workflows.duties.routes import route_of, taking_over
from workflows.storage import cases, identities
from workflows.storage.referrer_waits import waits_for_referrer

JOINS = frozenset({"same", "merge_request"})
SET_ASIDE = "NHS number set aside: it belongs to somebody else"
PRESSING = frozenset({"emergency", "urgent"})


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
        return "unsure" if identities.namesakes(asking.work.session, person) else _settle_new(asking)
    known = [other for other in cases.confirmed_people(asking.work.session, person.nhs_number) if other is not person]
    if not known:
        return _settle_new(asking)
    if known[0].dob == person.dob and identities.same_name(known[0].family_name, person.family_name):
        _become(asking, known[0])
        return "matched"
    return "unsure"


@duty("intake.apply_identity")
def apply_identity(asking: Asking, decision: str) -> None:
    """Carry out what was decided about the identity: the person two people named, or somebody new."""
    person = asking.case.person
    if person.confirmed:
        return
    if decision in JOINS:
        _become(asking, _named_by_two(asking))
    elif decision == "different":
        if person.nhs_number and cases.confirmed_people(asking.work.session, person.nhs_number):
            person.happened(SET_ASIDE)
            person.nhs_number = None
        _settle_new(asking)


def _named_by_two(asking: Asking) -> Person:
    """Return the record that the last two people to look, two different ones, both named."""
    looks = [
        paper
        for paper in cases.documents_of(asking.work.session, asking.case.id, "F04")
        if paper.run_id == asking.run.id and paper.answers.get("decision") in JOINS
    ]
    last = looks[-1]
    other = next((paper for paper in reversed(looks) if paper.author_id != last.author_id), None)
    if other is None:
        raise RuleBroken(
            "Records are joined after a second look only. Choose “Two records of one person”: a colleague is asked."
        )
    return _one_record(asking, last.answers.get("matched_record"), other.answers.get("matched_record"))


def _one_record(asking: Asking, *named: str | None) -> Person:
    """Return the person both mean; whoever was not asked for a record can only mean the one there is."""
    session = asking.work.session
    possible = identities.could_be(session, asking.case.person)
    only = possible[0] if len(possible) == 1 else None
    meant = [identities.person_of(session, number) if number else only for number in named]
    if None in meant:
        raise RuleBroken("Several people could be meant: name the record that is meant.")
    if meant[0] is not meant[1]:
        raise RuleBroken(
            "Your colleague named another record. Choose “I cannot tell”, and say why: it is looked at once more."
        )
    if meant[0] not in possible:
        raise RuleBroken("This record does not fit: neither the NHS number nor surname and date of birth agree.")
    return meant[0]


def _settle_new(asking: Asking) -> str:
    asking.case.person.confirm(asking.work.now)
    return "new"


def _become(asking: Asking, known: Person) -> None:
    """Let the case point at the person we already know; what their record says stays until somebody decides.

    What the referral said of the person is set aside with it, so that a wrong join can be taken back.
    """
    provisional = asking.case.person
    earlier = cases.last_closed_case_of(asking.work.session, known.id, asking.case.programme_id)
    asking.case.person = known
    asking.case.previous_case_id = earlier.id if earlier else None
    asking.case.happened("person matched")
    leave_out_as_before(asking.work, asking.case)
    join = IdentityJoin(
        case_id=asking.case.id, known_id=known.id, set_aside_id=provisional.id, joined_at=asking.work.now
    )
    join.happened("join kept")
    asking.work.session.add(join)
    provisional.happened("provisional record set aside for a known person")


@duty("intake.open_case_check")
def open_case_check(asking: Asking) -> Variables:
    """Say whether another case of the person is open, and whether their 18th birthday is near.

    Where none is open, what the referral says otherwise than the record is put before somebody, and the stay in
    hospital begins that was told of while they were only nominated.
    """
    person = asking.case.person
    other = cases.open_case_of(asking.work.session, person.id, asking.case.programme_id, asking.case.id)
    if other is None:
        begin_stay_told(asking, asking.case)
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
def hold_until_birthday(asking: Asking) -> None:
    """Write down until which day the referral is held; when that is, the record of the person says."""
    asking.case.happened("held until the 18th birthday", on=_eighteenth_birthday(asking).isoformat())


def of_the_person(asking: Asking, key: str) -> datetime | None:
    """Return the instant that a date of the person leads to; None where the key names none of them.

    A diagram asks for it by its name in every act, so that the state of a process says nothing of when they were born.
    """
    if key != "person.eighteenth_birthday":
        return None
    return at_london(_eighteenth_birthday(asking), time(9))


def _eighteenth_birthday(asking: Asking) -> date:
    """Return the 18th birthday (1 March for somebody born on 29 February)."""
    dob = asking.case.person.dob
    if dob is None:
        raise RuleBroken("The date of birth is not known.")
    year = dob.year + 18
    leap_day = (dob.month, dob.day) == (2, 29) and not _leap(year)
    return date(year, 3, 1) if leap_day else dob.replace(year=year)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@duty("intake.begin_triage")
def begin_triage(asking: Asking) -> Variables:
    """Pass the referral to triage; after questions to the referrer what was left of its time goes on.

    What has become urgent meanwhile has its own time, from now.
    """
    enter(asking, "triage")
    entered = max(entry.entered_at for entry in asking.case.stages if entry.stage == "triage")
    waited = any(asked >= entered for asked, _ in waits_for_referrer(asking.work.session, asking.case.id))
    again = waited and asking.case.priority not in PRESSING
    return {"closure_reason": "", "triage_from": entered.isoformat() if again else None}


@duty("intake.apply_reply")
def apply_reply(asking: Asking) -> None:
    """Take the referrer's answers into the person's details; of somebody known before, only what nobody knew."""
    said = answers(asking, "F02", begins_with="ask")
    person = asking.case.person
    told: dict[str, Any] = {name: said[name] for name in ("nhs_number", "practice_code") if said.get(name)}
    if said.get("dob"):
        told["dob"] = date.fromisoformat(said["dob"])
    if person.confirmed and _of_somebody_else(asking, told.get("nhs_number", "")):
        person.happened(SET_ASIDE)
        del told["nhs_number"]
    known = cases.known_before(asking.work.session, person.id, asking.case.id)
    for name, value in told.items():
        if not (known and getattr(person, name)):
            setattr(person, name, value)
    person.happened("the referrer replied")
    overtake(asking.work.session, asking.case.id, "reply")


def _of_somebody_else(asking: Asking, number: str) -> bool:
    """Say whether a number stands on the record of another person, whom two people may find to be the same one."""
    known = cases.confirmed_people(asking.work.session, number) if number else ()
    return any(other is not asking.case.person for other in known)


@duty("intake.assign_team")
def assign_team(asking: Asking, team: str = "") -> Variables:
    """Put the case into its team's hands: the one named, otherwise the one triage chose or the register gives.

    A team that takes no cases now is stood in for by its cover. One that is to triage has the whole time for it.
    """
    found = _named(asking, team) if team else _by_triage(asking) or _routed(asking)
    if found is None:
        asking.case.raise_flag("unrouted")
        return {}
    give_to_team(asking, found)
    asking.case.lower_flag("unrouted")
    return {"triage_from": None}


def _named(asking: Asking, key: str) -> Team:
    query = select(Team).where(Team.programme_id == asking.case.programme_id, Team.key == key)
    team = asking.work.session.scalar(query)
    if team is None:
        raise SetUpWrong(f"The programme has no team “{key}”.")
    return team


def _by_triage(asking: Asking) -> Team | None:
    chosen = asking.variables.get("triage_team")
    return _covered(asking, _named(asking, str(chosen))) if chosen else None


def _routed(asking: Asking) -> Team | None:
    teams = route_of(asking).teams
    return _covered(asking, teams[0]) if teams else None


def _covered(asking: Asking, team: Team) -> Team:
    return asking.work.session.get_one(Team, taking_over(team))
