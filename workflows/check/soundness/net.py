"""The token game as numbers: a position is an integer with one bit for every place that can hold a token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, eq=False)
class Join:
    """An inclusive join. into: the places before it. ways: each of these, with all from which tokens can come."""

    into: int
    ways: tuple[tuple[int, int], ...] = ()

    def ready(self, position: int) -> bool:
        """Whether every token that could still come to an empty way could come to a full one as well, as in BPMN."""
        if not position & self.into:
            return False
        full = empty = 0
        for place, before in self.ways:
            if position & place:
                full |= before
            else:
                empty |= before
        return not position & empty & ~full


@dataclass(slots=True, eq=False)
class Move:
    """What one shape can do: take tokens, clear places, put tokens.

    unless: places that must be empty. among: at least one of them must be full. sends: pairs of places, "sent" and
    "sent again". also: further shapes that take part. parts, covers: of a move that stands for several, those that are
    played for it, and all it speaks for.
    """

    shape: str
    take: int = 0
    put: int = 0
    unless: int = 0
    clears: int = 0
    among: int = 0
    sends: tuple[tuple[int, int], ...] = ()
    join: Join | None = None
    also: tuple[str, ...] = ()
    parts: tuple[Any, ...] = ()
    covers: tuple[Any, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether it looks at nothing but the tokens it takes."""
        return not (self.unless or self.clears or self.among or self.sends or self.join)

    def may(self, position: int) -> bool:
        """Whether it can be made now."""
        if position & self.take != self.take or position & self.unless:
            return False
        if self.among and not position & self.among:
            return False
        return self.join is None or self.join.ready(position)

    def play(self, position: int) -> tuple[int, int]:
        """The position afterwards, and the places that were full already when a token was put there."""
        left = position & ~(self.take | self.clears | (self.join.into if self.join else 0))
        met = left & self.put
        left |= self.put
        for once, again in self.sends:
            left |= again if left & once else once
        return left, met


@dataclass(slots=True)
class Net:
    """The places and moves of processes that talk to each other.

    names: the key of each place, by its number. tokens: the places that hold tokens; the others remember things. scope:
    where each place lies. start: the first position. begins: of each process, the place that says it has not begun.
    within: all places of a scope.
    """

    names: list[str] = field(default_factory=list)
    tokens: int = 0
    start: int = 0
    moves: list[Move] = field(default_factory=list)
    scope: dict[int, str] = field(default_factory=dict)
    begins: dict[str, int] = field(default_factory=dict)
    within: dict[str, int] = field(default_factory=dict)
    aside: set[str] = field(default_factory=set)

    def ended(self, position: int) -> bool:
        """Whether no token is left."""
        return not position & self.tokens

    def held(self, position: int) -> list[str]:
        """The keys of the places that hold a token."""
        return [self.names[bit.bit_length() - 1] for bit in bits(position & self.tokens)]


def bits(mask: int) -> Iterator[int]:
    """The single places of a set of places."""
    while mask:
        low = mask & -mask
        yield low
        mask ^= low


class Table:
    """The moves of a net, found by the tokens that lie there."""

    def __init__(self, moves: list[Move]) -> None:
        self._by_place: dict[int, list[Move]] = {}
        self.watched = 0
        for move in moves:
            keys = bits(move.join.into) if move.join else [move.take & -move.take]
            for key in keys:
                self._by_place.setdefault(key, []).append(move)
                self.watched |= key

    def possible(self, position: int) -> list[Move]:
        """Every move that can be made now."""
        found: list[Move] = []
        joins: set[int] = set()
        mask = position & self.watched
        while mask:
            low = mask & -mask
            mask ^= low
            for move in self._by_place[low]:
                if move.join is not None:
                    if id(move) in joins:
                        continue
                    joins.add(id(move))
                if move.may(position):
                    found.append(move)
        return found
