"""Which rules meet: go on with the same choice in a part of the space."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflows.check.tables.asked import numbers
from workflows.check.tables.space import Part


def beside(part: Part) -> dict[int, int]:
    """By rule (its bit), the rules that go on with something with which it goes on as well.

    A rule mostly goes on with choices that follow each other, so each stretch of them is looked up at once.
    """
    stretches = _Stretches([one.rules for one in part.choices])
    found: dict[int, int] = {}
    for rule, begin, end in _stretches_of_rules(part):
        found[rule] = found.get(rule, 0) | stretches.between(begin, end)
    return found


def _stretches_of_rules(part: Part) -> Iterator[tuple[int, int, int]]:
    """Each rule with the places at which it begins to go on, and at which it does no longer."""
    begun: dict[int, int] = {}
    before = 0
    for place, rules in enumerate((*(one.rules for one in part.choices), 0)):
        for number in numbers(before ^ rules):
            rule = 1 << (number - 1)
            if before & rule:
                yield rule, begun[rule], place
            else:
                begun[rule] = place
        before = rules


class _Stretches:
    """The rules of any stretch of choices, put together from stretches twice as long each time."""

    def __init__(self, rules: Sequence[int]) -> None:
        self._doubled = [list(rules)]
        size = 1
        while 2 * size <= len(rules):
            shorter = self._doubled[-1]
            self._doubled.append([one | other for one, other in zip(shorter, shorter[size:], strict=False)])
            size *= 2

    def between(self, begin: int, end: int) -> int:
        """The rules that go on with any choice from the first place to before the other."""
        level = (end - begin).bit_length() - 1
        return self._doubled[level][begin] | self._doubled[level][end - (1 << level)]
