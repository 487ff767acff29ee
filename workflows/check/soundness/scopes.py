"""How a process or a sub-process begins, and what may begin beside it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from workflows.check.soundness.leaving import ways_out
from workflows.check.soundness.net import Move
from workflows.check.soundness.notation import Node
from workflows.check.soundness.places import Places
from workflows.check.soundness.throwing import hearing

THROWN = frozenset({"errorEventDefinition", "escalationEventDefinition", "cancelEventDefinition"})


class Scopes:
    """The beginnings of the scopes of a chart."""

    def __init__(self, places: Places) -> None:
        self._places, self._chart = places, places.chart

    def starts(self, scope: str) -> list[Node]:
        """The shapes one of which begins a scope: its start events, or what is drawn to begin it."""
        return [node for node in self._chart.of(scope) if self._begins(node)]

    def _begins(self, node: Node) -> bool:
        if node.into or node.key in self._places.set_aside:
            return False
        return node.kind == "startEvent" or node.element.get("instantiate") in ("true", "1")

    def roots(self, scope: str) -> list[Node]:
        """Where no start event is drawn: everything that no flow leads to begins."""
        return [node for node in self._chart.of(scope) if node.key in self._places.at and not self._caught(node)]

    def _caught(self, node: Node) -> bool:
        return node.kind == "intermediateCatchEvent" and "linkEventDefinition" in node.events

    def by_event(self, scope: str) -> list[Node]:
        """The event sub-processes of a scope."""
        return [node for node in self._chart.of(scope) if node.begins_by_event and node.key in self._places.armed]

    def firsts(self, node: Node) -> list[int]:
        """What a sub-process can begin with: the places that are filled when it is entered."""
        armed = sum(self._places.armed[inner.key] for inner in self.by_event(node.key))
        starts = self.starts(node.key)
        if starts:
            return [armed | self._places.at[start.key] for start in starts]
        return [armed | sum(self._places.at[root.key] for root in self.roots(node.key))]

    def triggered(self, node: Node) -> Iterator[Move]:
        """How an event sub-process begins by itself, while anything is going on around it."""
        places = self._places
        starts = self.starts(node.key)
        around = places.within(node.scope) & places.net.tokens
        inner = sum(places.armed[one.key] for one in self.by_event(node.key))
        for start, put in self.openings(node, starts):
            if not self._thrown_at(node, start):
                clears = places.within(node.scope) if start is not None and start.interrupting else 0
                move = Move(node.key, take=places.armed[node.key], put=places.busy[node.key] | inner | put)
                move.clears, move.among = clears, around
                move.also = (start.key,) if start is not None else ()
                yield from hearing(places, start, [move]) if start is not None else [move]

    def openings(self, node: Node, starts: list[Node]) -> list[tuple[Node | None, int]]:
        """The events that begin it, each with what is put then."""
        if not starts:
            return [(None, first) for first in self.firsts(node)]
        return [(start, put) for start in starts for put in ways_out(self._places, start)]

    def _thrown_at(self, node: Node, start: Node | None) -> bool:
        """Whether somebody around this event sub-process throws what it waits for: then it waits for that."""
        if start is None or not THROWN.intersection(start.events):
            return False
        inside = [scope for scope in self._places.scopes if self._lies_in(scope, node.scope)]
        return any(
            set(thrower.events) & set(start.events) & THROWN and thrower.kind in ("endEvent", "intermediateThrowEvent")
            for scope, thrower in product(inside, self._chart.nodes.values())
            if thrower.scope == scope
        )

    def _lies_in(self, scope: str, outer: str) -> bool:
        while scope != outer and scope in self._chart.nodes:
            scope = self._chart.nodes[scope].scope
        return scope == outer
