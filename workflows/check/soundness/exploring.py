"""Following every play of a net, position by position, the shortest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from time import process_time

from workflows.check.soundness.net import Move, Net, Table

_LOOK_AT_THE_CLOCK = 256
_STEPS_IN = 20


@dataclass(slots=True)
class Seen:
    """What was found in the positions looked at.

    dead: where nothing can move and tokens are left. met: for each place the first play that puts a second token on it.
    endless: the first position from which neither an end nor a standstill can be reached. fired: the moves that were
    made. whole: whether every position was looked at. beyond: whether those were, too, that come after two tokens met.
    """

    came: dict[int, tuple[int, Move] | None] = field(default_factory=dict)
    dead: list[int] = field(default_factory=list)
    met: dict[int, tuple[int, Move]] = field(default_factory=dict)
    ended: list[int] = field(default_factory=list)
    idle: set[str] = field(default_factory=set)
    endless: int | None = None
    round: tuple[Move, ...] = ()
    fired: dict[int, Move] = field(default_factory=dict)
    whole: bool = True
    beyond: bool = True

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.whole and not self.dead and not self.met and self.endless is None

    def way_to(self, position: int) -> list[Move]:
        """The moves of the shortest play that leads to a position."""
        moves: list[Move] = []
        came = self.came[position]
        while came is not None:
            moves.append(came[1])
            came = self.came[came[0]]
        return moves[::-1]


def explore(net: Net, moves: list[Move], states: int, until: float) -> Seen:
    """Look at every position that can be reached, at most so many, until this time of the processor's clock (seconds).

    Where two tokens met a play goes on as if they were one, apart from the others: only to see what else it reaches.
    """
    return _Exploration(net, moves, states, until).run()


class _Exploration:
    def __init__(self, net: Net, moves: list[Move], states: int, until: float) -> None:
        self._net, self._table = net, Table(moves)
        self._states, self._until = states, until
        self._blurred = 1 << len(net.names)
        self._seen = Seen({net.start: None})
        self._back: dict[int, list[int]] = {}
        self._stops: list[int] = []

    def run(self) -> Seen:
        later = self._follow([self._net.start])
        if self._seen.whole:
            self._mark_endless()
            self._states = len(self._seen.came) + self._states // 4
            self._follow(later)
            self._seen.whole, self._seen.beyond = True, self._seen.whole
        return self._seen

    def _follow(self, ring: list[int]) -> list[int]:
        """Ring by ring around these positions. Gives the blurred ones that were met on the way from clear ones."""
        later: list[int] = []
        while ring and self._seen.whole:
            following: list[int] = []
            for position in ring:
                if len(self._seen.came) > self._states or not self._in_time():
                    self._seen.whole = False
                    return []
                self._step(position, following, later)
            ring = following
        return later

    def _in_time(self) -> bool:
        return len(self._seen.came) % _LOOK_AT_THE_CLOCK != 0 or process_time() < self._until

    def _step(self, position: int, following: list[int], later: list[int]) -> None:
        seen, net = self._seen, self._net
        if net.ended(position):
            seen.ended.append(position)
            self._stops.append(position)
        self._look_who_is_done(position)
        possible = self._table.possible(position)
        clear = not position & self._blurred
        if not possible and clear and not net.ended(position):
            seen.dead.append(position)
            self._stops.append(position)
        for move in possible:
            after, met = move.play(position)
            seen.fired.setdefault(id(move), move)
            met &= net.tokens
            if met and clear:
                self._meeting(position, met, move)
            if met:
                after |= self._blurred
            elif clear:
                self._back.setdefault(after, []).append(position)
            if after not in seen.came:
                seen.came[after] = (position, move)
                (later if met and clear else following).append(after)

    def _meeting(self, position: int, met: int, move: Move) -> None:
        self._stops.append(position)
        self._seen.met.setdefault(met & -met, (position, move))

    def _look_who_is_done(self, position: int) -> None:
        for process, begin in self._net.begins.items():
            if process not in self._seen.idle and not position & (begin | self._net.within[process] & self._net.tokens):
                self._seen.idle.add(process)

    def _mark_endless(self) -> None:
        """Find the first position from which a play can only go on for ever."""
        good = closure(self._stops, self._back)
        seen = self._seen
        seen.endless = next(
            (position for position in seen.came if position not in good and not position & self._blurred), None
        )
        if seen.endless is not None:
            seen.round = tuple(self._round(seen.endless))

    def _round(self, position: int) -> Iterable[Move]:
        """The moves that are made over and over again, once a play has gone as far as it gets."""
        reached, moves = self._reached(position)
        for _ in range(_STEPS_IN):
            last = next(reversed(reached))
            further, following = self._reached(last)
            if len(further) == len(reached):
                break
            reached, moves = further, following
        return moves

    def _reached(self, position: int) -> tuple[dict[int, None], list[Move]]:
        reached, ahead = {position: None}, [position]
        moves: dict[int, Move] = {}
        while ahead:
            now = ahead.pop()
            for move in self._table.possible(now):
                moves.setdefault(id(move), move)
                after = move.play(now)[0]
                if after not in reached:
                    reached[after] = None
                    ahead.append(after)
        return reached, list(moves.values())


def closure(stops: Iterable[int], back: dict[int, list[int]]) -> set[int]:
    """Every position from which one of these can be reached."""
    good: set[int] = set()
    stack = list(stops)
    while stack:
        position = stack.pop()
        if position not in good:
            good.add(position)
            stack.extend(back.get(position, ()))
    return good
