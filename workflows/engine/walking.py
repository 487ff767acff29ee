"""The steps an expression is made of: each is walked with a frame, and gives a plain value.

An expression has no way to repeat anything, so that no step is walked twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from workflows.engine import reckoning
from workflows.engine.admission import Frame, admitted, bounded, part, plain
from workflows.engine.doubts import doubtful, in_doubt, settled_by, whether_known
from workflows.engine.reckoning import COMPARISONS, FUNCTIONS, Work
from workflows.engine.refusals import DataNotPlain, ExpressionRefused, FunctionFailed
from workflows.engine.tokens import shown

Step = Callable[[Frame], object]

_SIMPLE: Final = frozenset({str, int, float, bool, type(None)})
_AS_IT_IS: Final = frozenset({bool, type(None)})


class Constant:
    """What stands in the expression itself."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __call__(self, frame: Frame) -> object:
        """Give it, whatever the data are."""
        return self.value


def named(name: str) -> Step:
    """A decision variable; nothing when nobody has set it."""

    def step(frame: Frame) -> object:
        value = frame.data.get(name)
        if type(value) in _AS_IT_IS:
            return value
        try:
            return admitted(value)
        except DataNotPlain:
            raise DataNotPlain(f"'{name}' holds something that is not plain data.") from None

    return step


def part_of(whole: Step, which: Step) -> Step:
    """One part of a list or of a set of named values."""

    def step(frame: Frame) -> object:
        of, named = whole(frame), which(frame)
        return None if frame.doubts and (doubtful(of) or doubtful(named)) else part(of, named, frame)

    return step


def listed(items: Sequence[Step]) -> Step:
    """A list of values."""
    if all(isinstance(item, Constant) for item in items):
        return Constant([item.value for item in items if isinstance(item, Constant)])
    return lambda frame: [item(frame) for item in items]


def chosen(first: Step, condition: Step, other: Step) -> Step:
    """One of two values."""

    def step(frame: Frame) -> object:
        holds = condition(frame)
        if frame.doubts and doubtful(holds):
            return None
        return first(frame) if holds else other(frame)

    return step


def either(steps: Sequence[Step]) -> Step:
    """The first value that counts as true, otherwise the last."""
    *earlier, last = steps

    def step(frame: Frame) -> object:
        if frame.doubts:
            return settled_by(True, (one(frame) for one in steps))
        for one in earlier:
            value = one(frame)
            if value:
                return value
        return last(frame)

    return step


def both(steps: Sequence[Step]) -> Step:
    """The first value that counts as false, otherwise the last."""
    *earlier, last = steps

    def step(frame: Frame) -> object:
        if frame.doubts:
            return settled_by(False, (one(frame) for one in steps))
        for one in earlier:
            value = one(frame)
            if not value:
                return value
        return last(frame)

    return step


def opposite(step: Step) -> Step:
    """Whether the value counts as false."""

    def opposed(frame: Frame) -> object:
        value = step(frame)
        return None if frame.doubts and doubtful(value) else not value

    return opposed


def compared(first: Step, rest: Sequence[tuple[Work, Step]]) -> Step:
    """Whether every comparison of a chain holds, as in 18 <= age <= 75."""
    if len(rest) == 1:
        return _compared_once(first, *rest[0])

    def held(frame: Frame) -> Iterator[object]:
        left = first(frame)
        for compare, following in rest:
            right = following(frame)
            yield in_doubt(compare, frame, left, right) if frame.doubts else compare(frame, left, right)
            left = right

    def step(frame: Frame) -> object:
        return settled_by(False, held(frame)) if frame.doubts else all(held(frame))

    return step


def _compared_once(first: Step, work: Work, second: Step) -> Step:
    certain = _compared_for_certain(first, work, second)
    asks = any(isinstance(side, Constant) and doubtful(side.value) for side in (first, second))
    doubting = whether_known if asks else in_doubt

    def step(frame: Frame) -> object:
        return doubting(work, frame, first(frame), second(frame)) if frame.doubts else certain(frame)

    return step


def _compared_for_certain(first: Step, work: Work, second: Step) -> Step:
    if not isinstance(second, Constant):
        return lambda frame: work(frame, first(frame), second(frame))
    value = second.value
    if work is not COMPARISONS["in"] or type(value) is not list or not all(type(item) in _SIMPLE for item in value):
        return lambda frame: work(frame, first(frame), value)
    items = tuple(value)

    def step(frame: Frame) -> object:  # one of these words: the commonest question of all
        item = first(frame)
        return type(item) in _SIMPLE and item in items

    return step


def reckoned(first: Step, rest: Sequence[tuple[Work, Step]]) -> Step:
    """A sum or product, from left to right."""

    def step(frame: Frame) -> object:
        value = first(frame)
        for work, following in rest:
            value = _reckoned_with(work, frame, value, following(frame))
        return value

    return step


def _reckoned_with(work: Work, frame: Frame, left: object, right: object) -> object:
    return None if frame.doubts and (doubtful(left) or doubtful(right)) else work(frame, left, right)


def power(base: Step, exponent: Step) -> Step:
    """One value to the power of another."""
    return lambda frame: _reckoned_with(reckoning.POWER, frame, base(frame), exponent(frame))


def signed(sign: str, step: Step) -> Step:
    """A number with its sign."""
    if isinstance(step, Constant) and type(step.value) in (int, float):
        return Constant(reckoning.signed(sign, step.value))

    def turned(frame: Frame) -> object:
        value = step(frame)
        return None if frame.doubts and doubtful(value) else reckoning.signed(sign, value)

    return turned


def called(name: str, items: Sequence[Step]) -> Step:
    """What a function gives: one that was lent to this working-out, otherwise one of our own."""
    fewest, most, work = FUNCTIONS.get(name, (0, len(items), None))
    if not fewest <= len(items) <= most:
        raise ExpressionRefused(f"{name}() is given too {'few' if len(items) < fewest else 'many'} values.")

    def step(frame: Frame) -> object:
        if name in frame.functions:
            return _lent(name, frame, [plain(item(frame), frame) for item in items])
        if work is None:
            raise ExpressionRefused(f"There is no function '{name}'.")
        values = [item(frame) for item in items]
        if frame.doubts and any(map(doubtful, values)):
            return None
        return bounded(work(frame, *values), frame)

    return step


def _lent(name: str, frame: Frame, values: Sequence[object]) -> object:
    try:
        given = frame.functions[name](*values)
    except ExpressionRefused:
        raise
    except Exception as error:
        raise FunctionFailed(f"{name}() gives no answer{_reason(error)}", error) from error
    return plain(given, frame)


def _reason(error: Exception) -> str:
    try:
        return f": {shown(str(error))}"
    except Exception:  # an error whose words cannot be had either
        return "."
