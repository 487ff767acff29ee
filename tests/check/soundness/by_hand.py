"""The token game played in the simplest way: every position, every move, tokens counted in a sorted list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

Position = tuple[str, ...]


@dataclass
class Judged:
    """deadlock, meeting, livelock: whether there is one. reached: shapes that were passed. ended: whether a play ends.

    whole: whether every position was looked at.
    """

    deadlock: bool = False
    meeting: bool = False
    livelock: bool = False
    ended: bool = False
    reached: set[str] = field(default_factory=set)
    whole: bool = True


class Game:
    """Shapes by kind, and flows as (source, target); a token is written as “source>target”."""

    def __init__(self, kinds: Mapping[str, str], flows: list[tuple[str, str]]) -> None:
        self.kinds = kinds
        self.out = {key: [f"{a}>{b}" for a, b in flows if a == key] for key in kinds}
        self.into = {key: [f"{a}>{b}" for a, b in flows if b == key] for key in kinds}

    def judge(self, most: int) -> Judged:
        found = Judged()
        first = tuple(sorted(self.out["start"]))
        found.reached.add("start")
        after: dict[Position, list[Position]] = {}
        ahead, stops = [first], set()
        while ahead:
            position = ahead.pop()
            if position in after:
                continue
            if len(after) > most:
                return Judged(whole=False)
            after[position] = []
            for shape, following in self._moves(position):
                found.reached.add(shape)
                if len(set(following)) < len(following):
                    found.meeting = True
                    stops.add(position)
                else:
                    after[position].append(following)
                    ahead.append(following)
            if not position:
                found.ended = True
                stops.add(position)
            elif not after[position] and position not in stops:
                found.deadlock = True
                stops.add(position)
        found.livelock = any(not _reaches(position, stops, after) for position in after)
        return found

    def _moves(self, position: Position) -> Iterator[tuple[str, Position]]:
        for shape, kind in self.kinds.items():
            for taken in self._taken(shape, kind, position):
                left = [token for token in position if token not in taken]
                for put in self._put(shape, kind):
                    yield shape, tuple(sorted([*left, *put]))

    def _taken(self, shape: str, kind: str, position: Position) -> list[list[str]]:
        full = [token for token in self.into[shape] if token in position]
        if not full:
            return []
        if kind == "and":
            return [full] if len(full) == len(self.into[shape]) else []
        if kind == "or" and len(self.into[shape]) > 1:
            return [full] if self._nothing_comes(shape, full, position) else []
        return [[token] for token in full]

    def _nothing_comes(self, shape: str, full: list[str], position: Position) -> bool:
        empty = [token for token in self.into[shape] if token not in full]
        return all(self._leads(token, full, shape) or not self._leads(token, empty, shape) for token in position)

    def _leads(self, token: str, ways: list[str], join: str) -> bool:
        seen, ahead = set(), [token]
        while ahead:
            now = ahead.pop()
            if now in ways:
                return True
            target = now.split(">")[1]
            if now not in seen and target != join:
                seen.add(now)
                ahead += self.out[target]
        return False

    def _put(self, shape: str, kind: str) -> list[list[str]]:
        out = self.out[shape]
        if kind == "xor" and out:
            return [[token] for token in out]
        if kind == "or" and out:
            return [list(some) for size in range(1, len(out) + 1) for some in combinations(out, size)]
        return [out]


def _reaches(position: Position, stops: set[Position], after: Mapping[Position, list[Position]]) -> bool:
    seen, ahead = set(), [position]
    while ahead:
        now = ahead.pop()
        if now in stops:
            return True
        if now not in seen:
            seen.add(now)
            ahead += after[now]
    return False
