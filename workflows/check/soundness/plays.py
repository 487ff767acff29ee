"""A play as people see it: from the moves of the game to positions on the diagram, without what does not matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workflows.check.soundness.net import Move, Net, bits
from workflows.check.soundness.notation import Chart
from workflows.check.soundness.verdicts import Position


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two tokens on one place. moves: the play to it. place: where. ways: the last moves of each of the two tokens.

    split: the last move from which both come, if one put several tokens.
    """

    moves: tuple[Move, ...]
    place: int
    ways: tuple[Move, Move]
    split: Move | None


def flat(parts: Iterable[Any]) -> Iterable[Move]:
    """The moves of the diagram that a move stands for, in order, however deep they were put together."""
    stack = [iter(parts)]
    while stack:
        part = next(stack[-1], None)
        if part is None:
            stack.pop()
        elif isinstance(part, Move):
            yield part
        else:
            stack.append(iter(part))


def covered(moves: Iterable[Move]) -> Iterable[Move]:
    """Every move of the diagram that these speak for; what is shared is looked at once."""
    seen: set[int] = set()
    stack: list[Any] = [move.covers or move for move in moves]
    while stack:
        part = stack.pop()
        if id(part) not in seen:
            seen.add(id(part))
            if isinstance(part, Move):
                yield part
            else:
                stack.extend(part)


def drawn(moves: Iterable[Move]) -> list[Move]:
    """A play in moves of the diagram."""
    return [one for move in moves for one in (flat(move.parts) if move.parts else (move,))]


def positions(chart: Chart, net: Net, moves: Iterable[Move]) -> tuple[Position, ...]:
    """What moved and where the tokens are afterwards, move by move; a place that holds two is told twice."""
    ids = {arrow.key: arrow.id for arrow in chart.arrows} | {node.key: node.id for node in chart.nodes.values()}
    found = []
    position = net.start
    for move in moves:
        position, met = move.play(position)
        held = sorted(net.held(position) + net.held(met))
        found.append(Position(ids[move.shape], tuple(ids.get(key, "") for key in held if key in ids)))
    return tuple(found)


def can_be_played(net: Net, moves: Iterable[Move]) -> bool:
    """Whether each of these moves can be made in turn, on the diagram as it is drawn."""
    position = net.start
    for move in moves:
        if not move.may(position):
            return False
        position = move.play(position)[0]
    return True


def earliest_meeting(net: Net, moves: list[Move]) -> Meeting | None:
    """The shortest play, made of some of these moves, in which two tokens lie on one place.

    Each move depends on those that put what it takes; two tokens can lie on one place if the second does not depend on
    the first having gone on.
    """
    history = _History(net)
    best: Meeting | None = None
    for move in moves:
        for place, by, number, both in history.add(move):
            if best is None or both.bit_count() < len(best.moves):
                meeting = history.meeting(place, by, number, both)
                best = meeting if can_be_played(net, meeting.moves) else best
    return best


class _History:
    """Which moves a token owes its place to. Pasts are sets of moves, as numbers."""

    def __init__(self, net: Net) -> None:
        self._net = net
        self._moves: list[Move] = []
        self._lies: dict[int, list[int]] = {}
        self._put: dict[int, list[tuple[int, int]]] = {}
        self._pasts: list[int] = []

    def add(self, move: Move) -> Iterable[tuple[int, int, int, int]]:
        """Make a move. Gives where its tokens can meet another: the place, the two moves that put them, all before."""
        number = len(self._moves)
        self._moves.append(move)
        past = 1 << number
        taken = move.take | (move.join.into if move.join else 0)
        sources = [(place, self._lies[place].pop(0)) for place in bits(taken) if self._lies.get(place)]
        for _, source in sources:
            past |= self._pasts[source]
        self._pasts.append(past)
        for place, source in sources:
            self._put[place] = [(by, gone or (number if by == source else 0)) for by, gone in self._put.get(place, [])]
        for channel in move.sends:
            for place in channel:
                self._lies.setdefault(place, []).append(number)
        for place in bits(move.put & self._net.tokens):
            for by, gone in self._put.get(place, []):
                if not gone or not past >> gone & 1:
                    yield place, by, number, past | self._pasts[by]
            self._lies.setdefault(place, []).append(number)
            self._put.setdefault(place, []).append((number, 0))

    def meeting(self, place: int, by: int, number: int, both: int) -> Meeting:
        """The meeting of the tokens that two moves put on one place."""
        common = self._pasts[by] & self._pasts[number]
        before = [self._moves[bit.bit_length() - 1] for bit in bits(common)]
        split = next((move for move in reversed(before) if (move.put & self._net.tokens).bit_count() > 1), None)
        moves = tuple(self._moves[bit.bit_length() - 1] for bit in bits(both))
        return Meeting(moves, place, (self._moves[by], self._moves[number]), split)
