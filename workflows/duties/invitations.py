"""Who is invited to a meeting, and how: colleagues by email, everybody else by phone or post, nobody in silence.

Nobody is told with whom the case is not shared: it is said who that is, before and after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from forms.days import human_day
from workflows.casework.invited import FromElsewhere
from workflows.casework.sectors import SECTOR_NAMES, SECTORS_OF_ROLE
from workflows.casework.staff import StaffMember
from workflows.duties.carers import CARER, carer_may_know, has_carer
from workflows.duties.correspondence import INVITATION, REFERRER, anybody_there
from workflows.duties.left_out import left_out, names_left_out, referrer_left_out
from workflows.duties.papers import answers, newest
from workflows.duties.register import Asking, duty
from workflows.duties.routes import pool_of
from workflows.duties.short_answer import THEMSELVES, referrer_may_know
from workflows.duties.telling import tell_by_hand, write_notice
from workflows.storage import doers

PREPARATION, COORDINATOR = "F15", "care_coordinator"
TO_REFERRER = "mdt_invitation_referrer"
Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Member:
    """What a preparation says of one member. place: its question. who: in words. told: who gets an email.

    shared: whether the case is shared with them; a profession that nobody holds may be shared with all the same.
    """

    place: str
    who: str
    told: tuple[StaffMember, ...]
    shared: bool


def members(asking: Asking, said: Answers) -> list[Member]:
    """Return whom a preparation wants in the room: professions, colleagues by name, and whoever works elsewhere."""
    rows = enumerate(said.get("invite") or ())
    professions = [profession(asking, role) for role in said.get("needed_roles") or ()]
    return professions + [_named(asking, place, row) for place, row in rows]


def kept_from(asking: Asking, said: Answers) -> Iterator[tuple[str, str]]:
    """Return by question whom a preparation names although the case is not shared with them."""
    yield from ((one.place, one.who) for one in members(asking, said) if not one.shared)
    if said.get("invite_referrer") == "yes" and not _referrer_reached(asking):
        yield "invite_referrer", "the referrer"
    if _carer_joins(said) and has_carer(asking) and not carer_may_know(asking):
        yield "person_attends", "the carer"


def profession(asking: Asking, role: str) -> Member:
    """Return a profession as a member: who holds it and may know of the case, and whether it is shared with them."""
    case, session = asking.case, asking.work.session
    pool = _pool(asking, role)
    told = doers.may_be_asked(session, pool, case, asking.work.today)
    sectors = SECTORS_OF_ROLE.get(role, frozenset())
    shared = bool(told) or (not pool and (not sectors or bool(sectors & case.sectors)))
    name = case.programme.role_names.get(role, role.replace("_", " "))
    return Member("needed_roles", name, tuple(told), shared)


def _pool(asking: Asking, role: str) -> Sequence[StaffMember]:
    case = asking.case
    if role == COORDINATOR:
        return (case.coordinator,) if case.coordinator else ()
    return pool_of(asking.work.session, role, case, case.team_id, asking.work.today)


def _named(asking: Asking, place: int, row: Answers) -> Member:
    if not row.get("user"):
        sector = str(row.get("sector") or "other")
        shared = sector in asking.case.sectors and not _left_out_by_name(asking, row)
        return Member(f"invite.{place}.sector", f"{row.get('name')} ({SECTOR_NAMES.get(sector, sector)})", (), shared)
    staff = asking.work.session.get_one(StaffMember, UUID(str(row["user"])))
    told = doers.may_be_asked(asking.work.session, [staff], asking.case, asking.work.today)
    return Member(f"invite.{place}.user", staff.name, tuple(told), bool(told))


def _left_out_by_name(asking: Asking, row: Answers) -> bool:
    known_as = {str(row.get(name) or "").strip().casefold() for name in ("name", "organisation", "email")} - {""}
    return bool(known_as & names_left_out(asking.work.session, asking.case.id))


def _referrer_reached(asking: Asking) -> bool:
    session, case = asking.work.session, asking.case
    return referrer_may_know(session, case) and not referrer_left_out(session, case)


def _carer_joins(said: Answers) -> bool:
    return said.get("person_attends") in {"carer", "both"}


@duty("mdt.invite")
def invite(asking: Asking) -> None:
    """Invite to the meeting: colleagues by an email that names nobody, all others by a row to tell by phone or post."""
    paper = newest(asking, PREPARATION)
    said: Answers = paper.answers if paper else {}
    words = {"when": human_day(str(said["meeting_at"])) if said.get("meeting_at") else "the next day it meets"}
    for member in members(asking, said):
        _tell_member(asking, member, words)
    for recipient in _by_hand(asking, said):
        tell_by_hand(asking, INVITATION, recipient)
    _invite_referrer(asking, said, words)


def _tell_member(asking: Asking, member: Member, words: Mapping[str, str]) -> None:
    for staff in member.told:
        if staff.id != asking.work.actor.id:
            write_notice(asking, asking.case, INVITATION, staff, words)
    if not member.shared:
        asking.case.happened("not invited", who=member.who)
    elif not member.told and member.place == "needed_roles":
        asking.case.happened("nobody to invite", who=member.who)


def _by_hand(asking: Asking, said: Answers) -> Iterator[str]:
    if said.get("person_attends") in {"person", "both"} or _refers_themselves(asking, said):
        yield "person"
    if _carer_joins(said) and has_carer(asking):
        yield CARER
    for row in said.get("invite") or ():
        if not row.get("user"):
            known_as = (str(row[name]) for name in ("name", "organisation", "email") if row.get(name))
            yield FromElsewhere(str(row.get("sector") or "other"), tuple(known_as)).recipient


def _refers_themselves(asking: Asking, said: Answers) -> bool:
    return said.get("invite_referrer") == "yes" and answers(asking, "F01").get("source") == THEMSELVES


def _invite_referrer(asking: Asking, said: Answers, words: Mapping[str, str]) -> None:
    """Invite whoever referred the person, by email where they gave an address and the case is shared with them."""
    if said.get("invite_referrer") != "yes" or not anybody_there(asking, REFERRER) or _refers_themselves(asking, said):
        return
    address = answers(asking, "F01").get("referrer_email")
    if not address or not _referrer_reached(asking) or left_out(asking, REFERRER):
        tell_by_hand(asking, INVITATION, REFERRER)
        return
    phone = str(asking.case.programme.content.get("phone") or "")
    write_notice(asking, asking.case, TO_REFERRER, str(address), {**words, "phone": phone})
