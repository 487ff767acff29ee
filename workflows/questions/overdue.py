"""The overdue board: who may fall through. Numbers by kind, age, team and colleague; who it is: `overdue_rows`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor
from workflows.casework.case import Case
from workflows.casework.overdue import AGES
from workflows.casework.programme import Programme, Team
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.questions.lateness import houses_of, in_sight
from workflows.questions.overdue_filters import NOBODY, Narrowed
from workflows.questions.overdue_rows import CASES, LateCase, cases_of
from workflows.questions.overdue_trend import Week, weeks_of
from workflows.storage import people
from workflows.storage.lateness import age, kind, late_now

MOST_COLLEAGUES = 12  # named with their numbers; the others are found by the team


@dataclass(frozen=True)
class Number:
    """How many late tasks are of one kind, age, team and colleague."""

    team: str
    kind: str
    age: str
    holder: str
    tasks: int


@dataclass(frozen=True)
class Named:
    """A team or a colleague (`key` as an address says it), and until when they are away, if they are."""

    key: str
    name: str
    away: str = ""


@dataclass(frozen=True)
class Board:
    """What is overdue as far as whoever asks may look.

    `numbers`: all of it, nothing narrowed. `found`: tasks that the filters leave, of so many `people`. `paused`: tasks
    whose clock stands still, `waiting` of them for their referrer; they are not among the overdue ones.
    """

    numbers: tuple[Number, ...]
    teams: tuple[Named, ...]
    colleagues: tuple[Named, ...]
    more_colleagues: int
    found: int
    people: int
    paused: int
    waiting: int
    cases: tuple[LateCase, ...]
    more: bool
    weeks: tuple[Week, ...]

    def count(self, narrowed: Narrowed, *besides: str) -> Callable[..., int]:
        """Return how to count what the filters leave, but for those `besides`, by what is asked for by name."""
        names = ("team", "kind", "age", "holder")
        left = [
            one
            for one in self.numbers
            if all(narrowed.asks_for(name, getattr(one, name)) for name in names if name not in besides)
        ]
        return lambda **asked: sum(
            one.tasks for one in left if all(getattr(one, name) == value for name, value in asked.items())
        )


def overdue_board(desk: Desk, narrowed: Narrowed) -> Board:
    """Return the overdue board of whoever asks."""
    now = desk.clock.now()
    with desk.looking() as session:
        houses = houses_of(session)
        late = and_(late_now(now), in_sight(desk.actor))
        numbers = _numbers(session, late, age(now, houses))
        wanted = and_(late, narrowed.condition(age(now, houses), kind()))
        cases, people_found = cases_of(session, desk, wanted, houses, narrowed.page)
        held = _most_behind(numbers)
        return Board(
            numbers=numbers,
            teams=_teams(session, numbers),
            colleagues=_colleagues(session, desk, held[:MOST_COLLEAGUES]),
            more_colleagues=max(len(held) - MOST_COLLEAGUES, 0),
            found=sum(one.tasks for one in numbers if _asked_for(narrowed, one)),
            people=people_found,
            paused=_paused(session, desk.actor, narrowed),
            waiting=_paused(session, desk.actor, narrowed, Task.referrer_asked_at.is_not(None)),
            cases=cases,
            more=people_found > narrowed.page * CASES,
            weeks=weeks_of(session, desk, narrowed),
        )


def _asked_for(narrowed: Narrowed, one: Number) -> bool:
    return all(narrowed.asks_for(name, getattr(one, name)) for name in ("team", "kind", "age", "holder"))


def _numbers(session: Session, late: ColumnElement[bool], how_late: ColumnElement[int]) -> tuple[Number, ...]:
    counted = (
        select(Case.team_id.label("of_team"), kind().label("of_kind"), how_late.label("of_age"))
        .add_columns(Task.assignee_id.label("held_by"), func.count())
        .join(Case, Case.id == Task.case_id)
        .where(late)
    )
    rows = session.execute(counted.group_by("of_team", "of_kind", "of_age", "held_by")).all()
    return tuple(
        Number(str(team or NOBODY), one, AGES[days], str(holder or NOBODY), number)
        for team, one, days, holder, number in rows
    )


def _teams(session: Session, numbers: Iterable[Number]) -> tuple[Named, ...]:
    """The teams with anything late, by name; the name of their programme with them where there are several."""
    wanted = {UUID(one.team) for one in numbers if one.team != NOBODY}
    named = select(Team.id, Team.name, Programme.name).join(Programme, Programme.id == Team.programme_id)
    rows: Sequence[Any] = session.execute(named.where(Team.id.in_(wanted))).all() if wanted else ()
    several = len({programme for _, _, programme in rows}) > 1
    found = [Named(str(key), f"{name}, {programme}" if several else name) for key, name, programme in rows]
    nowhere = [Named(NOBODY, "No team yet")] if any(one.team == NOBODY for one in numbers) else []
    return tuple(nowhere + sorted(found, key=lambda one: one.name))


def _most_behind(numbers: Iterable[Number]) -> list[str]:
    behind: Counter[str] = Counter()
    for one in numbers:
        behind[one.holder] += one.tasks
    return [holder for holder, _ in behind.most_common()]


def _colleagues(session: Session, desk: Desk, holders: Sequence[str]) -> tuple[Named, ...]:
    """Those in whose hands most is late, and nobody among them: what still lies in a pool."""
    ids = [UUID(one) for one in holders if one != NOBODY]
    rows: Sequence[Any] = session.execute(select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(ids))).all()
    names = {str(key): name for key, name in rows}
    away = {str(key): words for key, words in people.away_words(session, ids, desk.today).items()}
    return tuple(Named(one, names.get(one, "Nobody’s yet"), away.get(one, "")) for one in holders)


def _paused(session: Session, actor: Actor, narrowed: Narrowed, *besides: ColumnElement[bool]) -> int:
    """The tasks whose clock stands still, in the same teams; of those that are not late nothing else is asked."""
    standing = and_(Task.open, Task.paused_at.is_not(None), in_sight(actor))
    counted = select(func.count()).select_from(Task).join(Case, Case.id == Task.case_id)
    return session.scalar(counted.where(standing, narrowed.in_teams(), *besides)) or 0
