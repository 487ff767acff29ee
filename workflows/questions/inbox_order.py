"""In which order the inbox lists its tasks, and the first of them as an index tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.person import Person
from workflows.casework.task import Task
from workflows.questions.inbox_views import Condition, Glance, View, joined_tasks, priority_rank, promised, rung
from workflows.questions.own_work import among

Heaps = Sequence[Condition]
Keys = list[tuple[ColumnElement[Any], bool]]  # what a list is sorted by; True: from the end


def sorted_by(view: View, sort: str, glance: Glance) -> Keys:
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
    return [(rung(glance), True), (promised(), False), (priority_rank(), False), (Task.id.expression, False)]


def behind_row(session: Session, keys: Keys, after: UUID) -> Condition:
    """What comes behind a row in the order of a list. The address names only the row: its sort keys may be a name."""
    columns = [column for column, _down in keys]
    place = session.execute(
        joined_tasks(*columns).join(Person, Person.id == Case.person_id).where(Task.id == after)
    ).first()
    if place is None:
        return Task.id.is_not(None)
    ways = []
    for depth, (column, down) in enumerate(keys):
        same = [each == value for each, value in zip(columns[:depth], place, strict=False)]
        ways.append(and_(*same, column < place[depth] if down else column > place[depth]))
    return or_(*ways)


def first_of(heaps: Heaps, behind: Condition, keys: Keys, number: int) -> Condition:
    """So many of each heap as they are sorted: among them are the first of all."""
    if not _asks_tasks_only(keys):
        return among(heaps)
    firsts = (select(Task.id).where(heap, behind).order_by(*in_order(keys)).limit(number) for heap in heaps)
    return Task.id.in_(union_all(*(select(first.subquery().c.id) for first in firsts)))


def in_order(keys: Keys) -> list[ColumnElement[Any]]:
    """Say the same as a database is told it."""
    return [column.desc() if down else column.asc() for column, down in keys]


def _asks_tasks_only(keys: Keys) -> bool:
    return {table for column, _down in keys for table in column._from_objects} <= {Task.__table__}
