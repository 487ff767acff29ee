"""Who has looked at a case: every view of its record, and every list that named it, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, selectinload

from workflows.casework.audit import CHAINS_OF_LISTS, AuditEntry, chain_of
from workflows.casework.base import UtcDateTime
from workflows.casework.errors import NotAllowed
from workflows.casework.referral import Referral
from workflows.casework.roles import named
from workflows.casework.staff import Membership, StaffMember
from workflows.clock import LONDON, london_day
from workflows.desk import Desk
from workflows.questions.audit import Verified, verify_chain
from workflows.questions.case_head import Head, head_of
from workflows.questions.sight import Opened, opened
from workflows.questions.timeline import VIEWS, cursor, of_the_concern, read_cursor

PAGE = 50
USUAL_DAYS = 28  # how far back the page looks unless it is asked: no list is searched for longer without need
LIST_SEEN = "list seen"


@dataclass(frozen=True)
class Period:
    """Whose looks are asked for, and from which day to which, both included."""

    first: date
    last: date
    who: UUID | None = None


@dataclass(frozen=True)
class Looked:
    """One look. `posts`: what they were in this programme on that day; `by`: who looked, with the token, if any."""

    at: datetime
    by: str
    posts: tuple[str, ...]
    act: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Lookers:
    """A page of looks at one case.

    `people`: whoever looked in the period, and how often; `found`: looks of whom is asked for; `after`: where the
    next page goes on, None on the last; `whole`: whether the record of this case is complete.
    """

    head: Head
    period: Period
    begun_on: date
    looks: tuple[Looked, ...]
    people: tuple[tuple[UUID, str, int], ...]
    found: int
    after: str | None
    whole: Verified


def who_looked(
    desk: Desk, number: str, first: date | None = None, last: date | None = None, who: UUID | None = None,
    after: str = "",
) -> Lookers:  # fmt: skip
    """Return a page of those who looked; without days, of the last four weeks.

    Raises NotFound for a case that is not the reader's to see, NotAllowed where it is not theirs to watch over.
    """
    with desk.looking() as session:
        found = opened(session, desk, number)
        if not found.sight.views:
            raise NotAllowed("Who has looked at a case is shown to the Caldicott lead and to its managers.")
        last = last or desk.today
        period = Period(first or last - timedelta(days=USUAL_DAYS), last, who)
        looks = _looks(session, found, period)
        people = _people(session, found, period)
        page = _page(session, looks if who is None else looks.where(AuditEntry.actor_id == who), after)
        return Lookers(
            head=head_of(session, desk, found),
            period=period,
            begun_on=london_day(found.case.opened_at),
            looks=_told(session, found, page[:PAGE]),
            people=people,
            found=sum(times for each, _name, times in people if who in (None, each)),
            after=cursor(page[PAGE - 1].at, page[PAGE - 1].seq, page[PAGE - 1].id) if len(page) > PAGE else None,
            whole=verify_chain(desk, chain_of(found.case.id)),
        )


def _looks(session: Session, found: Opened, period: Period) -> Select[AuditEntry]:
    """The entries of the period that tell of a look at the case: in its own chain, or in a reader's chain of lists."""
    begins, ends = _midnight(period.first), _midnight(period.last + timedelta(days=1))
    own = and_(AuditEntry.chain == chain_of(found.case.id), AuditEntry.act.in_(VIEWS))
    if found.sight.accused:
        own = and_(own, ~of_the_concern(found))
    lists = and_(AuditEntry.act == LIST_SEEN, AuditEntry.chain.startswith(CHAINS_OF_LISTS), _names(session, found))
    within = and_(AuditEntry.at >= begins, AuditEntry.at < ends)
    return select(AuditEntry).where(within, or_(own, lists))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=LONDON)


def _names(session: Session, found: Opened) -> ColumnElement[bool]:
    """Whether a list showed the case: by its number, or by the reference of a referral that led to it."""
    references = session.scalars(select(Referral.reference).where(Referral.case_id == found.case.id))
    shown = cast(AuditEntry.detail, Text)
    return or_(*(shown.contains(f'"{name}"', autoescape=True) for name in (found.case.number, *references)))


def _people(session: Session, found: Opened, period: Period) -> tuple[tuple[UUID, str, int], ...]:
    """Who looked in the period and how often, by name."""
    looks = _looks(session, found, period).subquery()
    times = select(looks.c.actor_id, func.count().label("times")).group_by(looks.c.actor_id).subquery()
    query = select(StaffMember.id, StaffMember.name, times.c.times).join(times, times.c.actor_id == StaffMember.id)
    return tuple((row[0], row[1], row[2]) for row in session.execute(query.order_by(StaffMember.name, StaffMember.id)))


def _page(session: Session, looks: Select[AuditEntry], after: str) -> list[AuditEntry]:
    begun = read_cursor(after)
    key = (AuditEntry.at, AuditEntry.seq, AuditEntry.id)
    if begun is not None:
        looks = looks.where(tuple_(*key) < tuple_(literal(begun[0], UtcDateTime()), begun[1], literal(begun[2])))
    return list(session.scalars(looks.order_by(*(column.desc() for column in key)).limit(PAGE + 1)))


def _told(session: Session, found: Opened, page: list[AuditEntry]) -> tuple[Looked, ...]:
    ids = {entry.actor_id for entry in page if entry.actor_id is not None}
    query = select(StaffMember).where(StaffMember.id.in_(ids)).options(selectinload(StaffMember.posts))
    staff: dict[UUID | None, StaffMember] = {one.id: one for one in session.scalars(query)} if ids else {}
    return tuple(
        Looked(entry.at, entry.actor, _posts(staff.get(entry.actor_id), entry.at, found), entry.act, entry.detail)
        for entry in page
    )


def _posts(member: StaffMember | None, at: datetime, found: Opened) -> tuple[str, ...]:
    """What somebody was on the day they looked: their roles in the programme of the case, with the team of each."""
    programmes = (found.case.programme_id, None)
    posts = [post for post in member.posts_on(london_day(at)) if post.programme_id in programmes] if member else []
    return tuple(
        dict.fromkeys(_post(post, found) for post in sorted(posts, key=lambda post: (post.role, str(post.id))))
    )


def _post(post: Membership, found: Opened) -> str:
    return ", ".join((named(post.role, found.case.programme.role_names), *([post.team.name] if post.team else [])))
