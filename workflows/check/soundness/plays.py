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
        for meeting in history.add(move):
            if (best is None or len(meeting.moves) < len(best.moves)) and can_be_played(net, meeting.moves):
                best = meeting
    return best


class _History:
    """Which moves a token owes its place to. Pasts are sets of moves, as numbers."""

    def __init__(self, net: Net) -> None:
        self._net = net
        self._moves: list[Move] = []
        self._lies: dict[int, list[int]] = {}
        self._put: dict[int, list[tuple[int, int]]] = {}
        self._pasts: list[int] = []

    def add(self, move: Move) -> Iterable[Meeting]:
        number = len(self._moves)
        self._moves.append(move)
        past = 1 << number
        taken = move.take | (move.join.into if move.join else 0)
        sources = [(place, self._lies[place].pop(0)) for place in bits(taken) if self._lies.get(place)]
        for _, source in sources:
            past |= self._pasts[source]
        self._pasts.append(past)
        for place, source in sources:
            self._put[place] = [(by, number if by == source and not gone else gone) for by, gone in self._put[place]]
        for place in bits(move.put & self._net.tokens):
            yield from self._meetings(place, number, past)
            self._lies.setdefault(place, []).append(number)
            self._put.setdefault(place, []).append((number, 0))

    def _meetings(self, place: int, number: int, past: int) -> Iterable[Meeting]:
        for by, gone in self._put.get(place, []):
            if not gone or not past >> gone & 1:
                both = past | self._pasts[by]
                moves = tuple(move for index, move in enumerate(self._moves) if both >> index & 1)
                common = past & self._pasts[by]
                splits = [self._moves[bit.bit_length() - 1] for bit in bits(common)]
                split = next((move for move in reversed(splits) if (move.put & self._net.tokens).bit_count() > 1), None)
                yield Meeting(moves, place, (self._moves[by], self._moves[number]), split)
