"""The conditions behind one gateway taken together: whether one always holds, and never two.

Each is really worked out, as the engine does it, for every way in which the names they read can stand; what is told is
what was seen there. Of conditions that cannot be gone through in full nothing is said that was not seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workflows.check.mentions import Spoken, of_expression
from workflows.check.regions import About
from workflows.check.saying import facts_in_words
from workflows.check.ways import Way, as_data, every_way, regions, tangled, together
from workflows.engine.drawing import Drawing, Flow
from workflows.engine.expressions import Expression, check
from workflows.engine.outcome import WARNING, Finding
from workflows.engine.refusals import ExpressionRefused

GAP: Final = "data.condition-gap"
OVERLAP: Final = "data.condition-overlap"
NEVER: Final = "data.condition-never"
MOST_WAYS: Final = 2_000
MOST_IN_ALL: Final = 50_000  # conditions worked out for one drawing
MOST_CONDITIONS: Final = 50


@dataclass(frozen=True)
class _Seen:
    """The ways out of a gateway that have a condition, and which of them hold (a bit each) for what was tried.

    whole: whether everything was tried.
    """

    flows: Sequence[Flow]
    tried: Sequence[tuple[int, Way]]
    whole: bool

    def example(self, holding: int, among: int) -> Way | None:
        """What people think of first for which just these hold, among these."""
        fitting = [way for held, way in self.tried if held & among == holding]
        return min(fitting, key=lambda way: way.rank, default=None)


def condition_faults(drawing: Drawing) -> Iterator[Finding]:
    """What is wrong with the conditions of each gateway of a drawing."""
    left = MOST_IN_ALL
    for key, element in drawing.of_kind("exclusiveGateway", "inclusiveGateway"):
        ways = [flow for flow in drawing.outgoing(key) if flow.key != element.get("default")]
        if len(drawing.outgoing(key)) < 2 or not all(flow.condition for flow in ways) or len(ways) > MOST_CONDITIONS:
            continue
        seen = _seen(ways, min(MOST_WAYS, left // max(1, len(ways))))
        if seen is None:
            continue
        left -= len(seen.tried) * len(ways)
        if len(ways) == len(drawing.outgoing(key)):
            yield from _gap(key, seen)
        if drawing.kind(key) == "exclusiveGateway":
            yield from _one_after_the_other(seen)


def _seen(flows: Sequence[Flow], most: int) -> _Seen | None:
    """Work out the conditions so many times at most; nothing if one of them cannot be read, or calls a function."""
    try:
        conditions = [check(flow.condition) for flow in flows]
        spoken = [of_expression(flow.condition) for flow in flows]
    except ExpressionRefused:
        return None
    if any(condition.calls for condition in conditions):
        return None
    abouts = _abouts(spoken)
    ordered = together([mention for one in spoken for mention in one.mentions], abouts)
    ways, every = every_way({name: regions(about) for name, about in abouts.items()}, most)
    tried = [(held, way) for way in ways if (held := _holding(conditions, as_data(way.facts))) is not None]
    exact = ordered and every and not tangled(abouts) and all(one.exact for one in spoken)
    return _Seen(flows, tried, exact and bool(tried))


def _abouts(spoken: Sequence[Spoken]) -> dict[str, About]:
    abouts = {name: About() for one in spoken for name in sorted(one.names)}
    for one in spoken:
        for mention in one.mentions:
            for name in mention.names:
                abouts[name].hear(mention, name, expression=True)
    return abouts


def _holding(conditions: Sequence[Expression], data: Mapping[str, object]) -> int | None:
    """The conditions that hold, a bit each; nothing where one cannot be worked out."""
    try:
        return sum(1 << place for place, one in enumerate(conditions) if one.value(data))
    except ExpressionRefused:
        return None


def _gap(key: str, seen: _Seen) -> Iterator[Finding]:
    way = seen.example(0, -1)
    if way is not None:
        where = facts_in_words(way.facts)
        message = f"No condition holds when {where}. Mark one way as the default, or add a condition for it."
        yield Finding(key, GAP, message)


def _one_after_the_other(seen: _Seen) -> Iterator[Finding]:
    """Ways that are never taken because an earlier one always is, and ways that could be taken as well as another."""
    for place, flow in enumerate(seen.flows):
        bit, earlier = 1 << place, (1 << place) - 1
        if seen.whole and seen.example(bit, bit | earlier) is None:
            message = "This way is never taken: its condition never holds, or an earlier one holds wherever it does."
            yield Finding(flow.key, NEVER, message, WARNING)
            continue
        for before, other in enumerate(seen.flows[:place]):
            both = bit | 1 << before
            way = seen.example(both, both)
            if way is not None and _same_question(flow, other):
                yield Finding(flow.key, OVERLAP, _both(other, way), WARNING)
                break


def _both(other: Flow, way: Way) -> str:
    where = f"When {facts_in_words(way.facts)}, this condition and that of “{other.name or other.key}” both hold"
    return f"{where}; the way that stands first in the file is taken."


def _same_question(one: Flow, other: Flow) -> bool:
    """Whether two conditions read the same: of different ones the order is plainly meant."""
    return check(one.condition).names == check(other.condition).names
