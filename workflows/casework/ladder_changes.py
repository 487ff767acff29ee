"""What differs between two tables of ladders: each rung of one beside the same rung of the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import cast

from workflows.casework.ladder import NAMES, Ladder, Rung, twins

SAME, ADDED, GONE, CHANGED, MOVED = "same", "added", "gone", "changed", "moved"


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
    return tuple(pair for name in NAMES for pair in _paired(was.of(name), now.of(name)))


def _paired(was: Sequence[Rung], now: Sequence[Rung]) -> list[Pair]:
    """Pair the rungs that are the same for a task that stands on one; then, of the others, those of the same level."""
    found = [Pair(one, other) for one, other in twins(was, now)]
    left = [one for one in was if one not in [pair.was for pair in found]]
    new = {one.level: one for one in now if one not in [pair.now for pair in found]}
    found += [Pair(one, new.pop(one.level, None)) for one in left]
    found += [Pair(None, one) for one in new.values()]
    return sorted(found, key=lambda pair: (pair.rung.level, pair.now is not None))
