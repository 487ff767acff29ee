"""What a cell or a condition speaks of: which names it compares with each other, and with what that is written out.

Read from the same words and signs as the engine reads (tokens.py). Nothing is worked out here: whether a comparison
holds is always asked of the engine itself; this only says at which values it can change its mind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from workflows.engine import spans
from workflows.engine.grammar import CONSTANTS
from workflows.engine.spans import Moment, Span
from workflows.engine.tokens import Token, tokens_of
from workflows.engine.verdicts import UNKNOWN

Number = int | float

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
MOST_LISTED: Final = 6  # things looked for in a list, of which every combination is tried
NUMBER, DAY, INSTANT = "number", "day", "instant"
_MOMENTS: Final = (
    (("date", "and", "time", "("), "date and time"),
    (("date", "("), "date"),
    (("duration", "("), "duration"),
)
_KINDS: Final = {"date": DAY, "date and time": INSTANT}
_RECKONS: Final = frozenset({"+", "-", "*", "/", "//", "%", "**"})
_ORDERS: Final = frozenset({"<", "<=", ">", ">=", ".."})
_COMPARES: Final = _ORDERS | {"==", "!=", "in"}
_BEYOND: Final = frozenset({"if", "else", "is"})
_JOINS: Final = frozenset({"and", "or", "not"})
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(slots=True)
class Mention:
    """One comparison: the names in it, and what is written out in it, ordered things by their kind.

    bounds: numbers, days, instants and lengths of time, as numbers and by kind. lists: names that are looked into.
    """

    names: set[str] = field(default_factory=set)
    bounds: dict[str, set[Number]] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    truth: bool = False
    lists: set[str] = field(default_factory=set)

    @property
    def size(self) -> int:
        """How many things are written out in it."""
        return len(self.texts) + sum(map(len, self.bounds.values()))

    @property
    def alone(self) -> bool:
        """Whether it is a name that nothing is compared with."""
        return bool(self.names) and not (self.bounds or self.texts or self.truth or self.lists) and len(self.names) == 1


@dataclass(frozen=True, slots=True)
class Spoken:
    """All that a cell or an expression speaks of.

    exact: whether it can change its mind nowhere but at what is mentioned, and where two names are equal. orders:
    whether it asks for less or more.
    """

    mentions: tuple[Mention, ...]
    exact: bool
    orders: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Every name in it."""
        return frozenset().union(*(one.names for one in self.mentions))


def of_cell(text: str) -> Spoken:
    """What an input cell compares the value of its column with."""
    scanner = _Scanner(tokens_of(text), cell=True)
    mention = scanner.mention()
    return Spoken((mention,), scanner.exact and not (mention.texts and scanner.orders), scanner.orders)


def of_expression(text: str) -> Spoken:
    """What the heading of a column, or the condition of a way, speaks of."""
    tokens = tokens_of(text)[:-1]
    parts = (
        list(_parts(tokens)) if not any(token.written in _BEYOND and token.kind == "name" for token in tokens) else []
    )
    found = [_in_expression(part) for part in parts]
    if parts and all(exact for _, exact in found):
        return Spoken(tuple(mention for mention, _ in found), True)
    return Spoken((_Scanner(tokens).mention(),), False)


def plain_name(text: str) -> str:
    """The name that an expression is, with its parts, as in carer.strain; empty if it is more than a name."""
    spoken = of_expression(text)
    named = len(spoken.mentions) == 1 and spoken.mentions[0].alone and spoken.exact
    (name,) = spoken.names if named else ("",)
    return name if name == text.replace(" ", "") else ""


def _in_expression(tokens: Sequence[Token]) -> tuple[Mention, bool]:
    scanner = _Scanner(tokens)
    mention = scanner.mention()
    ends = {token.written for token in (tokens[0], tokens[-1]) if token.kind != "text"}
    if scanner.orders and mention.texts:
        _as_days(mention)
    exact = scanner.exact and not ends & _COMPARES and not (scanner.orders and mention.texts)
    exact = exact and not (mention.lists and len(mention.names) > 1)
    return mention, exact and not _looks_into_text(tokens)


def _looks_into_text(tokens: Sequence[Token]) -> bool:
    return any(one.written == "in" and one.kind == "name" and other.kind == "text" for one, other in pairwise(tokens))


def _as_days(mention: Mention) -> None:
    """Days stand in expressions as texts, and are compared as such: in that form they have the order of days."""
    days = {text: spans.day(text) for text in mention.texts if _DAY.fullmatch(text)}
    if len(days) == len(mention.texts):
        mention.bounds.setdefault(DAY, set()).update(one.toordinal() for one in days.values() if one)
        mention.texts.clear()


def _parts(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The comparisons between and, or, not and the brackets that group them."""
    part: list[Token] = []
    inner = 0  # brackets that belong to a comparison: of a list, or of a call
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else None
        opens = token.kind == "sign" and token.written in ("(", "[")
        if opens and (inner or _belongs(token, before)):
            inner += 1
        elif inner and token.kind == "sign" and token.written in (")", "]"):
            inner -= 1
        elif not inner and _divides(token, tokens[place + 1 : place + 2]):
            if part:
                yield part
            part = []
            continue
        part.append(token)
    if part:
        yield part


def _belongs(token: Token, before: Token | None) -> bool:
    if token.written == "[":
        return True
    return before is not None and before.kind == "name" and before.written not in _JOINS


def _divides(token: Token, coming: Sequence[Token]) -> bool:
    if token.kind == "sign":
        return token.written in ("(", ")")
    not_in = token.written == "not" and bool(coming) and coming[0].written == "in"
    return token.kind == "name" and token.written in _JOINS and not not_in


class _Scanner:
    """Goes through the words and signs of one comparison, or of one cell."""

    def __init__(self, tokens: Sequence[Token], cell: bool = False) -> None:
        self._cell = cell  # where the word "unknown" is what is not known, as everybody knows
        self._tokens = [token for token in tokens if token.kind != "end"]
        self._place = 0
        self.exact = True
        self.orders = any(one.kind == "sign" and one.written in _ORDERS for one in self._tokens)
        self._found = Mention()

    def mention(self) -> Mention:
        """All that is mentioned."""
        while self._place < len(self._tokens):
            token = self._tokens[self._place]
            if not self._moment(token):
                self._place += 1
                getattr(self, f"_{token.kind}")(token)
        return self._found

    def _before(self, places: int = 2) -> Token | None:
        return self._tokens[self._place - places] if self._place >= places else None

    def _after(self) -> Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    # Days, instants and lengths of time ------------------------------------------------------

    def _moment(self, token: Token) -> bool:
        """Go past a moment that is written out, or past the words before one that is another input."""
        if token.written == "@" and token.kind == "sign" and self._place + 1 < len(self._tokens):
            text = str(self._tokens[self._place + 1].value)
            self._place += 2
            self._written(spans.kind_of(text), text)
            return True
        for words, kind in _MOMENTS:
            coming = self._tokens[self._place : self._place + len(words)]
            if [one.written for one in coming] == list(words) and coming[0].kind == "name":
                self._place += len(words)
                self._moment_in_brackets(kind)
                return True
        return False

    def _moment_in_brackets(self, kind: str) -> None:
        inside = self._after()
        if inside is not None and inside.kind == "text":
            self._place += 1
            self._written(kind, str(inside.value))
        elif kind in _KINDS:
            self._found.bounds.setdefault(_KINDS[kind], set())
        else:
            self.exact = False

    def _written(self, kind: str, text: str) -> None:
        bound = bound_of(spans.written(kind, text))
        self._found.bounds.setdefault(bound[0], set()).add(bound[1])

    # Words and signs -------------------------------------------------------------------------

    def _text(self, token: Token) -> None:
        if token.value != UNKNOWN or not self._cell:
            self._found.texts.add(str(token.value))

    def _number(self, token: Token) -> None:
        sign, earlier = self._before(), self._before(3)
        negative = sign is not None and sign.kind == "sign" and sign.written == "-" and not _is_value(earlier)
        value = token.value if isinstance(token.value, (int, float)) else 0
        self._found.bounds.setdefault(NUMBER, set()).add(-value if negative else value)

    def _sign(self, token: Token) -> None:
        if token.written in _RECKONS:
            after = self._after()
            signed = token.written in ("+", "-") and after is not None and after.kind == "number"
            self.exact = self.exact and signed and not _is_value(self._before())
        elif token.written == "[" and _is_value(self._before()):
            self.exact = False  # a part of a list

    def _name(self, token: Token) -> None:
        after = self._after()
        if token.written in CONSTANTS:
            self._found.truth = self._found.truth or isinstance(CONSTANTS[token.written], bool)
        elif token.written == UNKNOWN or token.written in (*_JOINS, "in"):
            pass
        elif token.written in _BEYOND or (after is not None and after.kind == "sign" and after.written == "("):
            self.exact = False
        else:
            self._named(token)

    def _named(self, token: Token) -> None:
        before = self._before()
        looked_into = before is not None and before.kind == "name" and before.written == "in"
        name = token.written
        while self._goes_on():
            name += f".{self._tokens[self._place + 1].written}"
            self._place += 2
        self._found.names.add(name)
        if looked_into:
            self._found.lists.add(name)

    def _goes_on(self) -> bool:
        dot = self._after()
        return dot is not None and dot.kind == "sign" and dot.written == "." and self._place + 1 < len(self._tokens)


def _is_value(token: Token | None) -> bool:
    """Whether a minus or a bracket after this reckons with it."""
    if token is None:
        return False
    if token.kind == "name":
        return token.written not in (*_JOINS, *_BEYOND, "in")
    return token.kind in ("number", "text") or token.written in (")", "]")


def bound_of(moment: Moment) -> tuple[str, int]:
    """A day, an instant or a length of time as its kind and a whole number."""
    if isinstance(moment, Span):
        return moment.counted, moment.amount
    if isinstance(moment, datetime):
        return INSTANT, (moment - EPOCH) // MICROSECOND
    return DAY, moment.toordinal()
