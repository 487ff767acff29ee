"""How much was overdue at the end of each of the last weeks, by kind, and how much is now: `overdue` counts that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from workflows.casework.access import PROGRAMME_WIDE, RUNS_THE_CASE, Actor, Post
from workflows.casework.overdue import OverdueWeek, last_sundays
from workflows.desk import Desk
from workflows.questions.overdue_filters import NOBODY, Narrowed

WEEKS = 12


@dataclass(frozen=True)
class Week:
    """What was overdue by kind when a week ended with this Sunday; `reckoned`: not counted then, but afterwards."""

    sunday: date
    tasks: Mapping[str, int]
    reckoned: bool

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.tasks.values())


def weeks_of(session: Session, desk: Desk, narrowed: Narrowed) -> tuple[Week, ...]:
    """Return the last weeks that were counted, the oldest first, in the places that whoever asks looks after.

    Of what the board is narrowed to, the teams and kinds count: whose it was and how late is not known of the past.
    """
    first = last_sundays(desk.today, WEEKS)[0]
    reckoned = func.sum(case((OverdueWeek.reckoned.is_(True), 1), else_=0))
    counted = select(OverdueWeek.week, OverdueWeek.kind, func.sum(OverdueWeek.tasks), reckoned)
    mine = (OverdueWeek.week >= first, _looked_after(desk.actor), _in_teams(narrowed))
    rows = session.execute(counted.where(*mine).group_by(OverdueWeek.week, OverdueWeek.kind)).all()
    tasks: dict[date, dict[str, int]] = {}
    later: set[date] = set()
    for sunday, kind, number, afterwards in rows:
        if narrowed.asks_for("kind", kind):
            tasks.setdefault(sunday, {})[kind] = int(number)
            later |= {sunday} if afterwards else set()
    return tuple(Week(sunday, tasks[sunday], sunday in later) for sunday in sorted(tasks))


def _looked_after(actor: Actor) -> ColumnElement[bool]:
    posts = [post for post in dict.fromkeys(actor.posts) if post.role in RUNS_THE_CASE]
    return or_(false(), *(_places_of(post) for post in posts))


def _places_of(post: Post) -> ColumnElement[bool]:
    here = OverdueWeek.programme_id == post.programme_id
    if post.team_id is None or post.role in PROGRAMME_WIDE:
        return here
    return and_(here, OverdueWeek.place_id.in_([post.team_id, post.programme_id]))


def _in_teams(narrowed: Narrowed) -> ColumnElement[bool]:
    if not narrowed.team:
        return OverdueWeek.place_id.is_not(None)
    named = [UUID(one) for one in narrowed.team if one != NOBODY]
    ways: list[Any] = [OverdueWeek.place_id.in_(named)]
    ways += [OverdueWeek.place_id == OverdueWeek.programme_id] if NOBODY in narrowed.team else []
    return or_(*ways)
