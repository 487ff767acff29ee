"""What judging a diagram's flow gives: violations, each with a play that leads to it and a mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from workflows.engine.outcome import Fix


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a play is followed before the judge says “not decided”.

    states: positions looked at, for one group of processes that talk to each other. seconds: of this computer's work
    for finding what is wrong, and half as long again for trying what mends it.
    """

    states: int = 20_000
    seconds: float = 1.0


USUAL: Final = Bounds()


class Position(NamedTuple):
    """One move of a play: the id of the shape that moved, and of what holds a token then (twice where two do)."""

    moved: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unsound:
    """One reason why a case can go wrong by the flow alone.

    rule: "deadlock", "unsynchronised", "dead-step", "no-end", "livelock" or "undecided". element: id of the shape or
    flow at which it is best shown. path: the shortest play found from the start to it; empty where none leads there.
    fix: a change that removes it and brings nothing new, or None.
    """

    rule: str
    element: str
    message: str
    path: tuple[Position, ...] = ()
    fix: Fix | None = None
