"""The parts into which what is mentioned divides all that may be known: inside one part nothing changes its mind.

A part is a point, what lies between two points, any other word, or that it is not known. Each has a value that stands
for it, chosen so that a person understands it: 24 rather than 18.0001.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import Final

from workflows.check.mentions import DAY, EPOCH, INSTANT, MOST_LISTED, NUMBER, Mention, Number
from workflows.engine import spans
from workflows.engine.verdicts import UNKNOWN

TEXT, TRUTH, LIST, NOT_KNOWN = "text", "truth", "list", "unknown"
OTHER: Final = "something else"
KINDS: Final = {
    **dict.fromkeys(("boolean",), TRUTH),
    **dict.fromkeys(("string",), TEXT),
    **dict.fromkeys(("number", "double", "float", "decimal", "integer", "int", "long", "short"), NUMBER),
    **dict.fromkeys(("date",), DAY),
    **dict.fromkeys(("dateTime", "date and time"), INSTANT),
    **dict.fromkeys(("dayTimeDuration", "days and time duration"), "seconds"),
    **dict.fromkeys(("yearMonthDuration", "years and months duration"), "months"),
}
WHOLE: Final = frozenset({"integer", "int", "long", "short"})
_SECONDS: Final = (("D", 86_400), ("H", 3_600))
# How readily a person thinks of it, the readiest first.
_PLAIN, _OTHER, _BELOW_NOUGHT, _BROKEN, _UNKNOWN = range(5)


@dataclass(frozen=True, slots=True)
class Region:
    """One part: its kind, the value that stands for it, and between which bounds it lies (None: without end).

    point: the bound itself. rank: how far from what people think of first.
    """

    kind: str
    value: object
    rank: int = _PLAIN
    low: Number | None = None
    high: Number | None = None
    point: bool = False

    @property
    def broken(self) -> bool:
        """Whether it lies between two whole numbers that follow each other."""
        return self.rank == _BROKEN


@dataclass(slots=True)
class About:
    """All that is said of one name, wherever it is mentioned."""

    bounds: dict[str, set[Number]] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    text: bool = False  # any other word may stand there as well
    truth: bool = False
    listed: bool = False
    alone: bool = False  # asked whether it is so, with nothing to compare it with
    whole: bool = False
    width: int = 1  # of how many names that are compared with each other it is one
    unknown: bool = True

    def hear(self, mention: Mention, name: str = "", expression: bool = False) -> None:
        """Take in what a comparison says of the name; in an expression a name may be all there is of it."""
        self.alone = self.alone or (expression and mention.alone)
        self.listed = self.listed or name in mention.lists
        self.truth = self.truth or mention.truth
        self.texts |= mention.texts
        self.text = self.text or bool(mention.texts)
        for kind, bounds in mention.bounds.items():
            self.bounds.setdefault(kind, set()).update(bounds)

    def be(self, kind: str) -> None:
        """Be of this kind, whatever is mentioned."""
        self.truth = self.truth or kind == TRUTH
        self.text = self.text or kind == TEXT
        if kind not in (TRUTH, TEXT, ""):
            self.bounds.setdefault(kind, set())

    @property
    def beyond_trying(self) -> bool:
        """Whether its parts are not all there is: where the parts of days cut through instants, and of long lists."""
        long = self.listed and (bool(self.bounds) or len(self.texts) > MOST_LISTED)
        return long or {DAY, INSTANT} <= self.bounds.keys()


def regions(about: About) -> list[Region]:
    """Every part of what may be known of a name, those of one kind beside each other and in order."""
    if about.alone:
        _where_it_counts_as_no(about)
    found = [one for kind, bounds in sorted(about.bounds.items()) for one in _ordered(kind, bounds, about)]
    if about.listed:
        found += _lists(about)
    if about.text:
        found += [Region(TEXT, text, point=True) for text in sorted(about.texts)]
        found += [Region(TEXT, _other(about.texts, place), _OTHER) for place in range(about.width)]
    if about.truth:
        found += [Region(TRUTH, value, point=True) for value in (True, False)]
    if not found:
        found = [Region(NUMBER, place + 1) for place in range(about.width)]
    return [*found, Region(NOT_KNOWN, None, _UNKNOWN, point=True)] if about.unknown else found


def _where_it_counts_as_no(about: About) -> None:
    """What is asked for by itself is yes or no; or a number, a word or a list, of which the empty one counts as no."""
    if NUMBER in about.bounds:
        about.bounds[NUMBER].add(0)
    if about.text:
        about.texts.add("")
    about.truth = about.truth or not (about.bounds or about.text or about.listed)


def _other(texts: set[str], place: int) -> str:
    other = OTHER if not place else f"{OTHER} {place + 1}"
    while other in texts:
        other += " again"
    return other


def _lists(about: About) -> Iterator[Region]:
    items = sorted(about.texts)[:MOST_LISTED] + sorted(about.bounds.get(NUMBER, ()))[:1]
    for many in range(len(items) + 1):
        yield from (Region(LIST, list(some)) for some in combinations(items, many))


# What has an order --------------------------------------------------------------------------


def _ordered(kind: str, bounds: Iterable[Number], about: About) -> Iterator[Region]:
    if about.listed and kind == NUMBER:
        return
    width, whole, places = about.width, about.whole or kind != NUMBER, sorted(set(bounds))
    if not places:
        yield from _readable(Region(kind, place) for place in _anywhere(kind, width))
        return
    yield from _readable(Region(kind, one, high=places[0]) for one in _below(kind, places[0], width))
    for low, high in pairwise(places):
        yield from _readable([Region(kind, low, low=low, high=low, point=True)])
        yield from _readable(
            Region(kind, one, low=low, high=high, rank=_BROKEN if _neighbours(low, high) else _PLAIN)
            for one in _between(low, high, width, whole)
        )
    last = places[-1]
    yield from _readable([Region(kind, last, low=last, high=last, point=True)])
    yield from _readable(Region(kind, one, low=last) for one in _above(kind, last, width))


def _anywhere(kind: str, width: int) -> list[Number]:
    begins = {DAY: date(2026, 1, 1).toordinal(), INSTANT: 1_767_225_600_000_000, "seconds": 86_400}.get(kind, 1)
    return [begins + place * _step(kind) for place in range(width)]


def _step(kind: str) -> int:
    return {INSTANT: 3_600_000_000, "seconds": 86_400}.get(kind, 1)


def _below(kind: str, low: Number, width: int) -> list[Number]:
    if kind == NUMBER and 0 < low < 1:
        return _between(0, low, width, whole=False)
    if kind == "seconds" and low <= _step(kind):
        return [low - 3_600 * (place + 1) for place in reversed(range(width))]
    return [
        (low if low == int(low) else int(low) + (low > 0)) - _step(kind) * (place + 1)
        for place in reversed(range(width))
    ]


def _above(kind: str, high: Number, width: int) -> list[Number]:
    if kind == NUMBER and 0 < high < 1:
        return _between(high, 1, width, whole=False)
    return [(high if high == int(high) else int(high)) + _step(kind) * (place + 1) for place in range(width)]


def _neighbours(low: Number, high: Number) -> bool:
    return high - low <= 1 and low == int(low) and high == int(high)


def _between(low: Number, high: Number, width: int, whole: bool) -> list[Number]:
    """Values between two bounds, in order: whole ones where there are enough, otherwise as short as can be."""
    if whole:
        there = range(int(low) + 1, int(high))
        return sorted({there[len(there) * (place + 1) // (width + 1)] for place in range(width)}) if there else []
    found = (_short(low + (high - low) * (place + 1) / (width + 1), low, high) for place in range(width))
    return sorted({one for one in found if one is not None})


def _short(middle: float, low: Number, high: Number) -> Number | None:
    for places in range(16):
        value = round(middle, places)
        if low < value < high:
            return int(value) if value == int(value) else value
    return None


# Values as the engine is given them ----------------------------------------------------------


def _readable(places: Iterable[Region]) -> Iterator[Region]:
    """The regions with their places made into values, without those that nobody could write."""
    for one in places:
        place = one.value
        value = value_of(one.kind, place) if isinstance(place, (int, float)) else None
        if value is not None:
            below = isinstance(value, (int, float)) and value < 0 and one.rank == _PLAIN
            yield Region(one.kind, value, _BELOW_NOUGHT if below else one.rank, one.low, one.high, one.point)


def value_of(kind: str, place: Number) -> object:
    """What is written for a number of this kind; None where nothing can be."""
    if kind == NUMBER:
        return place
    try:
        if kind == DAY:
            return date.fromordinal(int(place)).isoformat()
        if kind == INSTANT:
            return (EPOCH + timedelta(microseconds=int(place))).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return None
    text = length(kind, int(place))
    return text if spans.span(text) is not None else None


def length(counted: str, amount: int) -> str:
    """A length of time as a cell may write it."""
    sign, size = ("-", -amount) if amount < 0 else ("", amount)
    if counted == "months":
        return f"{sign}P{size}M"
    if counted != "seconds":
        return f"{amount}{counted}"
    for unit, seconds in _SECONDS:
        if size % seconds == 0 and not sign and size // seconds < 10_000:
            return f"{size // seconds}{unit}"
    days, rest = divmod(size, 86_400)
    return f"{sign}P{days}DT{rest}S"


def is_known(value: object) -> bool:
    """Whether a value is known at all."""
    return value is not None and value != UNKNOWN
