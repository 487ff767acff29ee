"""Narrowing the overdue board: what may be asked for in its address, and what it means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from workflows.casework.case import Case
from workflows.casework.overdue import AGES, KINDS
from workflows.casework.task import Task

NOBODY = "none"  # no team yet, or in nobody's hands
MOST_PAGES = 10_000
_DAYS = {key: days for days, key in AGES.items()}
Given = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Narrowed:
    """What the board is narrowed to, of each several at once: teams, kinds, ages and holders. Empty: nothing."""

    team: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    age: tuple[str, ...] = ()
    holder: tuple[str, ...] = ()
    page: int = 1

    @classmethod
    def read(cls, given: Given) -> Narrowed:
        """Read it from an address; what is not understood is passed over, never an error."""
        page = next((int(one) for one in given.get("page", ()) if one.isdecimal()), 1)
        return cls(
            team=_ids(given.get("team", ())),
            kind=tuple(one for one in KINDS if one in given.get("kind", ())),
            age=tuple(one for one in _DAYS if one in given.get("age", ())),
            holder=_ids(given.get("holder", ())),
            page=min(max(page, 1), MOST_PAGES),
        )

    @property
    def active(self) -> bool:
        """Whether anything is narrowed."""
        return bool(self.team or self.kind or self.age or self.holder)

    def pairs(self) -> list[tuple[str, str]]:
        """The same as it stands in an address."""
        said = [(name, one) for name in ("team", "kind", "age", "holder") for one in getattr(self, name)]
        return [*said, *([("page", str(self.page))] if self.page > 1 else [])]

    def but(self, **changed: tuple[str, ...]) -> Narrowed:
        """The same with something else asked for, from its first page on."""
        return replace(self, page=1, **changed)

    def asks_for(self, name: str, value: str) -> bool:
        """Whether something is left in: it is asked for, or nothing of its sort is."""
        wanted = getattr(self, name)
        return not wanted or value in wanted

    def condition(self, age: ColumnElement[int], kind: ColumnElement[str]) -> ColumnElement[bool]:
        """The same as a condition on late tasks and their cases."""
        asked = [self.in_teams(), _among(Task.assignee_id, self.holder)]
        asked += [kind.in_(self.kind)] if self.kind else []
        asked += [age.in_([_DAYS[one] for one in self.age])] if self.age else []
        return and_(true(), *asked)

    def in_teams(self) -> ColumnElement[bool]:
        """The cases of the teams that are asked for."""
        return _among(Case.team_id, self.team)


def _among(place: InstrumentedAttribute[UUID | None], wanted: Iterable[str]) -> ColumnElement[bool]:
    named = [UUID(one) for one in wanted if one != NOBODY]
    ways: list[Any] = [place.in_(named)] if named else []
    ways += [place.is_(None)] if NOBODY in wanted else []
    return or_(false(), *ways) if wanted else true()


def _ids(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for one in dict.fromkeys(given) if one == NOBODY or _is_id(one))


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
