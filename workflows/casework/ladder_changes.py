"""What differs between two tables of ladders: each rung of one beside the same rung of the other."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import cast

from workflows.casework.ladder import AT_DUE, NAMES, Ladder, Rung

SAME, ADDED, GONE, CHANGED, MOVED = "same", "added", "gone", "changed", "moved"
_NO_LEVEL = 0


@dataclass(frozen=True)
class Pair:
    """A rung as it was and as it is now; None: there it is not."""

    was: Rung | None
    now: Rung | None

    @property
    def rung(self) -> Rung:
        """The rung as it is now, or as it was where it is gone."""
        return cast(Rung, self.now or self.was)

    @property
    def kind(self) -> str:
        """Say what happened to it; "moved": only its number differs, as another came before it or went."""
        if self.was is None or self.now is None:
            return ADDED if self.was is None else GONE
        if self.differs:
            return CHANGED
        return SAME if self.was.level == self.now.level else MOVED

    @property
    def differs(self) -> frozenset[str]:
        """Name the cells in which both differ, but for the level."""
        was, now = self.was, self.now
        if was is None or now is None:
            return frozenset()
        names = (one.name for one in fields(Rung) if one.name not in ("ladder", "level"))
        return frozenset(name for name in names if getattr(was, name) != getattr(now, name))


def pairs(was: Ladder, now: Ladder) -> tuple[Pair, ...]:
    """Put the rungs of two tables beside each other, ladder by ladder, the lowest first."""
    return tuple(pair for name in NAMES for pair in _paired(list(was.of(name)), list(now.of(name))))


def _paired(was: list[Rung], now: list[Rung]) -> list[Pair]:
    """Pair what is alike, the most alike first; what nothing is alike was added, or is gone."""
    found: list[Pair] = []
    for alike in (_equal, _same_people, _same_time, _same_level):
        for one in tuple(was):
            other = next((two for two in now if alike(one, two)), None)
            if other is not None:
                found.append(Pair(one, other))
                was.remove(one)
                now.remove(other)
    found += [*(Pair(one, None) for one in was), *(Pair(None, one) for one in now)]
    return sorted(found, key=lambda pair: (pair.rung.level, pair.now is not None))


def _equal(one: Rung, two: Rung) -> bool:
    return _same_side(one, two) and replace(one, level=_NO_LEVEL) == replace(two, level=_NO_LEVEL)


def _same_people(one: Rung, two: Rung) -> bool:
    return _same_side(one, two) and one.whom == two.whom


def _same_time(one: Rung, two: Rung) -> bool:
    return one.when == two.when


def _same_level(one: Rung, two: Rung) -> bool:
    return one.level == two.level


def _same_side(one: Rung, two: Rung) -> bool:
    return (one.level > AT_DUE) - (one.level < AT_DUE) == (two.level > AT_DUE) - (two.level < AT_DUE)
