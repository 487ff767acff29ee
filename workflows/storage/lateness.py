"""Which tasks are late, and of which kind, said in SQL as conditions on `Task`, and on its `Case` how late they are."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.escalation import Escalation
from workflows.casework.ladder import AGENDA, BOARD, REVIEW, Ladder
from workflows.casework.overdue import AGES, KINDS, REVIEW_STEP, late_before
from workflows.casework.task import SAFETY, Task
from workflows.working_time import Calendar

Condition = ColumnElement[bool]
Kept = TypeVar("Kept", bound=Hashable)


class House(NamedTuple):
    """When a team works, whom its programme tells of what is left undone, and what it calls the roles."""

    calendar: Calendar
    ladder: Ladder
    roles: Mapping[str, str]


Houses = Mapping[UUID, House]  # by place
PLACE = func.coalesce(Case.team_id, Case.programme_id)  # the team of a case, or its programme where it has none yet


def late_now(now: datetime) -> Condition:
    """The open tasks whose time has passed; a stopped clock never runs out."""
    return and_(Task.open, Task.paused_at.is_(None), Task.due_at < now)


def late_at(instant: datetime) -> Condition:
    """The tasks that were late at an instant, as far as they still tell: a date that moved since is not known."""
    asked_then = and_(Task.opened_at < instant, or_(Task.ended_at.is_(None), Task.ended_at >= instant))
    stood_still = and_(Task.paused_at.is_not(None), Task.paused_at < instant)
    return and_(Task.due_at < instant, asked_then, ~stood_still)


def kind() -> ColumnElement[str]:
    """What kind of task it is: its class, or a review; one at very high risk is of the class of safety."""
    review = and_(Task.key == REVIEW_STEP, Task.escalation != SAFETY)
    return case((review, REVIEW), else_=Task.escalation)


def age(now: datetime, houses: Houses) -> ColumnElement[int]:
    """From how many working days on a late task counts as so late, as its team works: one of `AGES`."""
    oldest_first = [days for days in sorted(AGES, reverse=True) if days]
    return case(*((late_by(days, now, houses), days) for days in oldest_first), else_=0)


def late_by(days: int, now: datetime, houses: Houses) -> Condition:
    """The tasks that were due at least so many working days before an instant."""
    ways = (
        and_(PLACE.in_(where), Task.due_at < late_before(calendar, now, days))
        for calendar, where in _alike(houses, lambda house: house.calendar)
    )
    return or_(false(), *ways)


def grave(houses: Houses) -> Condition:
    """The tasks that have climbed to a rung that the ladders of their programme show in red on the board."""
    ways = (
        and_(PLACE.in_(where), kind() == name, Task.level >= level)
        for ladder, where in _alike(houses, lambda house: house.ladder)
        for name in KINDS
        if (level := _first_on_board(ladder, name)) is not None
    )
    return or_(false(), *ways)


def came_to(place: str) -> Condition:
    """The tasks that have come to a rung that is shown in a place, such as the agenda; on the day they have now."""
    return since_in(place).is_not(None)


def since_in(place: str) -> ScalarSelect[datetime]:
    """Since when a task is shown in a place; none where it is not."""
    came = (Escalation.task_id == Task.id, Escalation.turn == Task.turns, Escalation.shown.contains(f" {place} "))
    return select(func.min(Escalation.fired_at)).where(*came).correlate(Task).scalar_subquery()


def agenda_since(session: Session, task_id: UUID) -> datetime | None:
    """Return since when a task stands on the agenda of its team's meetings; None where it does not."""
    return session.scalar(select(since_in(AGENDA)).select_from(Task).where(Task.id == task_id))


def _first_on_board(ladder: Ladder, name: str) -> int | None:
    return min((rung.level for rung in ladder.of(name) if BOARD in rung.shown), default=None)


def _alike(houses: Houses, which: Callable[[House], Kept]) -> Iterable[tuple[Kept, list[UUID]]]:
    """The places that keep the same, with what they keep."""
    found: dict[Kept, list[UUID]] = {}
    for place in sorted(houses):
        found.setdefault(which(houses[place]), []).append(place)
    return found.items()
