"""Who works here: accounts, posts, leave, and who somebody is when they ask for something."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from forms.days import long_date
from workflows.casework.access import Actor, may
from workflows.casework.errors import NotAllowed, NotFound
from workflows.casework.leave import may_cover, may_enter_leave
from workflows.casework.programme import Programme, Team
from workflows.casework.roles import ROLE_NAMES, named, names_in
from workflows.casework.staff import Absence, Membership, StaffMember
from workflows.desk import Desk
from workflows.storage import people

LONGEST_SESSION = timedelta(hours=12)  # a long shift; whoever works on signs in again


@dataclass(frozen=True)
class PostHeld:
    """A role somebody holds, where, and from when to when. `today`: it counts today."""

    id: UUID
    role: str
    programme: str
    team: str
    valid_from: date | None
    valid_to: date | None
    today: bool
    named: str  # the role, as its programme calls it


@dataclass(frozen=True)
class Leave:
    """Days somebody is away, and who covers. `nobody_why`: why the cover cannot be there on all of these days."""

    id: UUID
    staff_id: UUID
    name: str
    cover: str
    first_day: date
    last_day: date
    nobody_why: str = ""


@dataclass(frozen=True)
class Member:
    """Somebody with an account."""

    id: UUID
    name: str
    email: str
    profession: str
    active: bool
    posts: tuple[PostHeld, ...]
    works_for: str = ""


@dataclass(frozen=True)
class MemberRecord:
    """An account with its leave, as its own page shows it."""

    member: Member
    leave: tuple[Leave, ...]


def signed_in(desk: Desk, session_id: UUID) -> Actor | None:
    """Return whose session this is; None when it or the account has ended, or its password changed since."""
    with desk.looking() as session:
        staff = people.signed_in(session, session_id, desk.clock.now() - LONGEST_SESSION)
        return people.actor_for(session, staff, desk.today) if staff else None


def actor_of(desk: Desk, staff_id: UUID) -> Actor | None:
    """Return an active member of staff as an actor."""
    with desk.looking() as session:
        staff = session.get(StaffMember, staff_id)
        return people.actor_for(session, staff, desk.today) if staff is not None and staff.active else None


def everybody(desk: Desk, words: str = "", *, ended: bool = False) -> list[Member]:
    """Return the accounts by name: those in use, or those that have ended. `words` narrows by name or address."""
    _must_manage_staff(desk)
    query = select(StaffMember).where(StaffMember.active.is_(not ended)).order_by(StaffMember.name)
    query = query.options(selectinload(StaffMember.posts))
    for word in words.split():
        query = query.where(
            or_(
                StaffMember.name.icontains(word, autoescape=True),
                StaffMember.email.icontains(word, autoescape=True),
            )
        )
    with desk.looking() as session:
        places = _places(session)
        return [_member(staff, places, desk.today) for staff in session.scalars(query)]


def member_record(desk: Desk, staff_id: UUID) -> MemberRecord:
    """Return one account: for the administrator, or for the person themselves."""
    if staff_id != desk.actor.id:
        _must_manage_staff(desk)
    with desk.looking() as session:
        staff = session.get(StaffMember, staff_id)
        if staff is None:
            raise NotFound("There is no such account.")
        member = _member(staff, _places(session), desk.today)
        return MemberRecord(member, tuple(_leave(desk, [staff_id])))


def looked_after(desk: Desk) -> list[tuple[UUID, str]]:
    """Return those the actor may enter leave for, by name."""
    with desk.looking() as session:
        return [(staff.id, staff.name) for staff in _active(session) if may_enter_leave(desk.actor, staff, desk.today)]


def leave_to_come(desk: Desk) -> list[Leave]:
    """Return present and coming leave of everybody the actor may enter leave for."""
    return _leave(desk, [staff_id for staff_id, _name in looked_after(desk)])


def covered_by_me(desk: Desk) -> list[Leave]:
    """Return for whom the actor covers, now and to come."""
    return _found_leave(desk, Absence.cover_id == desk.actor.id)


def left_uncovered(desk: Desk, staff_id: UUID, first_day: date, last_day: date) -> list[Leave]:
    """Return the leave of colleagues for which somebody covers who is away on some of its days themselves."""
    shared = and_(Absence.first_day <= last_day, Absence.last_day >= first_day)
    return _found_leave(desk, and_(Absence.cover_id == staff_id, shared))


def leave_of(desk: Desk, leave_id: UUID) -> Leave:
    """Return present or coming leave that the actor may enter and change."""
    found = next((one for one in leave_to_come(desk) if one.id == leave_id), None)
    if found is None:
        raise NotFound("There is no such leave, or it is over.")
    return found


def who_may_cover(desk: Desk, staff_id: UUID) -> list[tuple[UUID, str]]:
    """Return who could stand in for somebody, by name."""
    with desk.looking() as session:
        staff = session.get(StaffMember, staff_id)
        if staff is None or not may_enter_leave(desk.actor, staff, desk.today):
            raise NotFound("There is no such account.")
        return [(other.id, other.name) for other in _active(session) if may_cover(other, staff, desk.today, desk.today)]


def administrators(desk: Desk) -> list[str]:
    """Return the names of those who give people their roles."""
    with desk.looking() as session:
        return [staff.name for staff in people.who_may(session, "staff.manage", None, desk.today)]


def demonstration_people(desk: Desk) -> list[Member]:
    """Return everybody one can be in a demonstration; refused where real people work."""
    if not desk.settings.demonstration:
        raise NotAllowed("This is not a demonstration.")
    with desk.looking() as session:
        places = _places(session)
        return [_member(staff, places, desk.today) for staff in _active(session)]


def _must_manage_staff(desk: Desk) -> None:
    if not may(desk.actor, "staff.manage"):
        raise NotAllowed("Only a system administrator looks after accounts.")


def _active(session: Session) -> Sequence[StaffMember]:
    query = select(StaffMember).where(StaffMember.active.is_(True)).options(selectinload(StaffMember.posts))
    return session.scalars(query.order_by(StaffMember.name)).all()


def _leave(desk: Desk, staff_ids: Sequence[UUID]) -> list[Leave]:
    return _found_leave(desk, Absence.staff_id.in_(staff_ids))


def _found_leave(desk: Desk, wanted: ColumnElement[bool]) -> list[Leave]:
    cover = aliased(StaffMember)
    query = (
        select(Absence, StaffMember.name, cover)
        .join(StaffMember, StaffMember.id == Absence.staff_id)
        .outerjoin(cover, cover.id == Absence.cover_id)
        .where(wanted, Absence.last_day >= desk.today)
        .order_by(Absence.first_day, StaffMember.name)
    )
    with desk.looking() as session:
        rows = session.execute(query).all()
        absences = _absences_of(session, [away.cover_id for away, _, _ in rows if away.cover_id], desk.today)
        return [_as_leave(away, name, covers, absences) for away, name, covers in rows]


def _as_leave(away: Absence, name: str, cover: StaffMember | None, absences: Iterable[Absence]) -> Leave:
    covers, why = cover.name if cover else "", _why_nobody(away, cover, absences)
    return Leave(away.id, away.staff_id, name, covers, away.first_day, away.last_day, why)


def _absences_of(session: Session, staff_ids: Collection[UUID], today: date) -> Sequence[Absence]:
    query = select(Absence).where(Absence.staff_id.in_(staff_ids), Absence.last_day >= today)
    return session.scalars(query.order_by(Absence.first_day)).all() if staff_ids else ()


def _why_nobody(leave: Absence, cover: StaffMember | None, absences: Iterable[Absence]) -> str:
    """Say why nobody covers on some of these days though somebody is named: they are away too, or have left."""
    if cover is None or not cover.active:
        return f"{cover.name}’s account has ended" if cover else ""
    shared = [
        one
        for one in absences
        if one.staff_id == cover.id and one.first_day <= leave.last_day and one.last_day >= leave.first_day
    ]
    return f"away too until {long_date(shared[0].last_day)}" if shared else ""


@dataclass(frozen=True)
class Places:
    """Programmes and teams by their keys: their names, and what each programme calls the roles."""

    names: Mapping[UUID | None, str]
    roles: Mapping[UUID | None, Mapping[str, str]]


def _places(session: Session) -> Places:
    programmes = session.execute(select(Programme.id, Programme.name, Programme.content)).all()
    teams = session.execute(select(Team.id, Team.name)).all()
    return Places({row[0]: row[1] for row in (*programmes, *teams)}, {row[0]: names_in(row[2]) for row in programmes})


def _member(staff: StaffMember, places: Places, today: date) -> Member:
    posts = sorted(staff.posts, key=lambda post: (post.role, str(post.team_id)))
    return Member(
        staff.id, staff.name, staff.email, staff.profession, staff.active,
        tuple(_post(post, places, today) for post in posts), staff.works_for,
    )  # fmt: skip


def _post(post: Membership, places: Places, today: date) -> PostHeld:
    return PostHeld(
        post.id, post.role, places.names.get(post.programme_id, ""), places.names.get(post.team_id, ""),
        post.valid_from, post.valid_to, post.counts_on(today),
        named(post.role, places.roles.get(post.programme_id, ROLE_NAMES)),
    )  # fmt: skip
