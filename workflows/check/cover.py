"""Whether some rules between them leave anything over: one choice in each part, with which none of them goes on.

The space is cut in two where the fewest rules lie on both sides, again and again, until no rule reaches into a piece,
or one covers it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import accumulate
from operator import and_, or_
from typing import Final

_FEW: Final = 64  # choices of which those that another makes needless are left out

Part = Sequence[tuple[int, int]]  # the choices there still are: the rules that go on with each, and its place


class TooMuch(Exception):
    """The search went through as much as it may, and cannot say."""


class Effort:
    """How much may still be gone through, all questions about a table together."""

    def __init__(self, most: int) -> None:
        self._left = most

    def spend(self, amount: int) -> None:
        """Account for so many choices looked at; raises TooMuch when there were too many."""
        self._left -= amount
        if self._left < 0:
            raise TooMuch


def left_over(parts: Sequence[Sequence[int]], rules: int, effort: Effort) -> list[int] | None:
    """The place of one choice in each part with which none of the rules goes on; None if there is none.

    parts: for each choice the rules that go on with it, a bit each; what lies beside each other in a column stands
    beside each other. Raises TooMuch.
    """
    if any(not choices for choices in parts):
        return None
    pieces: list[tuple[list[Part], int]] = [([[(one, at) for at, one in enumerate(some)] for some in parts], rules)]
    while pieces:
        piece, reaching = _without_needless(*pieces.pop(), effort)
        if not reaching:
            return [part[0][1] for part in piece]
        if not reduce(and_, (one for part in piece for one, _ in part), reaching):
            pieces += _cut(piece, reaching)
    return None


def _without_needless(piece: list[Part], rules: int, effort: Effort) -> tuple[list[Part], int]:
    """The piece with one choice of those that come to the same, and the rules that reach into it."""
    while True:
        effort.spend(sum(map(len, piece)) + 1)
        piece = [_needed(part, rules) for part in piece]
        reaching = reduce(and_, (reduce(or_, (one for one, _ in part)) for part in piece), rules)
        if reaching == rules:
            return piece, rules
        rules = reaching


def _needed(part: Part, rules: int) -> Part:
    """Without the choices with which all rules go on that go on with another, and more."""
    left: dict[int, int] = {}
    for choice, place in part:
        left.setdefault(choice & rules, place)
    if len(left) <= _FEW:
        least: list[int] = []
        for one in sorted(left, key=int.bit_count):
            if not any(other & one == other for other in least):
                least.append(one)
        if len(least) < len(left):
            kept = frozenset(least)
            return [one for one in left.items() if one[0] in kept]
    return list(left.items())


def _cut(piece: list[Part], rules: int) -> list[tuple[list[Part], int]]:
    """The piece in two, the one into which fewer rules reach last."""
    _, number, at = min(_crossing(number, part) for number, part in enumerate(piece) if len(part) > 1)
    halves = [[*piece[:number], half, *piece[number + 1 :]] for half in (piece[number][:at], piece[number][at:])]
    found = [(half, rules & reduce(or_, (one for one, _ in half[number]))) for half in halves]
    return sorted(found, key=lambda one: one[1].bit_count(), reverse=True)


def _crossing(number: int, part: Part) -> tuple[int, int, int]:
    """How many rules reach into both sides at the best cut of a part, which part that is, and where it is cut."""
    before = list(accumulate((one for one, _ in part), or_))
    behind = list(accumulate((one for one, _ in reversed(part)), or_))[::-1]
    counted = ((before[at - 1].bit_count() + behind[at].bit_count(), at) for at in range(1, len(part)))
    cost, at = min(counted)
    return cost, number, at
