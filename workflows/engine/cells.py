"""The cells of a decision table: what a value must be for a rule to apply.

``-`` anything · ``"given"`` or ``"has","not_needed"`` one of these · ``not("x")`` none of these ·
``< 18`` ``>= hiu_ed`` compared with a number or another input · ``[8..9]`` ``(8..9)`` between ·
``true`` ``false`` · ``null`` missing. A missing value counts as the word "unknown"; a comparison
with an unknown value is itself unknown, and a rule with an unknown cell does not apply.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from workflows.engine import expressions
from workflows.engine.expressions import ExpressionRefused

Inputs = Mapping[str, object]
Verdict = bool | None
Test = Callable[[object, Inputs], Verdict]

UNKNOWN: Final = "unknown"
_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_COMPARED: Final = re.compile(r"(<=|>=|<|>)(.+)", re.DOTALL)
_BETWEEN: Final = re.compile(r"([\[\](])(.+)\.\.(.+)([\[\])])", re.DOTALL)
_NOT: Final = re.compile(r"not\s*\((.*)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cell:
    """One input cell. ``reads`` are the other inputs it compares with."""

    text: str
    test: Test
    reads: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> Cell:
        """Read a cell; raises ExpressionRefused when it is not in the syntax above."""
        text = text.strip()
        reads: set[str] = set()
        return cls(text, _read(text, reads), frozenset(reads))

    @property
    def takes_anything(self) -> bool:
        """Whether the cell is a dash (or empty)."""
        return self.text in ("", "-")

    def applies(self, value: object, inputs: Inputs) -> bool:
        """Whether the cell accepts the value; an unknown verdict is a no."""
        return self.test(UNKNOWN if value is None else value, inputs) is True


def split_list(text: str) -> list[str]:
    """Split at the commas that stand outside quotation marks and brackets."""
    parts, depth, quote, begin = [], 0, "", 0
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == "," and depth <= 0:
            parts.append(text[begin:place])
            begin = place + 1
    return [part.strip() for part in (*parts, text[begin:])]


def _read(text: str, reads: set[str]) -> Test:
    if text in ("", "-"):
        return lambda value, inputs: True
    negated = _NOT.fullmatch(text)
    if negated:
        inner = _any_of([_one(part, reads) for part in split_list(negated[1])])
        return lambda value, inputs: _opposite(inner(value, inputs))
    return _any_of([_one(part, reads) for part in split_list(text)])


def _one(text: str, reads: set[str]) -> Test:
    if not text:
        raise ExpressionRefused("A cell holds an empty place between commas.")
    between = _BETWEEN.fullmatch(text)
    if between:
        return _range(between, reads)
    compared = _COMPARED.fullmatch(text)
    if compared:
        return _comparison(_COMPARISONS[compared[1]], compared[2], reads)
    return _equality(text, reads)


def _range(match: re.Match[str], reads: set[str]) -> Test:
    opening, low, high, closing = match.groups()
    above = _comparison(operator.ge if opening == "[" else operator.gt, low, reads)
    below = _comparison(operator.le if closing == "]" else operator.lt, high, reads)

    def within(value: object, inputs: Inputs) -> Verdict:
        verdicts = (above(value, inputs), below(value, inputs))
        return None if None in verdicts else all(verdicts)

    return within


def _comparison(work: Callable[[Any, Any], bool], text: str, reads: set[str]) -> Test:
    bound = _operand(text, reads)

    def compared(value: object, inputs: Inputs) -> Verdict:
        other = bound(inputs)
        alike = (_is_number(value) and _is_number(other)) or (_is_text(value) and _is_text(other))
        return work(value, other) if alike else None

    return compared


def _equality(text: str, reads: set[str]) -> Test:
    if text in ("null", "None"):
        return lambda value, inputs: value == UNKNOWN
    wanted = _operand(text, reads)

    def equal(value: object, inputs: Inputs) -> Verdict:
        other = wanted(inputs)
        if other is None or (value == UNKNOWN and not isinstance(other, str)):
            return None
        return isinstance(value, bool) == isinstance(other, bool) and value == other

    return equal


def _operand(text: str, reads: set[str]) -> Callable[[Inputs], object]:
    text = text.strip()
    expressions.check(text, functions=())
    reads.update(expressions.names_in(text))

    def worked_out(inputs: Inputs) -> object:
        try:
            return expressions.evaluate(text, inputs)
        except ExpressionRefused:  # a number that is not known cannot be reckoned with
            return None

    return worked_out


def _any_of(tests: list[Test]) -> Test:
    def tested(value: object, inputs: Inputs) -> Verdict:
        verdicts = [test(value, inputs) for test in tests]
        return True if True in verdicts else None if None in verdicts else False

    return tested


def _opposite(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != UNKNOWN
