"""Playing a drawing through, to find gateways that can wait for ever.

A parallel gateway waits for every way into it. If one of them is sometimes not taken, because a
choice before it led elsewhere, the case stands still and nobody is told. So the drawing is played
with tokens on its flows, once for every choice, until each play has ended or stands still.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from workflows.engine.documents import bpmn
from workflows.engine.drawing import Drawing
from workflows.engine.outcome import Finding

# Enough for drawings that fit on a screen; a larger one is not played to the end, and not accused.
_MOST_POSITIONS: Final = 5_000
_MOST_TOKENS: Final = 12

Position = tuple[str, ...]


def deadlock_faults(drawing: Drawing) -> Iterator[Finding]:
    """The parallel gateways at which some play stands still."""
    game = _Game(drawing)
    for key in sorted(game.standstills()):
        yield Finding(
            key, "soundness.deadlock", "This gateway can wait for ever: not every way into it is always taken."
        )


class _Game:
    """Tokens lie on flows. A position is the sorted list of the flows that hold one."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._target = {flow.key: flow.target for flow in drawing.flows}
        self._out = {key: tuple(flow.key for flow in drawing.outgoing(key)) for key in drawing.shapes}
        self._in = {key: [flow.key for flow in drawing.incoming(key)] for key in drawing.shapes}

    def standstills(self) -> set[str]:
        """The gateways that hold a token in a position from which nothing can move."""
        if any(self._drawing.of_kind("inclusiveGateway")):
            return set()  # these look at the whole run before they wait; they do not stand still
        found: set[str] = set()
        seen: set[Position] = set()
        ahead: list[Position] = [self._out[start] for start in self._drawing.starts()]
        while ahead:
            position = ahead.pop()
            if position in seen or len(position) > _MOST_TOKENS:
                continue
            seen.add(position)
            if len(seen) > _MOST_POSITIONS:
                return set()
            following = self._following(position)
            if position and not following:
                found |= {self._target[flow] for flow in position}
            ahead += following
        return found

    def _following(self, position: Position) -> list[Position]:
        """Where the play can go: one token moves at a time, joins only when nothing else can."""
        for flow in position:
            if not self._waits(flow):
                return self._moves(position, flow)
        for key in dict.fromkeys(self._target[flow] for flow in position):
            if set(self._in[key]) <= set(position):
                rest = list(position)
                for flow in self._in[key]:
                    rest.remove(flow)
                return [_sorted(rest, self._out[key])]
        return []

    def _waits(self, flow: str) -> bool:
        key = self._target[flow]
        return self._drawing.kind(key) == "parallelGateway" and len(self._in[key]) > 1

    def _moves(self, position: Position, flow: str) -> list[Position]:
        key, rest = self._target[flow], list(position)
        rest.remove(flow)
        kind = self._drawing.kind(key)
        if kind == "endEvent":
            over = self._drawing.shapes[key].find(bpmn("terminateEventDefinition")) is not None
            return [()] if over else [tuple(rest)]
        if kind in ("exclusiveGateway", "eventBasedGateway"):
            return [_sorted(rest, (way,)) for way in self._out[key]]
        return [_sorted(rest, ways) for ways in self._ways(key)]

    def _ways(self, key: str) -> list[tuple[str, ...]]:
        """How a step can be left: by its own flow or by an event at its edge, with or without a branch beside."""
        left = [self._out[key]]
        beside: list[tuple[str, ...]] = [()]
        for event in self._drawing.boundaries(key):
            if self._drawing.shapes[event].get("cancelActivity") == "false":
                beside += [(*some, *self._out[event]) for some in list(beside)]
            else:
                left.append(self._out[event])
        return [(*ways, *some) for ways in left for some in beside]


def _sorted(rest: list[str], more: tuple[str, ...]) -> Position:
    return tuple(sorted([*rest, *more]))
