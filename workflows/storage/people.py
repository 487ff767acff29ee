"""Finding staff, their posts and their cover."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BindParameter, Row, and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from forms.days import long_date
from workflows.casework.access import PERMISSIONS, Actor, Post, lent
from workflows.casework.dated import in_force
from workflows.casework.roles import each_of
from workflows.casework.staff import Absence, ApiToken, BrowserSession, IdempotencyKey, Membership, StaffMember

# Questions that every rung of a ladder and most pages ask are built once.
_TODAY = (Absence.first_day <= bindparam("today"), Absence.last_day >= bindparam("today"))
_THESE: BindParameter[UUID] = bindparam("staff", expanding=True)
_COVERED = select(Absence.cover_id, Absence.staff_id).where(Absence.cover_id.in_(_THESE), *_TODAY)
_ON_LEAVE = select(Absence.staff_id, Absence.cover_id).where(Absence.staff_id.in_(_THESE), *_TODAY)
_POSTS = (
    select(Membership.staff_id, Membership.role, Membership.programme_id, Membership.team_id)
    .add_columns(Membership.valid_from, Membership.valid_to)
    .where(Membership.staff_id.in_(_THESE))
    .order_by(Membership.id)
)
_IN_FORCE = (
    or_(Membership.valid_from.is_(None), Membership.valid_from <= bindparam("today")),
    or_(Membership.valid_to.is_(None), Membership.valid_to >= bindparam("today")),
)
_IN_POST = (
    select(StaffMember)
    .join(Membership)
    .where(Membership.role.in_(bindparam("roles", expanding=True)))
    .where(*_IN_FORCE, StaffMember.active.is_(True))
    .order_by(StaffMember.name)
    .distinct()
)
_HOLDERS = _IN_POST.where(Membership.programme_id == bindparam("programme"))
_HOLDERS_IN_A_TEAM = _HOLDERS.where(or_(Membership.team_id.is_(None), Membership.team_id == bindparam("team")))
_HOLDERS_OF_NO_TEAM = _HOLDERS.where(Membership.team_id.is_(None))


def signed_in(session: Session, session_id: UUID, began_after: datetime) -> StaffMember | None:
    """Return who is signed in by a session that counts still: not ended, not too old, of an account in use."""
    counts = (BrowserSession.ended_at.is_(None), BrowserSession.began_at > began_after)
    theirs = and_(StaffMember.id == BrowserSession.staff_id, StaffMember.session_stamp == BrowserSession.stamp)
    query = select(StaffMember).join(BrowserSession, theirs).where(BrowserSession.id == session_id, *counts)
    return session.scalar(query.where(StaffMember.active))


def actor_for(session: Session, staff: StaffMember, today: date) -> Actor:
    """Return the member of staff as an actor with today's posts and the colleagues they cover for."""
    return actors(session, (staff,), today)[0][1]


def actors(session: Session, staff: Iterable[StaffMember], today: date) -> list[tuple[StaffMember, Actor]]:
    """Return members of staff with what each is as an actor today; two statements, however many they are.

    Whoever covers for a colleague on leave holds the posts of theirs that are of a role they hold themselves.
    """
    asked = list(staff)
    ids = [one.id for one in asked]
    covers: dict[UUID | None, set[UUID]] = {}
    for cover_id, staff_id in session.execute(_COVERED, {"staff": ids, "today": today}):
        covers.setdefault(cover_id, set()).add(staff_id)
    posts = _posts(session, [*ids, *set().union(*covers.values())], today)
    return [(one, _actor(one, frozenset(covers.get(one.id, ())), posts)) for one in asked]


def _posts(session: Session, staff_ids: Sequence[UUID], today: date) -> dict[UUID, list[Post]]:
    """Return the posts that these people hold today, in the order in which they were given."""
    held: dict[UUID, list[Post]] = {}
    for row in session.execute(_POSTS, {"staff": staff_ids}):
        if in_force(row.valid_from, row.valid_to, today):
            held.setdefault(row.staff_id, []).append(Post(row.role, row.programme_id, row.team_id))
    return held


def _actor(staff: StaffMember, covers: frozenset[UUID], posts: Mapping[UUID, Sequence[Post]]) -> Actor:
    theirs = (post for away in sorted(covers) for post in posts.get(away, ()))
    return Actor(staff.id, staff.name, _with_lent(posts.get(staff.id, ()), theirs), None, covers, staff.works_for)


def _with_lent(own: Iterable[Post], theirs: Iterable[Post]) -> tuple[Post, ...]:
    held = tuple(own)
    return tuple(dict.fromkeys((*held, *lent(held, theirs))))


@dataclass(frozen=True)
class Bearer:
    """Whose token was shown: the person with today's posts, and what the token allows."""

    token_id: UUID
    token: str
    scopes: frozenset[str]
    actor: Actor
    sent_before: bool = False  # an answer was kept under the key that came with the token


_COVERING = and_(Absence.cover_id == StaffMember.id, *_TODAY)
_ANSWERED = and_(IdempotencyKey.token_id == ApiToken.id, IdempotencyKey.key == bindparam("key"))
_AWAY = aliased(Membership)  # the posts of a colleague on leave
_BEARER = (
    select(ApiToken.id, ApiToken.name.label("token"), ApiToken.scopes)
    .add_columns(StaffMember.id.label("staff_id"), StaffMember.name, StaffMember.works_for)
    .add_columns(Membership.role, Membership.programme_id, Membership.team_id)
    .add_columns(Membership.valid_from, Membership.valid_to, Absence.staff_id.label("away_id"))
    .add_columns(_AWAY.role.label("away_role"), _AWAY.programme_id.label("away_programme_id"))
    .add_columns(_AWAY.team_id.label("away_team_id"), _AWAY.valid_from.label("away_from"))
    .add_columns(_AWAY.valid_to.label("away_to"), IdempotencyKey.id.label("answer_id"))
    .join(StaffMember, StaffMember.id == ApiToken.staff_id)
    .outerjoin(Membership, Membership.staff_id == StaffMember.id)
    .outerjoin(Absence, _COVERING)
    .outerjoin(_AWAY, _AWAY.staff_id == Absence.staff_id)
    .outerjoin(IdempotencyKey, _ANSWERED)
    .where(ApiToken.token_hash == bindparam("hash"), ApiToken.revoked_at.is_(None))
    .where(ApiToken.expires_at > bindparam("now"), StaffMember.active.is_(True))
)


def bearer_of(session: Session, token_hash: str, now: datetime, today: date, key: str = "") -> Bearer | None:
    """Return who bears a token that counts now, and whether the request with this key of theirs has its answer.

    One question, because every request of the API asks it.
    """
    rows = session.connection().execute(_BEARER, {"hash": token_hash, "now": now, "today": today, "key": key}).all()
    if not rows:
        return None
    first = rows[0]
    held = (row for row in rows if row.role and in_force(row.valid_from, row.valid_to, today))
    posts = dict.fromkeys(Post(row.role, row.programme_id, row.team_id) for row in held)
    away = (row for row in rows if row.away_role and in_force(row.away_from, row.away_to, today))
    theirs = dict.fromkeys(Post(row.away_role, row.away_programme_id, row.away_team_id) for row in away)
    covers = frozenset(row.away_id for row in rows if row.away_id is not None)
    actor = Actor(first.staff_id, first.name, _with_lent(posts, theirs), None, covers, first.works_for)
    return Bearer(first.id, first.token, frozenset(first.scopes), actor, first.answer_id is not None)


def covers_of(session: Session, staff_id: UUID, today: date) -> Sequence[StaffMember]:
    """Return everybody to whom the tasks of somebody on leave come today."""
    query = select(StaffMember).join(Absence, Absence.cover_id == StaffMember.id)
    away = (Absence.staff_id == staff_id, Absence.first_day <= today, Absence.last_day >= today)
    return session.scalars(query.where(*away).distinct()).unique().all()


def covers_here(session: Session, staff_id: UUID, today: date) -> list[tuple[StaffMember, Actor]]:
    """Return who covers for somebody on leave and is here today, with what each is as an actor."""
    able = [one for one in covers_of(session, staff_id, today) if one.active]
    return actors(session, here(session, able, today), today)


def absent(session: Session, staff_id: UUID, today: date) -> bool:
    """Say whether somebody is on leave today."""
    return leave_on(session, staff_id, today) is not None


def leave_on(session: Session, staff_id: UUID, today: date) -> Absence | None:
    """Return the leave of somebody who is away today."""
    query = select(Absence).where(Absence.staff_id == staff_id, Absence.first_day <= today, Absence.last_day >= today)
    return session.scalar(query.order_by(Absence.last_day.desc()).limit(1))


def called(session: Session, staff: Iterable[StaffMember], today: date) -> list[tuple[UUID, str]]:
    """Return colleagues as they are offered for something to do: name, profession, and whether they are away."""
    asked = list(staff)
    away = away_words(session, [one.id for one in asked], today)
    said = ((one, (one.name, one.profession, away.get(one.id, ""))) for one in asked)
    return [(one.id, ", ".join(filter(None, words))) for one, words in said]


def away_words(session: Session, staff_ids: Collection[UUID], today: date, *, covered: bool = True) -> dict[UUID, str]:
    """Say of each of these colleagues who is away today until when, and who covers.

    covered: False where it is about something that whoever covers cannot do.
    """
    cover = aliased(StaffMember)
    query = select(Absence.staff_id, Absence.last_day, cover.name).outerjoin(cover, cover.id == Absence.cover_id)
    away = (Absence.staff_id.in_(staff_ids), Absence.first_day <= today, Absence.last_day >= today)
    rows = session.execute(query.where(*away).order_by(Absence.last_day)).all()
    cover_words = {staff_id: f", {name or 'nobody'} covers" if covered else "" for staff_id, _, name in rows}
    return {staff_id: f"away until {long_date(last)}{cover_words[staff_id]}" for staff_id, last, _ in rows}


def holders(
    session: Session, role: str, programme_id: UUID, team_id: UUID | None, today: date
) -> Sequence[StaffMember]:
    """Return who holds a role (or one of several) today in a team (or anywhere in the programme), by name."""
    given = {"roles": each_of(role), "programme": programme_id, "today": today}
    if team_id is None:
        return session.scalars(_HOLDERS, given).all()
    return session.scalars(_HOLDERS_IN_A_TEAM, {**given, "team": team_id}).all()


def holders_of_no_team(session: Session, role: str, programme_id: UUID, today: date) -> Sequence[StaffMember]:
    """Return who holds a role today in the programme as a whole, by name."""
    given = {"roles": each_of(role), "programme": programme_id, "today": today}
    return session.scalars(_HOLDERS_OF_NO_TEAM, given).all()


def who_may(session: Session, permission: str, programme_id: UUID | None, today: date) -> Sequence[StaffMember]:
    """Return who may do something today by a post in a programme (None: in any) or in the whole system, by name."""
    query = _IN_POST
    if programme_id is not None:
        query = query.where(or_(Membership.programme_id.is_(None), Membership.programme_id == programme_id))
    return session.scalars(query, {"roles": sorted(PERMISSIONS[permission]), "today": today}).all()


def pool(session: Session, role: str, programme_id: UUID, team_id: UUID | None, today: date) -> Sequence[StaffMember]:
    """Return who holds a role today in a team, and who covers for those on leave and holds it in the programme."""
    held = holders(session, role, programme_id, team_id, today)
    covers = {cover_id for _, cover_id in _on_leave(session, held, today) if cover_id}
    if not covers:
        return held
    able = holders(session, role, programme_id, None, today)
    return tuple(dict.fromkeys((*held, *(staff for staff in able if staff.id in covers))))


def here(session: Session, staff: Iterable[StaffMember], today: date) -> list[StaffMember]:
    """Return those of the staff who are not on leave today."""
    asked = list(staff)
    away = {staff_id for staff_id, _ in _on_leave(session, asked, today)}
    return [one for one in asked if one.id not in away]


def _on_leave(session: Session, staff: Iterable[StaffMember], today: date) -> Sequence[Row[UUID, UUID | None]]:
    ids = [one.id for one in staff]
    return session.execute(_ON_LEAVE, {"staff": ids, "today": today}).all() if ids else ()


def by_email(session: Session, email: str) -> StaffMember | None:
    """Return the account with this address, however it is written."""
    return session.scalar(select(StaffMember).where(StaffMember.email == email.strip().lower()))
