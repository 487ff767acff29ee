"""The small safe language of "show when", "required when", rules and computed answers.

A condition reads like `consent_stage == 'yes' and not consent_date`. It may use the names of questions in the
same form, `group.question` for one question of a group, `today`, `setting.key` for a number the programme has set,
`case.opened` and the other days in `KNOWN_DAYS`, numbers, quoted words, lists, comparisons, `and`/`or`/`not`/`in`,
`+ - * /`, `a if b else c`, and the functions in `FUNCTIONS`. It reaches nothing else.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from simpleeval import EvalWithCompoundTypes

LONGEST = 500  # characters; the longest rule in use is about 150
MOST_PARTS = 150  # nodes of the syntax tree, which also bounds the depth
TODAY = "today"  # a name that is no question: the date of reading, "YYYY-MM-DD"
SETTING = "setting"  # nor is this: the programme's numbers, one of them joined on as in `setting.override_days`
CASE = "case"  # nor this: the days that the case knows of, as in `case.opened`
# What a form may ask of the case, and how people name the day. A day the case does not know is missing.
KNOWN_DAYS: Mapping[str, str] = {
    "case.opened": "the day the case was opened",
    "case.referred": "the day somebody referred the person",
    "case.born": "the date of birth",
    "case.left_hospital": "the day the person left hospital",
    "case.raised": "the moment it was raised",
}


class ConditionError(ValueError):
    """The condition cannot be used; the message says why in a sentence without a full stop."""


def _orders(compare: Callable[[Any, Any], object]) -> Callable[[object, object], bool]:
    """An ordering in which nothing is before or after a missing answer, or an answer of another kind."""

    def compared(left: object, right: object) -> bool:
        try:
            return bool(compare(left, right))
        except TypeError:
            return False

    return compared


def _reckons(work: Callable[[float, float], float]) -> Callable[[object, object], float | None]:
    """Arithmetic in which a missing answer makes the result missing."""

    def reckoned(left: Any, right: Any) -> float | None:
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            return None
        try:
            result = work(left, right)
            return result if math.isfinite(result) else None
        except ArithmeticError:
            return None

    return reckoned


def _within(item: object, container: object) -> bool:
    try:
        return isinstance(container, str | list | tuple) and item in container
    except TypeError:  # a number looked for in a word
        return False


def _negative(value: object) -> object:
    return -value if isinstance(value, int | float) else None


_OPERATORS: dict[type[ast.AST], Callable[..., object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
    ast.Lt: _orders(operator.lt),
    ast.LtE: _orders(operator.le),
    ast.Gt: _orders(operator.gt),
    ast.GtE: _orders(operator.ge),
    ast.In: _within,
    ast.NotIn: lambda item, container: not _within(item, container),
    ast.Not: operator.not_,
    ast.USub: _negative,
    ast.Add: _reckons(operator.add),
    ast.Sub: _reckons(operator.sub),
    ast.Mult: _reckons(operator.mul),
    ast.Div: _reckons(operator.truediv),
}


def _length(value: object) -> int:
    return len(value) if isinstance(value, str | list | tuple | dict) else 0


def _rounded(value: object, decimals: object = 0) -> object:
    if not isinstance(value, int | float) or not isinstance(decimals, int):
        return None
    return round(value, decimals) if decimals > 0 else round(value)


def _day(value: object) -> date | None:
    """The date in "YYYY-MM-DD" or at the start of an ISO date and time; None for anything else."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _days_between(start: object, end: object) -> int | None:
    first, last = _day(start), _day(end)
    return None if first is None or last is None else (last - first).days


def _years_between(start: object, end: object) -> int | None:
    first, last = _day(start), _day(end)
    if first is None or last is None:
        return None
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def _total(*values: object) -> float:
    flat = [item for value in values for item in (value if isinstance(value, list | tuple) else [value])]
    return sum(item for item in flat if isinstance(item, int | float))


FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "len": _length,  # how many; 0 for a missing answer
    "round": _rounded,  # round(number, decimals)
    "sum": _total,  # adds the numbers given, True counts 1, missing answers count 0
    "days_between": _days_between,  # days_between(start, end), negative when the end is earlier
    "years_between": _years_between,  # completed years, as in an age
}
_ARGUMENTS = {"len": (1, 1), "round": (1, 2), "sum": (1, 40), "days_between": (2, 2), "years_between": (2, 2)}

_PLAIN = (
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.BinOp,
    ast.Compare,
    ast.IfExp,
    ast.Name,
    ast.Load,
    ast.List,
    ast.Tuple,
    *_OPERATORS,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a form, checked when it was read; asking it never fails."""

    source: str
    names: frozenset[str]
    tree: ast.expr

    @classmethod
    def parse(cls, source: str) -> Condition:
        """Read a condition; raises ConditionError with what is wrong."""
        if len(source) > LONGEST:
            raise ConditionError(f"it is longer than {LONGEST} characters")
        try:
            tree = ast.parse(source.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise ConditionError("it cannot be read; check the quotes and brackets") from error
        if sum(1 for _ in ast.walk(tree)) > MOST_PARTS:
            raise ConditionError("it has too many parts")
        plain = _JoinedNames().visit(tree)
        _refuse_the_unknown(plain)
        called = {id(node.func) for node in ast.walk(plain) if isinstance(node, ast.Call)}
        named = {n.id for n in ast.walk(plain) if isinstance(n, ast.Name) and id(n) not in called}
        return cls(source, frozenset(named), plain)

    def value(self, answers: Mapping[str, object]) -> object:
        """What the condition comes to for these answers; a question without an answer counts as None."""
        found = {name: look_up(answers, name) for name in self.names}
        evaluator = EvalWithCompoundTypes(operators=_OPERATORS, functions=dict(FUNCTIONS), names=found)
        result: object = evaluator.eval(self.source, previously_parsed=self.tree)
        return result

    def and_also(self, other: Condition) -> Condition:
        """The condition that both this and the other hold."""
        both = ast.BoolOp(op=ast.And(), values=[self.tree, other.tree])
        return Condition(f"({self.source}) and ({other.source})", self.names | other.names, both)

    def holds(self, answers: Mapping[str, object]) -> bool:
        """Whether the condition is met by these answers."""
        return bool(self.value(answers))


class _JoinedNames(ast.NodeTransformer):
    """Turns `carer.strain` into one name, so that no attribute of anything is ever read."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.Name:
        if not isinstance(node.value, ast.Name):
            raise ConditionError("a point may only join a group and one of its questions")
        return ast.Name(id=f"{node.value.id}.{node.attr}", ctx=ast.Load())


def _refuse_the_unknown(tree: ast.AST) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            _refuse_strange_call(node)
        elif isinstance(node, ast.Constant):
            if not isinstance(node.value, str | int | float | None):
                raise ConditionError("it may hold only words, numbers, True, False and None")
        elif not isinstance(node, _PLAIN):
            raise ConditionError(f"it may not use {type(node).__name__}")


def _refuse_strange_call(node: ast.Call) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else "that"
    if name not in FUNCTIONS:
        raise ConditionError(f"there is no function {name}; use one of {', '.join(sorted(FUNCTIONS))}")
    fewest, most = _ARGUMENTS[name]
    if node.keywords or not fewest <= len(node.args) <= most:
        raise ConditionError(f"{name} is given the wrong number of values")


def look_up(answers: Mapping[str, object], name: str) -> object:
    """The answer of this name, or of one question of a group; None where there is none."""
    first, _, rest = name.partition(".")
    value = answers.get(first)
    if not rest:
        return value
    return value.get(rest) if isinstance(value, Mapping) else None
