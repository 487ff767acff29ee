"""From what was seen to what is told: each violation once, at the shape where it begins."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.check.soundness.exploring import Seen
from workflows.check.soundness.net import Move, Net, bits
from workflows.check.soundness.notation import Arrow, Chart, Node
from workflows.check.soundness.plays import Meeting, covered, drawn, earliest_meeting, positions
from workflows.check.soundness.troubles import Trouble
from workflows.check.soundness.verdicts import Position, Unsound
from workflows.check.soundness.wording import Words

# Each is followed back to where it began; most begin at the same.
_MOST_MEETINGS = 30


class Findings:
    """What is wrong with some processes, by the positions that were seen of their game."""

    def __init__(self, chart: Chart, processes: list[str], net: Net, seen: Seen) -> None:
        self._chart, self._processes, self._net, self._seen = chart, processes, net, seen
        self._words = Words(chart)
        self._reached = {shape for move in covered(self._seen.fired.values()) for shape in (move.shape, *move.also)}
        self._stands: list[str] = []
        self._lost: dict[str, tuple[str, ...]] = {}

    def all(self) -> Iterator[Trouble]:
        """Every violation, in the order of the definitions."""
        yield from self._deadlocks()
        yield from self._meetings()
        if self._seen.whole:
            yield from self._livelock()
        if self._seen.whole and self._seen.beyond:
            yield from self._no_ends()
        yield from self._dead_steps()
        if not self._seen.whole:
            message = self._words.undecided(self._processes, len(self._seen.came))
            yield Trouble(Unsound("undecided", self._chart.processes[self._processes[0]].get("id", ""), message))

    def _path(self, moves: list[Move] | tuple[Move, ...]) -> tuple[Position, ...]:
        return positions(self._chart, self._net, moves)

    def _deadlocks(self) -> Iterator[Trouble]:
        for position in self._seen.dead:
            waiting = self._waiting(position)
            if waiting and not {node.key for node in waiting} & set(self._stands):
                node = waiting[0]
                self._stands.append(node.key)
                full, empty = self._ways_into(node, position)
                message = self._words.standstill(node, [one.source for one in full], [one.source for one in empty])
                path = self._path(drawn(self._seen.way_to(position)))
                yield Trouble(Unsound("deadlock", node.id, message, path), node.key, tuple(one.key for one in full))

    def _waiting(self, position: int) -> list[Node]:
        """The shapes at which the tokens of a position wait, joins first, and a sub-process only for itself."""
        nodes = self._chart.nodes
        arrows = {arrow.key: arrow for arrow in self._chart.arrows}
        keys = [arrows[key].target if key in arrows else key for key in self._net.held(position)]
        found = [nodes[key] for key in dict.fromkeys(keys) if key in nodes]
        scopes = {node.scope for node in found}
        inner = [node for node in found if node.key not in scopes]
        return sorted(inner, key=lambda node: not node.kind.endswith("Gateway"))

    def _ways_into(self, node: Node, position: int) -> tuple[list[Arrow], list[Arrow]]:
        held = set(self._net.held(position))
        full = [arrow for arrow in node.into if arrow.key in held]
        return full, [arrow for arrow in node.into if arrow.key not in held]

    def _meetings(self) -> Iterator[Trouble]:
        """Only where two tokens first meet: what follows them meets again on every flow behind."""
        found: dict[str, Meeting] = {}
        for place, (position, move) in list(self._seen.met.items())[:_MOST_MEETINGS]:
            moves = drawn([*self._seen.way_to(position), move])
            meeting = earliest_meeting(self._net, moves) or Meeting(tuple(moves), place, (move, move), None)
            name = self._net.names[meeting.place.bit_length() - 1]
            if name not in found or len(meeting.moves) < len(found[name].moves):
                found[name] = meeting
        arrows = {arrow.key: arrow for arrow in self._chart.arrows}
        told = False
        for name, meeting in sorted(found.items(), key=lambda item: len(item[1].moves)):
            source = arrows[name].source if name in arrows else name
            earlier = any(arrow.key in found for arrow in self._chart.nodes[source].into)
            if not earlier or not told:
                told = True
                yield self._met(name, meeting)

    def _met(self, name: str, meeting: Meeting) -> Trouble:
        arrows = {arrow.key: arrow for arrow in self._chart.arrows}
        arrow = arrows.get(name)
        ends = (arrow.source, arrow.target) if arrow else (name, name)
        split = meeting.split.shape if meeting.split else ""
        message = self._words.meeting(*ends, split, meeting.ways[1].shape)
        element = arrow.id if arrow else self._chart.nodes[name].id
        taken = [self._net.names[bit.bit_length() - 1] for way in meeting.ways for bit in bits(way.take)]
        unsound = Unsound("unsynchronised", element, message, self._path(meeting.moves))
        return Trouble(unsound, meeting.ways[1].shape, tuple(key for key in taken if key in arrows))

    def _livelock(self) -> Iterator[Trouble]:
        if self._seen.endless is not None:
            moves = drawn(self._seen.way_to(self._seen.endless))
            keys = list(dict.fromkeys(one.shape for one in drawn(self._seen.round)))
            if keys:
                element = self._chart.nodes[keys[0]].id
                yield Trouble(Unsound("livelock", element, self._words.livelock(keys), self._path(moves)))

    def _no_ends(self) -> Iterator[Trouble]:
        for process in self._processes:
            nodes = self._chart.of(process)
            begun = not nodes or not self._net.begins[process] or any(node.key in self._reached for node in nodes)
            if nodes and begun and process not in self._seen.idle:
                ends = [node for node in nodes if node.kind == "endEvent"]
                message = self._words.no_end(process, self._stands_in(process), bool(ends))
                yield Trouble(Unsound("no-end", (ends or nodes)[0].id, message))

    def _stands_in(self, process: str) -> list[str]:
        return [key for key in self._stands if self._chart.process_of(self._chart.nodes[key]) == process]

    def _dead_steps(self) -> Iterator[Trouble]:
        connected, decided = self._connected(), self._seen.whole and self._seen.beyond
        for process in self._net.within:
            for node in self._chart.of(process):
                joined = node.key in connected
                if node.key in self._reached or node.key in self._net.aside or (joined and not decided):
                    continue
                stands = self._stands_in(self._chart.process_of(node))
                unsound = Unsound("dead-step", node.id, self._words.dead_step(node.key, joined, stands))
                lost = () if joined else self._lost_with(node, connected)
                yield Trouble(unsound, node.key, lost, lost=bool(lost))

    def _lost_with(self, node: Node, connected: set[str]) -> tuple[str, ...]:
        """The shapes beside this one to which no way leads either."""
        if node.key not in self._lost:
            found, ahead = {node.key: None}, [node]
            while ahead:
                for key in self._beside(ahead.pop()):
                    if key not in connected and key not in found:
                        found[key] = None
                        ahead.append(self._chart.nodes[key])
            self._lost |= dict.fromkeys(found, tuple(found))
        return self._lost[node.key]

    def _beside(self, node: Node) -> list[str]:
        near = [key for arrow in (*node.into, *node.out) for key in (arrow.source, arrow.target)]
        return [*near, *(one.key for one in node.edge), *([node.attached] if node.attached else [])]

    def _connected(self) -> set[str]:
        """The shapes to which a way leads from the start, if no join had to wait."""
        reached, moves = self._net.start, list(self._net.moves)
        found: set[str] = set()
        by_place: dict[int, list[Move]] = {}
        for move in moves:
            for place in bits(move.take | (move.join.into if move.join else 0)):
                by_place.setdefault(place, []).append(move)
        ahead = list(bits(reached))
        while ahead:
            for move in by_place.get(ahead.pop(), []):
                found.update((move.shape, *move.also))
                new = move.put & ~reached
                reached |= new
                ahead.extend(bits(new))
        return found
