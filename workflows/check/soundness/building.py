"""From the chart to the token game: what each shape can do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.check.soundness.beside import one_at_a_time
from workflows.check.soundness.joining import look_back
from workflows.check.soundness.leaving import ways_out
from workflows.check.soundness.net import Join, Move, Net
from workflows.check.soundness.notation import CATCHING, Chart, Node
from workflows.check.soundness.places import Places
from workflows.check.soundness.scopes import Scopes
from workflows.check.soundness.throwing import Throwing, hearing


def build(chart: Chart, processes: Iterable[str], endless: frozenset[str] = frozenset()) -> Net:
    """The game of some processes of a chart. endless: processes that never end, so that no call to them returns."""
    places = Places(chart, processes)
    game = _Game(places, endless)
    for process in [scope for scope in places.scopes if scope in chart.processes]:
        game.begin(process)
    for node in places.nodes():
        places.net.moves += game.moves(node)
    look_back(places.net)
    one_at_a_time(
        places.net, [node.key for node in places.nodes() if node.kind == "boundaryEvent" and not node.interrupting]
    )
    return places.net


class _Game:
    def __init__(self, places: Places, endless: frozenset[str]) -> None:
        self.places, self.chart, self.endless = places, places.chart, endless
        self.scopes, self.throwing = Scopes(places), Throwing(places)

    def begin(self, process: str) -> None:
        """Put what a process begins with; one that begins on another's message waits for it."""
        places, net = self.places, self.places.net
        starts = self.scopes.starts(process)
        if not starts:
            net.begins[process] = 0
            net.start |= sum(places.at[node.key] for node in self.scopes.roots(process))
        else:
            begin = places.new(process, "", token=False)
            net.begins[process] = begin
            net.start |= begin
            if any(places.heard(node) is None for node in starts):
                net.tokens |= begin
            for node in starts:
                net.moves += hearing(places, node, [self._first(node, begin, put) for put in ways_out(places, node)])
        net.start |= sum(places.armed[node.key] for node in self.scopes.by_event(process))

    def _first(self, node: Node, begin: int, put: int) -> Move:
        return Move(node.key, take=begin, put=put)

    def moves(self, node: Node) -> Iterable[Move]:
        """Everything a shape can do."""
        if node.kind == "boundaryEvent":
            return self._on_the_edge(node)
        if node.begins_by_event:
            return [*self.scopes.triggered(node), *self._leaving(node, self.places.busy[node.key])]
        if node.kind == "eventBasedGateway":
            return [*self._entering(node, 0), *self._first_of_several(node)]
        if node.key in self.places.busy:
            return [*self._entering(node, self._watching(node)), *self._leaving(node, self.places.busy[node.key])]
        return self._passing(node)

    def _passing(self, node: Node) -> list[Move]:
        """A shape in which no token rests: from its flows to its flows."""
        found: list[Move] = []
        for taken in self._taken(node):
            for put in self._out(node):
                found += self.throwing.thrown(node, Move(node.key, take=taken.take, put=put, join=taken.join))
        return hearing(self.places, node, found)

    def _taken(self, node: Node) -> list[Move]:
        into = self.places.into(node)
        if len(into) > 1 and node.kind == "parallelGateway":
            return [Move(node.key, take=sum(into))]
        if len(into) > 1 and node.kind in ("inclusiveGateway", "complexGateway"):
            return [Move(node.key, join=Join(sum(into)))]
        return [Move(node.key, take=place) for place in into]

    def _out(self, node: Node) -> list[int]:
        return [] if self.chart.process_called(node) in self.endless else ways_out(self.places, node)

    def _watching(self, node: Node) -> int:
        return sum(self.places.armed.get(event.key, 0) for event in node.edge)

    def _entering(self, node: Node, armed: int) -> Iterator[Move]:
        busy = self.places.busy[node.key]
        firsts = self.scopes.firsts(node) if node.holds_steps else [0]
        unless = busy if node.holds_steps else 0
        sends = tuple(self.places.sent.get(node.key, ())) if node.holds_steps else ()
        for place in self.places.into(node):
            for first in firsts:
                yield Move(node.key, take=place, put=busy | armed | first, unless=unless, sends=sends)

    def _leaving(self, node: Node, busy: int) -> list[Move]:
        inner = self.places.within(node.key)
        found: list[Move] = []
        for put in self._out(node):
            done = Move(node.key, take=busy, put=put, unless=inner & self.places.net.tokens)
            done.clears = (inner | self._watching(node)) & ~self.places.net.tokens
            found += [done] if node.holds_steps else self.throwing.thrown(node, done)
        return hearing(self.places, node, found)

    def _on_the_edge(self, node: Node) -> list[Move]:
        """What an event on the edge of a step does by itself; what is thrown in the step comes with its throw."""
        if not node.attached or self.throwing.thrown_within(node):
            return []
        host = self.chart.nodes[node.attached]
        if host.key in self.places.set_aside:
            return []
        busy = self.places.busy[host.key]
        found = []
        for put in ways_out(self.places, node):
            if node.interrupting:
                clears = self.places.within(host.key) | self._watching(host)
                found.append(Move(node.key, take=busy, put=put, clears=clears))
            else:
                found.append(Move(node.key, take=busy | self.places.armed[node.key], put=busy | put))
        return hearing(self.places, node, found)

    def _first_of_several(self, node: Node) -> Iterator[Move]:
        """An event-based gateway goes on with the event that comes first (or, begun in parallel, with all)."""
        busy = self.places.busy[node.key]
        if node.element.get("eventGatewayType") == "Parallel":
            yield Move(node.key, take=busy, put=sum(self.places.flow[arrow.key] for arrow in node.out))
            return
        if not node.out:
            yield Move(node.key, take=busy)
        for arrow in node.out:
            target = self.chart.nodes[arrow.target]
            if target.kind in CATCHING and target.key not in self.places.busy:
                moves = [Move(target.key, take=busy, put=put) for put in ways_out(self.places, target)]
                yield from hearing(self.places, target, moves)
            else:
                yield Move(node.key, take=busy, put=self.places.flow[arrow.key])
