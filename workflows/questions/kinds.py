"""The kinds of open tasks: of one place, one role, one holder, and cases shared alike. They stand together in an index.

Whoever could do one task of a kind could do all of them, but for what people said about colleagues by name. What is
held back is of no kind.
"""

from __future__ import annotations

from functools import lru_cache, reduce
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, select, union_all

from workflows.casework.task import Task

Part = UUID | str | None
Place = tuple[Part, ...]  # a programme, or one of its teams (None: what lies with no team)
SLASH, COMMA = "/", ","  # what ends a part of a kind, and what a step of several roles begins with
TEXT = String()


def within(*parts: Part) -> ColumnElement[bool]:
    """The tasks whose kind begins with these parts: programme, team, role, holder. One stretch of the index."""
    return _between(*_ends(parts, SLASH))


def of_several_roles(programme_id: UUID, team_id: UUID | None) -> ColumnElement[bool]:
    """The tasks of one place that several roles may do."""
    return _between(*_ends((programme_id, team_id, ""), COMMA))


@lru_cache(256)
def one_of_each(places: tuple[Place, ...]) -> Select[UUID]:
    """One open task of each kind in these places. It steps from kind to kind, however many tasks are of one."""
    ends = [_ends(place, SLASH) for place in places]
    begun = union_all(*(select(low.label("low"), high.label("high")) for low, high in ends)).subquery()
    first = select(func.min(Task.kind)).where(Task.open, _between(begun.c.low, begun.c.high)).correlate(begun)
    found = select(begun.c.high, first.scalar_subquery().label("kind")).cte("kinds", recursive=True)
    following = select(func.min(Task.kind)).where(Task.open, Task.kind > found.c.kind, Task.kind < found.c.high)
    after = select(found.c.high, following.correlate(found).scalar_subquery()).where(found.c.kind.is_not(None))
    found = found.union_all(after)
    one = select(Task.id).where(Task.open, Task.kind == found.c.kind).limit(1).correlate(found).scalar_subquery()
    return select(one).where(found.c.kind.is_not(None))


def _between(low: ColumnElement[str], high: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(Task.kind >= low, Task.kind < high)


def _ends(parts: Place, last: str) -> tuple[ColumnElement[str], ColumnElement[str]]:
    """Where a stretch begins, and where it is over: at the letter that follows the `last` one."""
    spelled = [_spelled(part) for part in parts]
    start = reduce(lambda before, part: before.concat(SLASH).concat(part), spelled[1:], spelled[0])
    return start.concat(last), start.concat(chr(ord(last) + 1))


def _spelled(part: Part) -> ColumnElement[str]:
    return cast(literal(part), TEXT) if isinstance(part, UUID) else literal(part or "", TEXT)
