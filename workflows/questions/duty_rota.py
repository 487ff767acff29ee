"""Who is on duty, week by week, as the page of a team or programme says it; and whose duty days these are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, selectinload

from workflows.casework.duty_rota import KEEPERS, DutyDays, by_place, may_be_on_duty, may_keep_rota
from workflows.casework.errors import NotFound
from workflows.casework.programme import Programme, Team
from workflows.casework.staff import StaffMember
from workflows.desk import Desk
from workflows.questions.programmes import seen_programme
from workflows.storage.duty_rota import here_for, rota_of

WEEKS = 4  # on a page
WEEK = timedelta(weeks=1)
FURTHEST = timedelta(weeks=104)  # before and after today


@dataclass(frozen=True)
class OnDuty:
    """Who is on duty by one rota. named: whom it names (empty: nobody). told: who is told, they or their cover.

    away: whoever is named is on leave; otherwise, where nobody is told, they cannot be on duty any more.
    """

    named: str = ""
    told: str = ""
    away: bool = False


@dataclass(frozen=True)
class Stretch:
    """Days of a week on which the same holds: by the rota itself and, for a team, by that of its programme."""

    first: date
    last: date
    here: OnDuty
    programme: OnDuty


@dataclass(frozen=True)
class Week:
    """A week, from its Monday on."""

    monday: date
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class Turn:
    """Duty days of somebody. team: empty for a whole programme. left: they want somebody else, see `DutyDays`."""

    id: UUID
    name: str
    programme: str
    programme_key: str
    team: str
    team_key: str | None
    first_day: date
    last_day: date
    left: bool


@dataclass(frozen=True)
class Rota:
    """Who is on duty for a programme, or for one of its teams.

    turns: now and to come. could_be: who may be named, by name. teams: those of a programme, by key and name.
    """

    programme: str
    programme_key: str
    team: str
    team_key: str | None
    weeks: tuple[Week, ...]
    turns: tuple[Turn, ...]
    could_be: tuple[tuple[UUID, str], ...]
    teams: tuple[tuple[str, str], ...]
    may_keep: bool


def duty_rota(desk: Desk, programme_key: str, team_key: str | None, day: date) -> Rota:
    """Return who is on duty in the weeks from that of a day on, to whoever sees the programme."""
    with desk.looking() as session:
        programme = seen_programme(session, desk.actor, programme_key)
        team = next((one for one in programme.teams if one.key == team_key), None)
        if team_key is not None and team is None:
            raise NotFound("There is no such team in this programme.")
        team_id = team.id if team else None
        coming = DutyDays.programme_id == programme.id, DutyDays.team_id.is_not_distinct_from(team_id)
        may_keep = may_keep_rota(desk.actor, programme.id, team_id)
        return Rota(
            programme.name, programme.key, team.name if team else "", team_key,
            tuple(_weeks(session, programme.id, team_id, first_monday(day, desk.today))),
            _turns(session, desk.today, *coming),
            _could_be(session, programme.id, team_id, desk.today) if may_keep else (),
            () if team else tuple((one.key, one.name) for one in programme.teams if one.counts_on(desk.today)),
            may_keep,
        )  # fmt: skip


def duty_days_of(desk: Desk, staff_id: UUID) -> tuple[Turn, ...]:
    """Return the duty days of somebody, now and to come; `questions.passing` says who may ask of whom."""
    with desk.looking() as session:
        return _turns(session, desk.today, DutyDays.staff_id == staff_id)


def turn_to_keep(desk: Desk, duty_id: UUID) -> Turn:
    """Return duty days, now or to come, that the actor may end."""
    found = next((one for one in _kept(desk, DutyDays.id == duty_id)), None)
    if found is None:
        raise NotFound("There are no such duty days, or they are over or not yours to end.")
    return found


def duty_to_hand_on(desk: Desk) -> tuple[Turn, ...]:
    """Return the duty days that want somebody else, because whoever is named has left, to whoever keeps the rota."""
    return tuple(one for one in _kept(desk, true()) if one.left) if desk.actor.roles & KEEPERS else ()


def first_monday(day: date, today: date) -> date:
    """Return the Monday of the week of a day, no further from today than a rota is looked at."""
    near = min(max(day, today - FURTHEST), today + FURTHEST)
    return near - timedelta(days=near.weekday())


def _weeks(session: Session, programme_id: UUID, team_id: UUID | None, monday: date) -> Iterator[Week]:
    rota = rota_of(session, programme_id, monday, monday + WEEKS * WEEK)
    for number in range(WEEKS):
        first = monday + number * WEEK
        days = [first + timedelta(days=one) for one in range(7)]
        yield Week(first, tuple(_stretches([(day, *_said(session, rota, team_id, day)) for day in days])))


def _stretches(days: Iterable[tuple[date, OnDuty, OnDuty]]) -> Iterator[Stretch]:
    for (here, programme), same in groupby(days, key=lambda one: one[1:]):
        dates = [one[0] for one in same]
        yield Stretch(dates[0], dates[-1], here, programme)


def _said(session: Session, rota: Sequence[DutyDays], team_id: UUID | None, day: date) -> tuple[OnDuty, OnDuty]:
    of_team, of_all = by_place(rota, (team_id,), day)
    here = _on_duty(session, of_team, day)
    programme = _on_duty(session, of_all, day) if team_id and not here.told else OnDuty()
    return here, programme


def _on_duty(session: Session, named: Sequence[DutyDays], day: date) -> OnDuty:
    if not named:
        return OnDuty()
    told = here_for(session, named[0], day)
    away = named[0].able_on(day) and named[0].staff not in told
    return OnDuty(named[0].staff.name, " and ".join(one.name for one in told), away)


def _turns(session: Session, today: date, *wanted: ColumnElement[bool]) -> tuple[Turn, ...]:
    query = (
        select(DutyDays, Programme, Team)
        .join(Programme, Programme.id == DutyDays.programme_id)
        .outerjoin(Team, Team.id == DutyDays.team_id)
        .where(DutyDays.last_day >= today, *wanted)
        .order_by(DutyDays.first_day, DutyDays.id)
    )
    return tuple(_turn(duty, programme, team, today) for duty, programme, team in session.execute(query).unique())


def _turn(duty: DutyDays, programme: Programme, team: Team | None, today: date) -> Turn:
    return Turn(
        duty.id, duty.staff.name, programme.name, programme.key, team.name if team else "", team.key if team else None,
        duty.first_day, duty.last_day, duty.left_on(today),
    )  # fmt: skip


def _kept(desk: Desk, wanted: ColumnElement[bool]) -> tuple[Turn, ...]:
    """The duty days that the actor keeps: the twin of `may_keep_rota`."""
    posts = [post for post in desk.actor.posts if post.role in KEEPERS]
    whole = DutyDays.programme_id.in_([post.programme_id for post in posts if post.team_id is None])
    theirs = or_(whole, DutyDays.team_id.in_([post.team_id for post in posts if post.team_id is not None]))
    with desk.looking() as session:
        return _turns(session, desk.today, theirs, wanted)


def _could_be(session: Session, programme_id: UUID, team_id: UUID | None, today: date) -> tuple[tuple[UUID, str], ...]:
    active = select(StaffMember).where(StaffMember.active.is_(True)).options(selectinload(StaffMember.posts))
    staff = session.scalars(active.order_by(StaffMember.name))
    return tuple((one.id, one.name) for one in staff if may_be_on_duty(one, programme_id, team_id, today))
