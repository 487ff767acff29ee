"""A game that is being made smaller: its moves, found by the places they take from and put to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from workflows.check.soundness.net import Move, Net, bits


class SmallNet:
    """The moves that are left of a net.

    fixed: places that must stay. watched: places somebody looks at to see whether anything is going on. gone: places
    that were taken out. ahead: places to look at again.
    """

    def __init__(self, net: Net) -> None:
        self.net = net
        self.moves: dict[int, Move] = {}
        self._takers: dict[int, dict[int, Move]] = {}
        self._putters: dict[int, dict[int, Move]] = {}
        self._lookers: dict[int, dict[int, Move]] = {}
        self.fixed = net.start | ~net.tokens
        self.watched = self.gone = 0
        self.ahead = 0
        for move in net.moves:
            self.add(replace(move, parts=(move,), covers=(move,)))
            self.watched |= move.among
            self.fixed |= move.join.into if move.join else 0
        self._signatures = self._read_signatures()
        self.everywhere()

    def everywhere(self) -> None:
        """Look at every place again."""
        self.ahead = (1 << len(self.net.names)) - 1 & ~self.gone

    def next_place(self) -> int:
        """One of the places to look at; 0 when none is left."""
        place = self.ahead & -self.ahead
        self.ahead ^= place
        return place

    def _read_signatures(self) -> dict[int, int]:
        """For each place, which ways into inclusive joins can be reached from it."""
        found: dict[int, int] = {}
        joins = {id(move.join): move.join for move in self.net.moves if move.join}
        self._numbers: dict[int, int] = {}
        number = 0
        for key, join in joins.items():
            for _, before in join.ways:
                for place in bits(before):
                    found[place] = found.get(place, 0) | 1 << number
                self._numbers[key] = self._numbers.get(key, 0) | 1 << number
                number += 1
        self._heeded = (1 << number) - 1
        return found

    def signature(self, place: int) -> int:
        """Which ways into inclusive joins can be reached from here."""
        return self._signatures.get(place, 0) & self._heeded

    def closed(self, move: Move) -> None:
        """An inclusive join is no more: nobody needs to heed where its tokens can come from."""
        self._heeded &= ~self._numbers.get(id(move.join), 0)

    def takers(self, place: int) -> Collection[Move]:
        """The moves that take a token from here."""
        return self._takers.get(place, {}).values()

    def putters(self, place: int) -> Collection[Move]:
        """The moves that put a token here."""
        return self._putters.get(place, {}).values()

    def lookers(self, place: int) -> Collection[Move]:
        """Moves that ask whether a place is empty, or empty it."""
        return self._lookers.get(place, {}).values()

    def _lists(self, move: Move) -> list[tuple[dict[int, dict[int, Move]], int]]:
        taken = move.take | (move.join.into if move.join else 0)
        return [(self._takers, taken), (self._putters, move.put), (self._lookers, move.unless | move.clears)]

    def add(self, move: Move) -> None:
        """Take a move in."""
        self.moves[id(move)] = move
        for table, mask in self._lists(move):
            for place in bits(mask):
                table.setdefault(place, {})[id(move)] = move
        self.ahead |= (move.take | move.put) & ~self.gone

    def remove(self, move: Move) -> None:
        """Take a move out."""
        if self.moves.pop(id(move), None) is None:
            return
        for table, mask in self._lists(move):
            for place in bits(mask):
                table.get(place, {}).pop(id(move), None)
        self.ahead |= (move.take | move.put) & ~self.gone

    def change(self, move: Move, new: Move) -> None:
        """Put a move in the place of another."""
        self.remove(move)
        self.add(new)

    def speak_for(self, kept: Move, left_out: Move) -> None:
        """Take a move out for which another stands."""
        kept.covers = (kept.covers, left_out.covers)
        self.remove(left_out)

    def drop(self, place: int) -> None:
        """Take a place out that nobody fills any more."""
        self.gone |= place
        self.ahead &= ~place
        for move in list(self.lookers(place)):
            self.change(move, replace(move, unless=move.unless & ~place, clears=move.clears & ~place))

    def in_turn(self, place: int) -> bool:
        """Whether tokens come here only one after another, so that one waits elsewhere for another to go."""
        return any(move.unless & place for move in self.putters(place))

    def goes_on(self, place: int, takers: list[Move]) -> bool:
        """Whether a token here can always go on, and an inclusive join or a sub-process around sees no difference."""
        here, mine = self.net.scope[place], self.signature(place)
        for taker in takers:
            if not taker.plain or taker.take != place or taker.put & place or not taker.put:
                return False
            for put in bits(taker.put):
                if self.net.scope[put] != here or self.signature(put) != mine or not put & self.net.tokens:
                    return False
        return True

    def beyond(self, start: int) -> int:
        """Every place to which tokens from these can come."""
        seen, ahead = 0, start
        while ahead:
            place = ahead & -ahead
            seen |= place
            for move in (*self.takers(place), *self.lookers(place)):
                ahead |= move.put
            ahead &= ~seen
        return seen

    def comes_back(self, move: Move) -> bool:
        """Whether a token that a move puts can lead to the same move again."""
        return bool(self.beyond(move.put) & (move.take | (move.join.into if move.join else 0)))


def joined(move: Move, place: int, taker: Move) -> Move:
    """One move that does what this one and then the other does, by the place between them."""
    put = move.put & ~place | taker.put
    return replace(move, put=put, parts=(move.parts, taker.parts), covers=(move.covers, taker.covers))
