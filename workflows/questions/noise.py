"""What came of the reminders of a month: who got how many, and after how many of them somebody did something.

Only of cases that whoever asks manages. Colleagues of their teams are named; what reached others is told in one sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from workflows.casework.access import MANAGERS, PROGRAMME_WIDE, Actor
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.escalation import Escalation, Nudge
from workflows.casework.ladder import AT_ONCE, NAMES, Rung
from workflows.casework.programme import Programme, Team
from workflows.casework.staff import Membership, StaffMember
from workflows.casework.task import Task
from workflows.clock import at_london, london_day
from workflows.desk import Desk
from workflows.questions.lateness import houses_of, in_sight
from workflows.questions.timeline import VIEWS
from workflows.storage.lateness import Houses
from workflows.storage.spans import seconds_between

SOON = timedelta(days=1)  # within which an act counts as what a reminder led to
MANY, SELDOM = 10, 0.2  # from so many reminders on, of which a smaller share led to anything: mostly noise
LETTERS = ""  # the ladder of what climbs none: letters past their day
Key = TypeVar("Key", bound=Hashable)
Step = tuple[UUID, str, int]  # a rung: programme, ladder and level


@dataclass(frozen=True)
class Tally:
    """So many reminders: told at once, by email, by text; seen in the list; followed by an act; days, most on one."""

    reminders: int = 0
    at_once: int = 0
    by_email: int = 0
    by_text: int = 0
    seen: int = 0
    followed: int = 0
    days: int = 0
    most: int = 0

    @property
    def share(self) -> float:
        """How much of it led to an act."""
        return self.followed / self.reminders if self.reminders else 0.0

    @property
    def noise(self) -> bool:
        """Whether they are many, and hardly any of them led to an act."""
        return self.reminders >= MANY and self.share < SELDOM


@dataclass(frozen=True)
class Colleague:
    """What reached somebody, in all and by rung."""

    name: str
    all: Tally
    rungs: Mapping[Step, Tally]


@dataclass(frozen=True)
class Noise:
    """The report of a month (its first day). others: what reached colleagues of no team of whoever asks.

    rungs: as they are climbed; `today`: what each says today, where it still stands. programmes: names, by id.
    """

    month: date
    months: tuple[date, ...]
    teams: tuple[tuple[UUID, str], ...]
    team: UUID | None
    all: Tally
    colleagues: tuple[Colleague, ...]
    others: Tally
    rungs: Mapping[Step, Tally]
    today: Mapping[Step, Rung]
    programmes: Mapping[UUID, str]


def noise_of(desk: Desk, month: date | None = None, team: UUID | None = None) -> Noise:
    """Return what came of the reminders of a month (any of its days), in one team or all; without one, of the last.

    A month of which nothing is known, and a team that the actor does not manage, are not asked for.
    """
    manager = _manager(desk.actor)
    with desk.looking() as session:
        teams, months = _teams(session, manager), _months(session, desk)
        team = team if team in dict(teams) else None
        first = _first_of(month) if month and _first_of(month) in months else months[1]
        span = at_london(first, time(0)), at_london(_after(first), time(0))
        rows = session.execute(_told(session, manager, span, team)).all()
        named = _named(session, manager, (first, _after(first) - timedelta(days=1)), {row.staff_id for row in rows})
        by_person, by_step = _grouped(rows, lambda row: row.staff_id), _grouped(rows, _step)
        steps = sorted(by_step, key=_as_climbed)
        return Noise(
            month=first, months=months, teams=teams, team=team, all=_tally(rows),
            colleagues=tuple(_colleague(named[one], by_person[one]) for one in by_person if one in named),
            others=_tally([row for row in rows if row.staff_id not in named]),
            rungs={step: _tally(by_step[step]) for step in steps}, today=_today(houses_of(session), steps),
            programmes={row.id: row.name for row in session.execute(select(Programme.id, Programme.name))},
        )  # fmt: skip


def _manager(actor: Actor) -> Actor:
    """The same person with those posts alone by which they manage a team or a programme."""
    return replace(actor, posts=tuple(post for post in actor.posts if post.role in MANAGERS))


def _told(session: Session, manager: Actor, span: tuple[datetime, datetime], team: UUID | None) -> Select[Any]:
    """Count what was told in a month by whom it reached, rung, pace and the moment at which it was told."""
    then = and_(Nudge.told_at >= span[0], Nudge.told_at < span[1], Nudge.dropped == "")
    acted = _acted(session, then, span).subquery()
    rung = and_(Escalation.task_id == Nudge.task_id, Escalation.turn == Nudge.turn, Escalation.slot == Nudge.slot)
    place = Case.team_id == team if team else Case.id.is_not(None)
    columns = (Nudge.staff_id, Case.programme_id, Escalation.ladder, Nudge.level, Nudge.pace, Nudge.told_at)
    return (
        select(*columns, func.count().label("reminders"), func.count(acted.c.id).label("followed"))
        .add_columns(func.count(Nudge.seen_at).label("seen"))
        .add_columns(func.count(Nudge.notice_id).label("by_email"), func.count(Nudge.text_id).label("by_text"))
        .select_from(Nudge)
        .join(Case, Case.id == Nudge.case_id)
        .outerjoin(Task, Task.id == Nudge.task_id)
        .outerjoin(Escalation, rung)
        .outerjoin(acted, acted.c.id == Nudge.id)
        .where(then, place, in_sight(manager))
        .group_by(*columns)
    )


def _acted(session: Session, then: ColumnElement[bool], span: tuple[datetime, datetime]) -> Select[UUID]:
    """Those of them after which, within a day, whom they reached did something in the case, whatever it was."""
    passed = seconds_between(session, Nudge.told_at, AuditEntry.at)
    theirs = and_(AuditEntry.case_id == Nudge.case_id, AuditEntry.actor_id == Nudge.staff_id)
    soon = (AuditEntry.at >= Nudge.told_at, passed <= SOON.total_seconds())
    around = (AuditEntry.at >= span[0], AuditEntry.at < span[1] + SOON)  # which an index finds
    query = select(Nudge.id).join(AuditEntry, theirs).where(then, *soon, *around, AuditEntry.act.not_in(VIEWS))
    return query.distinct()


def _managed(manager: Actor) -> tuple[set[UUID | None], set[UUID | None]]:
    """The programmes whose teams are all the actor's, and the single teams."""
    wide = {post for post in manager.posts if post.team_id is None or post.role in PROGRAMME_WIDE}
    return {post.programme_id for post in wide}, {post.team_id for post in manager.posts if post not in wide}


def _teams(session: Session, manager: Actor) -> tuple[tuple[UUID, str], ...]:
    programmes, teams = _managed(manager)
    theirs = or_(false(), Team.programme_id.in_(programmes), Team.id.in_(teams))
    query = select(Team.id, Team.name, Programme.name.label("of")).join(Programme, Programme.id == Team.programme_id)
    rows = session.execute(query.where(theirs).order_by(Team.name, Programme.name, Team.id)).all()
    several = len({row.of for row in rows}) > 1
    return tuple((row.id, f"{row.name}, {row.of}" if several else row.name) for row in rows)


def _named(session: Session, manager: Actor, days: tuple[date, date], reached: Iterable[UUID]) -> Mapping[UUID, str]:
    """Who of those whom anything reached held a post in the actor's teams on one of these days, by name."""
    programmes, teams = _managed(manager)
    theirs = or_(false(), Membership.programme_id.in_(programmes), Membership.team_id.in_(teams))
    began = or_(Membership.valid_from.is_(None), Membership.valid_from <= days[1])
    went = or_(Membership.valid_to.is_(None), Membership.valid_to >= days[0])
    query = select(StaffMember.id, StaffMember.name).join(Membership, Membership.staff_id == StaffMember.id)
    held = session.execute(query.where(theirs, began, went).distinct())
    return {row.id: row.name for row in held if row.id in set(reached)}


def _colleague(name: str, rows: Sequence[Any]) -> Colleague:
    by_step = _grouped(rows, _step)
    return Colleague(name, _tally(rows), {step: _tally(by_step[step]) for step in sorted(by_step, key=_as_climbed)})


def _tally(rows: Sequence[Any]) -> Tally:
    days: Counter[date] = Counter()
    for row in rows:
        days[london_day(row.told_at)] += row.reminders
    at_once = sum(row.reminders for row in rows if row.pace == AT_ONCE)
    sums = {name: sum(getattr(row, name) for row in rows) for name in ("by_email", "by_text", "seen", "followed")}
    return Tally(days.total(), at_once, **sums, days=len(days), most=max(days.values(), default=0))


def _grouped(rows: Iterable[Any], key: Callable[[Any], Key]) -> dict[Key, list[Any]]:
    found: dict[Key, list[Any]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _step(row: Any) -> Step:
    return row.programme_id, row.ladder or LETTERS, row.level


def _as_climbed(step: Step) -> tuple[str, int, int]:
    """The order of rungs: by programme, then as the ladders and their rungs follow each other; letters come last."""
    programme, ladder, level = step
    order = list(NAMES)
    return str(programme), order.index(ladder) if ladder in order else len(order), level


def _today(houses: Houses, steps: Iterable[Step]) -> Mapping[Step, Rung]:
    said = {step: houses[step[0]].ladder.of(step[1]) for step in steps}
    return {step: rung for step, rungs in said.items() for rung in rungs if rung.level == step[2]}


def _months(session: Session, desk: Desk) -> tuple[date, ...]:
    """The months since somebody was first told of anything, at least this one and the one before; the newest first."""
    first = session.scalar(select(Nudge.made_at).order_by(Nudge.id).limit(1))
    months = [_first_of(desk.today), _before(_first_of(desk.today))]
    while first is not None and months[-1] > _first_of(london_day(first)):
        months.append(_before(months[-1]))
    return tuple(months)


def _first_of(day: date) -> date:
    return day.replace(day=1)


def _before(first: date) -> date:
    return _first_of(first - timedelta(days=1))


def _after(first: date) -> date:
    return _first_of(first + timedelta(days=31))
