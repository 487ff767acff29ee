"""In which order the inbox lists its tasks, and the first of them as an index tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true, union_all
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.person import Person
from workflows.casework.task import Task
from workflows.questions.inbox_views import Condition, Glance, View, joined_tasks, priority_rank, promised, rung
from workflows.questions.own_work import among

Keys = list[tuple[ColumnElement[Any], bool]]  # what a list is sorted by; True: from the end


def sorted_by(view: View, sort: str) -> Keys:
    """What a list is sorted by: escalation, then due, then priority, unless another order is asked for."""
    if view.newest_first:
        return [(Task.ended_at.expression, True), (Task.id.expression, True)]
    choices: dict[str, list[ColumnElement[Any]]] = {
        "due": [promised()],
        "opened": [Task.opened_at.expression],
        "person": [func.lower(Person.family_name), func.lower(Person.given_name)],
    }
    if sort in choices:
        return [(column, False) for column in (*choices[sort], Task.id.expression)]
    return [(rung(), True), (promised(), False), (priority_rank(), False), (Task.id.expression, False)]


def place_of(session: Session, keys: Keys, after: UUID | None, glance: Glance) -> Sequence[Any] | None:
    """Where a row stands in the order of a list. The address names only the row: its sort keys may be a name."""
    if after is None:
        return None
    columns = (column for column, _down in keys)
    query = joined_tasks(*columns).join(Person, Person.id == Case.person_id).where(Task.id == after)
    return session.execute(query, glance.times).first()


def behind(keys: Keys, place: Sequence[Any] | None) -> Condition:
    """What comes behind a place in the order of a list; everything, where there is no such place."""
    if place is None:
        return true()
    ways = []
    for depth, (column, down) in enumerate(keys):
        same = [each == value for (each, _), value in zip(keys[:depth], place, strict=False)]
        ways.append(and_(*same, column < place[depth] if down else column > place[depth]))
    return or_(*ways)


def first_of(heaps: Sequence[Condition], behind_it: Condition, keys: Keys, number: int) -> Condition:
    """So many of each heap as they are sorted: among them are the first of all."""
    if not asks_tasks_only(keys):
        return among(heaps)
    firsts = (select(Task.id).where(heap, behind_it).order_by(*in_order(keys)).limit(number) for heap in heaps)
    return Task.id.in_(union_all(*(select(first.subquery().c.id) for first in firsts)))


def in_order(keys: Keys) -> list[ColumnElement[Any]]:
    """Say the same as a database is told it."""
    return [column.desc() if down else column.asc() for column, down in keys]


def asks_tasks_only(keys: Keys) -> bool:
    """Whether a list is sorted by what stands on the tasks themselves."""
    return {table for column, _down in keys for table in column._from_objects} <= {Task.__table__}
