"""Whether a value passes a cell: yes, no, or unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from workflows.engine import spans
from workflows.engine.spans import Span

Inputs = Mapping[str, object]
Verdict = bool | None
Test = Callable[[object, Inputs], Verdict]
Operand = Callable[[Inputs], object]
Comparison = Callable[[Any, Any], bool]

UNKNOWN: Final = "unknown"
_NUMBERS: Final = (int, float)


class Literal:
    """What a cell writes out, to compare the value with."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __call__(self, inputs: Inputs) -> object:
        """Give it, whatever the inputs are."""
        return self.value


def anything(value: object, inputs: Inputs) -> Verdict:
    """Yes, known or not."""
    return True


def comparison(work: Comparison, bound: Operand) -> Test:
    """Whether the value is less or more; unknown when the two cannot be ordered."""

    def compared(value: object, inputs: Inputs) -> Verdict:
        pair = alike(value, bound(inputs))
        return None if pair is None else work(*pair)

    return compared


def alike(value: object, other: object) -> tuple[Any, Any] | None:
    """Two values that can be ordered, or None: numbers, texts, days, instants, lengths of time."""
    if type(value) in _NUMBERS and type(other) in _NUMBERS:
        return value, other
    if isinstance(other, Span):
        span = value if isinstance(value, Span) else spans.span(value)
        return (span.amount, other.amount) if span is not None and span.counted == other.counted else None
    if isinstance(other, date):
        same = value if type(value) is type(other) else spans.like(value, other)
        return None if same is None else (same, other)
    if type(value) is str and type(other) is str and UNKNOWN not in (value, other):
        return value, other
    return None


def equality(wanted: Operand) -> Test:
    """Whether the value is just this one; the word "unknown" is what a missing value counts as."""
    if isinstance(wanted, Literal) and wanted.value in (None, UNKNOWN):
        return lambda value, inputs: value == UNKNOWN

    def equal(value: object, inputs: Inputs) -> Verdict:
        other = wanted(inputs)
        if isinstance(other, (Span, date)):
            pair = alike(value, other)
            return None if pair is None else bool(pair[0] == pair[1])
        if other is None or (value == UNKNOWN and type(other) is not str):
            return None
        return (type(value) is bool) == (type(other) is bool) and value == other

    return equal


def any_of(tests: Sequence[Test]) -> Test:
    """Whether one of several tests says yes; unknown if none does and one cannot say."""
    if len(tests) == 1:
        return tests[0]

    def tested(value: object, inputs: Inputs) -> Verdict:
        verdicts = [test(value, inputs) for test in tests]
        return True if True in verdicts else None if None in verdicts else False

    return tested


def both(first: Test, second: Test) -> Test:
    """Whether two tests say yes; unknown if one cannot say."""

    def tested(value: object, inputs: Inputs) -> Verdict:
        verdicts = (first(value, inputs), second(value, inputs))
        return None if None in verdicts else all(verdicts)

    return tested


def opposite(test: Test) -> Test:
    """No for yes and yes for no; what is unknown stays so."""

    def tested(value: object, inputs: Inputs) -> Verdict:
        verdict = test(value, inputs)
        return None if verdict is None else not verdict

    return tested
