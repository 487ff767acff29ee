"""Reckoning inside expressions: what + and < and len mean there, and how large a result may be."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any, Final

from workflows.engine.refusals import ExpressionRefused

LARGEST_TEXT: Final = 10_000
LARGEST_LIST: Final = 1_000
LARGEST_BITS: Final = 256

Function = Callable[..., object]


def bounded(value: object) -> object:
    """The value itself; raises ExpressionRefused when it is too large to be worth having."""
    if isinstance(value, str) and len(value) > LARGEST_TEXT:
        raise ExpressionRefused("The expression makes a text that is too long.")
    if isinstance(value, (list, tuple)) and len(value) > LARGEST_LIST:
        raise ExpressionRefused("The expression makes a list that is too long.")
    if isinstance(value, int) and value.bit_length() > LARGEST_BITS:
        raise ExpressionRefused("The expression makes a number that is too large.")
    if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
        raise ExpressionRefused("The expression makes something that is not a number.")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float))


def _arithmetic(name: str, work: Callable[[Any, Any], Any]) -> Function:
    def worked(left: object, right: object) -> object:
        if not (_is_number(left) and _is_number(right)):
            raise ExpressionRefused(f"{name} needs two numbers, not {left!r} and {right!r}.")
        try:
            return bounded(work(left, right))
        except ZeroDivisionError:
            raise ExpressionRefused("The expression divides by nought.") from None

    return worked


def _plus(left: object, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str):
        return bounded(left + right)
    if isinstance(left, list) and isinstance(right, list):
        return bounded(left + right)
    return _arithmetic("Adding", operator.add)(left, right)


def _power(left: object, right: object) -> object:
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > LARGEST_BITS:
        raise ExpressionRefused("The expression makes a number that is too large.")
    return _arithmetic("A power", operator.pow)(left, right)


def _ordered(work: Callable[[Any, Any], bool]) -> Function:
    def compared(left: object, right: object) -> object:
        alike = (_is_number(left) and _is_number(right)) or (isinstance(left, str) and isinstance(right, str))
        return alike and work(left, right)

    return compared


def _within(item: object, whole: object) -> bool:
    if whole is None:
        return False
    if isinstance(whole, str):
        return isinstance(item, str) and item in whole
    if isinstance(whole, (list, tuple, dict)):
        return item in whole
    raise ExpressionRefused(f"'in' looks into lists and texts, not into {whole!r}.")


OPERATORS: Final[dict[type[ast.AST], Function]] = {
    ast.Add: _plus,
    ast.Sub: _arithmetic("Subtracting", operator.sub),
    ast.Mult: _arithmetic("Multiplying", operator.mul),
    ast.Div: _arithmetic("Dividing", operator.truediv),
    ast.FloorDiv: _arithmetic("Dividing", operator.floordiv),
    ast.Mod: _arithmetic("A remainder", operator.mod),
    ast.Pow: _power,
    ast.USub: lambda value: _arithmetic("Minus", operator.sub)(0, value),
    ast.UAdd: lambda value: _arithmetic("Plus", operator.add)(0, value),
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: _ordered(operator.lt),
    ast.LtE: _ordered(operator.le),
    ast.Gt: _ordered(operator.gt),
    ast.GtE: _ordered(operator.ge),
    ast.In: _within,
    ast.NotIn: lambda item, whole: not _within(item, whole),
    ast.Is: lambda left, right: left is right,
    ast.IsNot: lambda left, right: left is not right,
}


def _length(value: object) -> int:
    return 0 if value is None else len(value)  # type: ignore[arg-type]  # a number has no length: refused


FUNCTIONS: Final[dict[str, Function]] = {
    "len": _length, "min": min, "max": max, "abs": abs, "round": round, "sum": sum,
    "int": int, "float": float, "str": str, "any": any, "all": all,
}  # fmt: skip
