"""Reckoning inside expressions: what + and < and len mean there. Every value is plain data already."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any, Final

from workflows.engine.admission import LARGEST_BITS, LARGEST_LIST, LARGEST_TEXT, Frame, in_bounds, kind_of, plain
from workflows.engine.refusals import ExpressionRefused

Work = Callable[[Frame, object, object], object]

_NUMBERS: Final = frozenset({int, float, bool})
_SIMPLE: Final = frozenset({str, int, float, bool, type(None)})
_MOST_DECIMALS: Final = 15
_WHOLE_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,77}")
_DECIMAL_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,77}(?:\.[0-9]{0,77})?(?:[eE][+-]?[0-9]{1,3})?")


# Operators ------------------------------------------------------------------------------------


def _arithmetic(name: str, work: Callable[[Any, Any], Any]) -> Work:
    def worked(frame: Frame, left: object, right: object) -> object:
        if type(left) not in _NUMBERS or type(right) not in _NUMBERS:
            raise ExpressionRefused(f"{name} needs two numbers, not {kind_of(left)} and {kind_of(right)}.")
        try:
            return in_bounds(work(left, right))
        except ZeroDivisionError:
            raise ExpressionRefused("The expression divides by nought.") from None
        except OverflowError:
            raise ExpressionRefused("A number is too large.") from None

    return worked


_adding = _arithmetic("Adding", operator.add)
_raising = _arithmetic("A power", operator.pow)


def _plus(frame: Frame, left: object, right: object) -> object:
    if type(left) is str and type(right) is str:
        frame.spend((len(left) + len(right)) >> 4)
        if len(left) + len(right) > LARGEST_TEXT:
            raise ExpressionRefused("The expression makes a text that is too long.")
        return left + right
    if _is_list(left) and _is_list(right):
        first, second = _listed(left, frame), _listed(right, frame)
        if len(first) + len(second) > LARGEST_LIST:
            raise ExpressionRefused("The expression makes a list that is too long.")
        return [*first, *second]
    return _adding(frame, left, right)


def _power(frame: Frame, left: object, right: object) -> object:
    # At least so many bits: what is only just too large is refused once it is there.
    if type(left) is int and type(right) is int and (abs(left).bit_length() - 1) * abs(right) > LARGEST_BITS:
        raise ExpressionRefused("A number is too large.")
    return _raising(frame, left, right)


def _equal(frame: Frame, left: object, right: object) -> bool:
    if type(left) in _SIMPLE and type(right) in _SIMPLE:
        return left == right
    return plain(left, frame) == plain(right, frame)


def _ordered(work: Callable[[Any, Any], bool]) -> Work:
    def compared(frame: Frame, left: object, right: object) -> object:
        if type(left) is str or type(right) is str:
            return type(left) is type(right) and work(left, right)
        return type(left) in _NUMBERS and type(right) in _NUMBERS and work(left, right)

    return compared


def _within(frame: Frame, item: object, whole: object) -> bool:
    if whole is None:
        return False
    if type(whole) is str:
        frame.spend(len(whole) >> 4)
        return type(item) is str and item in whole
    if type(whole) is dict:
        return type(item) is str and item in plain(whole, frame)  # type: ignore[operator]  # a copy of a dict is one
    if _is_list(whole):
        return plain(item, frame) in _listed(whole, frame)
    raise ExpressionRefused(f"'in' looks into lists and texts, not into {kind_of(whole)}.")


def _identical(frame: Frame, left: object, right: object) -> bool:
    return type(left) is type(right) and _equal(frame, left, right)


SUMS: Final[dict[str, Work]] = {"+": _plus, "-": _arithmetic("Subtracting", operator.sub)}
PRODUCTS: Final[dict[str, Work]] = {
    "*": _arithmetic("Multiplying", operator.mul),
    "/": _arithmetic("Dividing", operator.truediv),
    "//": _arithmetic("Dividing", operator.floordiv),
    "%": _arithmetic("A remainder", operator.mod),
}
COMPARISONS: Final[dict[str, Work]] = {
    "==": _equal,
    "!=": lambda frame, left, right: not _equal(frame, left, right),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "in": _within,
    "not in": lambda frame, item, whole: not _within(frame, item, whole),
    "is": _identical,
    "is not": lambda frame, left, right: not _identical(frame, left, right),
}
POWER: Final = _power


def signed(sign: str, value: object) -> object:
    """The number with its sign; raises ExpressionRefused for anything else."""
    if type(value) is int or type(value) is float or type(value) is bool:
        return -value if sign == "-" else +value
    raise ExpressionRefused(f"{'Minus' if sign == '-' else 'Plus'} needs a number, not {kind_of(value)}.")


# Functions ------------------------------------------------------------------------------------


def _is_list(value: object) -> bool:
    return type(value) is list or type(value) is tuple


def _listed(value: object, frame: Frame) -> list[object]:
    copied = plain(value, frame)
    if type(copied) is not list:
        raise ExpressionRefused(f"A list is needed here, not {kind_of(value)}.")
    return copied


def _length(frame: Frame, value: object) -> object:
    if value is None:
        return 0
    if type(value) is str or type(value) is list or type(value) is tuple or type(value) is dict:
        return len(value)
    raise ExpressionRefused(f"len() counts the items of a list or the letters of a text, not of {kind_of(value)}.")


def _extreme(name: str, work: Callable[[list[Any]], object]) -> Callable[..., object]:
    def found(frame: Frame, *values: object) -> object:
        of = _listed(values[0], frame) if len(values) == 1 else list(values)
        alike = all(type(value) in _NUMBERS for value in of) or all(type(value) is str for value in of)
        if not of or not alike:
            raise ExpressionRefused(f"{name}() needs numbers, or texts, and at least one.")
        return work(of)

    return found


def _total(frame: Frame, values: object) -> object:
    total: Any = 0
    for value in _listed(values, frame):
        total = _adding(frame, total, value)
    return total


def _absolute(frame: Frame, value: object) -> object:
    return signed("-" if signed("+", value) < 0 else "+", value)  # type: ignore[operator]  # a number, once signed


def _rounded(frame: Frame, value: object, decimals: object = None) -> object:
    if type(value) not in _NUMBERS:
        raise ExpressionRefused(f"round() needs a number, not {kind_of(value)}.")
    if decimals is None:
        return round(value)  # type: ignore[call-overload]  # told by its exact type
    if type(decimals) is not int or abs(decimals) > _MOST_DECIMALS:
        raise ExpressionRefused(f"round() takes a whole number of decimals, at most {_MOST_DECIMALS}.")
    return round(value, decimals)  # type: ignore[call-overload]  # told by its exact type


def _whole(frame: Frame, value: object) -> object:
    if type(value) is int or type(value) is float or type(value) is bool:
        return int(value)
    if type(value) is str and _WHOLE_NUMBER.fullmatch(value.strip()):
        return int(value)
    raise ExpressionRefused("int() needs a number, or a text with digits only.")


def _decimal(frame: Frame, value: object) -> object:
    if type(value) is int or type(value) is float or type(value) is bool:
        return float(value)
    if type(value) is str and _DECIMAL_NUMBER.fullmatch(value.strip()):
        return float(value)
    raise ExpressionRefused("float() needs a number, or a text that is written like one.")


def _text(frame: Frame, value: object) -> object:
    return str(plain(value, frame))


# Name -> fewest values, most values, the work. What comes back is held within bounds by the caller.
FUNCTIONS: Final[dict[str, tuple[int, int, Callable[..., object]]]] = {
    "len": (1, 1, _length),
    "min": (1, 40, _extreme("min", min)),
    "max": (1, 40, _extreme("max", max)),
    "abs": (1, 1, _absolute),
    "round": (1, 2, _rounded),
    "sum": (1, 1, _total),
    "int": (1, 1, _whole),
    "float": (1, 1, _decimal),
    "str": (1, 1, _text),
    "any": (1, 1, lambda frame, values: any(_listed(values, frame))),
    "all": (1, 1, lambda frame, values: all(_listed(values, frame))),
}
