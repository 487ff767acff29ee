"""What is thrown, and who catches it: errors, escalations, links, messages, and the end of everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workflows.check.soundness.leaving import ways_out
from workflows.check.soundness.net import Move
from workflows.check.soundness.notation import Node
from workflows.check.soundness.places import Places

THROWN = ("errorEventDefinition", "escalationEventDefinition", "cancelEventDefinition")
_REFERENCES = ("errorRef", "escalationRef")


class Throwing:
    """What the events of a chart throw."""

    def __init__(self, places: Places) -> None:
        self._places, self._chart = places, places.chart
        self._throwers = [node for node in places.nodes() if throws(node)]

    def thrown(self, node: Node, move: Move) -> list[Move]:
        """A shape's move with all that it throws."""
        move.sends = tuple(self._places.sent.get(node.key, ()))
        if node.kind not in ("endEvent", "intermediateThrowEvent"):
            return [move]
        if "terminateEventDefinition" in node.events:
            move.clears = self._places.within(node.scope)
            return [move]
        if "linkEventDefinition" in node.events:
            move.put |= sum({self._places.at[one.key] for one in self._linked(node)})
            return [move]
        kind = next((kind for kind in THROWN if kind in node.events), "")
        return list(self._caught(node, kind, move)) if kind else [move]

    def _linked(self, node: Node) -> Iterator[Node]:
        name = self._link_name(node)
        for other in self._chart.of(node.scope):
            catches = other.kind == "intermediateCatchEvent" and "linkEventDefinition" in other.events
            if catches and other.key in self._places.at and self._link_name(other) == name:
                yield other

    def _link_name(self, node: Node) -> str:
        names = (one.get("name", "") for one in self._chart.definitions(node))
        return next((name for name in names if name), node.name)

    def _caught(self, node: Node, kind: str, move: Move) -> Iterator[Move]:
        catcher = self._catcher(node, kind)
        stops = kind != "escalationEventDefinition"
        if catcher is None:
            if stops:
                move.clears = self._places.within(self._chart.process_of(node))
            yield move
            return
        around = (
            self._chart.nodes[catcher.scope] if catcher.kind == "startEvent" else self._chart.nodes[catcher.attached]
        )
        cleared = self._places.within(around.scope if catcher.kind == "startEvent" else around.key)
        kept = self._places.busy[around.key]
        for put in ways_out(self._places, catcher):
            caught = replace(move, also=(catcher.key, *((around.key,) if catcher.kind == "startEvent" else ())))
            if stops or catcher.interrupting:
                caught.put, caught.clears = put, cleared | kept
            else:
                caught.put |= put
            if catcher.kind == "startEvent":
                caught.put |= kept
            yield caught

    def _catcher(self, node: Node, kind: str) -> Node | None:
        """Who catches it: in the scope itself, on the edge of it, or further out."""
        scope, wanted = node.scope, self._reference(node)
        while True:
            beside = [one.key for one in self._chart.of(scope) if one.begins_by_event and one.key in self._places.armed]
            starts = [start for key in beside for start in self._chart.of(key) if start.kind == "startEvent"]
            around = self._chart.nodes.get(scope)
            for catcher in [*starts, *(around.edge if around else [])]:
                if kind in catcher.events and self._reference(catcher) in ("", wanted):
                    return catcher
            if around is None:
                return None
            scope = around.scope

    def _reference(self, node: Node) -> str:
        found = (one.get(name, "") for one in self._chart.definitions(node) for name in _REFERENCES)
        return next((reference for reference in found if reference), "")

    def thrown_within(self, event: Node) -> bool:
        """Whether somebody inside the step throws what this event on its edge catches."""
        kinds = [kind for kind in THROWN if kind in event.events]
        return bool(kinds) and any(
            self._catcher(node, kinds[0]) is event for node in self._throwers if kinds[0] in node.events
        )


def throws(node: Node) -> bool:
    """Whether an event throws what somebody around may catch."""
    return node.kind in ("endEvent", "intermediateThrowEvent") and any(kind in node.events for kind in THROWN)


def hearing(places: Places, node: Node, moves: list[Move]) -> list[Move]:
    """The same moves, each waiting for one of the messages that are drawn to a shape."""
    heard = places.heard(node)
    if heard is None:
        return moves
    found = []
    for move in moves:
        for once, again in heard:
            found.append(replace(move, take=move.take | once, unless=move.unless | again))
            found.append(replace(move, take=move.take | again, put=move.put | again))
    return found
