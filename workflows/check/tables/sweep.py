"""Which rules take which part of a column, where each cell only compares the column with what is written out.

A cell changes its mind at its own bounds only, so it is asked there and just after; what lies between is filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from workflows.check.mentions import Spoken
from workflows.check.regions import TEXT, TRUTH, Region
from workflows.engine.cells import Cell


def swept(regions: Sequence[Region], cells: Sequence[tuple[Cell, Spoken, int]], free: int) -> list[tuple[Region, int]]:
    """Each region with the rules that take it (a bit each); `cells` with the rules that have them."""
    turns = [0] * (len(regions) + 1)
    kinds = [[place for place, _ in some] for _, some in groupby(enumerate(regions), lambda one: one[1].kind)]
    points = {
        (one.kind, one.value if one.low is None else one.low): place for place, one in enumerate(regions) if one.point
    }
    for cell, spoken, rules in cells:
        own = [points[bound] for bound in _bounds(spoken) if bound in points]
        for places in kinds:
            for place in _turns(cell, regions, places, own):
                turns[place] ^= rules
    taken, found = free, []
    for region, turn in zip(regions, turns, strict=False):
        taken ^= turn
        found.append((region, taken))
    return found


def _bounds(spoken: Spoken) -> Iterator[tuple[str, object]]:
    for mention in spoken.mentions:
        yield from ((kind, bound) for kind, bounds in mention.bounds.items() for bound in bounds)
        yield from ((TEXT, text) for text in mention.texts)
        yield from ((TRUTH, value) for value in (True, False))


def _turns(cell: Cell, regions: Sequence[Region], places: Sequence[int], own: Sequence[int]) -> Iterator[int]:
    """Where a cell begins or ceases to take the regions of one kind."""
    first, last = places[0], places[-1]
    worth_asking = {first, *(place for point in own for place in (point, point + 1) if first <= place <= last)}
    takes = False
    for place in sorted(worth_asking):
        if cell.applies(regions[place].value, {}) is not takes:
            takes = not takes
            yield place
    if takes:
        yield last + 1
