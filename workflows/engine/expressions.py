"""The small language of diagrams and tables: one expression in, one plain value out.

Names are decision variables. A name nobody has set is None; nothing is larger or smaller than
None. There are comparisons, and/or/not, in, + - * / // % **, a if b else c, lists, [] and the
functions below; there are no attributes (``a.b`` reads the key b of a), methods, loops or texts
built by formatting. simpleeval walks the tree; the gate before it admits only what is listed.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

from simpleeval import SimpleEval

from workflows.engine.reckoning import FUNCTIONS, OPERATORS, Function, bounded
from workflows.engine.refusals import ExpressionRefused

__all__ = ["ExpressionRefused", "check", "evaluate", "names_in"]

LONGEST: Final = 2_000
MOST_NODES: Final = 250
DEEPEST: Final = 25


_CONSTANTS: Final[dict[str, object]] = {"true": True, "false": False, "null": None}
_ADMITTED: Final = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.BinOp,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.Compare, ast.Eq, ast.NotEq,
    ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.IfExp, ast.Call, ast.Name,
    ast.Load, ast.Constant, ast.List, ast.Tuple, ast.Subscript, ast.Attribute,
)  # fmt: skip


def evaluate(expression: str, data: Mapping[str, object], functions: Mapping[str, Function] | None = None) -> object:
    """Work out one expression over the decision variables.

    ``functions`` adds functions to the built-in len, min, max, abs, round, sum, int, float, str,
    any and all; what they raise passes through unchanged. Everything else that goes wrong is an
    ExpressionRefused.
    """
    tree = check(expression)
    with _evaluator() as evaluator:
        evaluator.names = {**data, **_CONSTANTS}
        evaluator.functions = {**FUNCTIONS, **_passing_through(functions or {})}
        try:
            return bounded(evaluator.eval(expression, previously_parsed=tree))
        except _FunctionFailed as failure:
            raise failure.error from failure.error.__cause__
        except ExpressionRefused as error:
            raise ExpressionRefused(f"{error} (in: {_shown(expression)})") from None
        except RecursionError:
            raise ExpressionRefused(f"The expression is too deep (in: {_shown(expression)})") from None
        except Exception as error:
            raise ExpressionRefused(f"The expression fails: {error} (in: {_shown(expression)})") from error


def check(expression: str, functions: Iterable[str] | None = None) -> ast.expr:
    """Read an expression without working it out; raises ExpressionRefused when it is not admitted.

    With ``functions``, the names of those that may be called besides the built-in ones, a call of
    any other is refused too.
    """
    if not expression.strip():
        raise ExpressionRefused("The expression is empty.")
    if len(expression) > LONGEST:
        raise ExpressionRefused(f"The expression is longer than {LONGEST} characters.")
    tree = _parsed(expression.strip())
    if functions is not None:
        for name in sorted(_called(tree) - FUNCTIONS.keys() - set(functions)):
            raise ExpressionRefused(f"There is no function '{name}'.")
    return tree


def names_in(expression: str) -> frozenset[str]:
    """The decision variables an expression reads (functions not counted)."""
    tree = check(expression)
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node not in called and node.id not in _CONSTANTS
    )


def _called(tree: ast.expr) -> set[str]:
    return {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


@lru_cache(maxsize=2_000)
def _parsed(expression: str) -> ast.expr:
    try:
        tree = ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionRefused(f"This is not an expression: {_shown(expression)}") from None
    if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
        raise ExpressionRefused(f"The expression is too large: {_shown(expression)}")
    _admit(tree, 0)
    return tree.body


def _admit(node: ast.AST, depth: int) -> None:
    if depth > DEEPEST:
        raise ExpressionRefused("The expression is nested too deeply.")
    if not isinstance(node, _ADMITTED):
        raise ExpressionRefused(f"An expression may not use {_plain_name(node)}.")
    if isinstance(node, ast.Call):
        _admit_call(node)
    if isinstance(node, ast.Name) and node.id.startswith("_"):
        raise ExpressionRefused(f"The name '{node.id}' is not allowed.")
    if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
        raise ExpressionRefused(f"The name '{node.attr}' is not allowed.")
    if isinstance(node, ast.Constant) and not isinstance(node.value, (str, int, float, type(None))):
        raise ExpressionRefused("An expression holds texts, numbers, true, false and None only.")
    for child in ast.iter_child_nodes(node):
        _admit(child, depth + 1)


def _admit_call(node: ast.Call) -> None:
    if not isinstance(node.func, ast.Name):
        raise ExpressionRefused("Only functions can be called, not parts of a value.")
    if node.keywords:
        raise ExpressionRefused("Functions take plain values, without names.")


def _plain_name(node: ast.AST) -> str:
    return f"'{type(node).__name__.lower()}'"


def _shown(expression: str) -> str:
    return expression if len(expression) <= 80 else expression[:77] + "..."


# Working it out -------------------------------------------------------------------------------


class _FunctionFailed(Exception):
    """Carries the error of a function the caller supplied, past our own handling."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


def _passing_through(functions: Mapping[str, Function]) -> dict[str, Function]:
    def carrying(function: Function) -> Function:
        def called(*values: object) -> object:
            try:
                return function(*values)
            except Exception as error:
                raise _FunctionFailed(error) from error

        return called

    return {name: carrying(function) for name, function in functions.items()}


class _Evaluator(SimpleEval):  # type: ignore[misc]  # simpleeval ships no types
    """simpleeval with our operators, and with names, keys and places that may be missing."""

    def __init__(self) -> None:
        super().__init__(operators=dict(OPERATORS), functions={}, names={})
        self.nodes.update(
            {
                ast.List: lambda node: [self._eval(item) for item in node.elts],
                ast.Tuple: lambda node: tuple(self._eval(item) for item in node.elts),
            }
        )

    def _eval_name(self, node: ast.Name) -> object:
        return self.names.get(node.id)

    def _eval_attribute(self, node: ast.Attribute) -> object:
        return self._part(self._eval(node.value), node.attr)

    def _eval_subscript(self, node: ast.Subscript) -> object:
        return self._part(self._eval(node.value), self._eval(node.slice))

    def _part(self, whole: object, which: object) -> object:
        if whole is None:
            return None
        if isinstance(whole, dict) and isinstance(which, str):
            return whole.get(which)
        if isinstance(whole, (list, tuple)) and isinstance(which, int):
            return whole[which] if -len(whole) <= which < len(whole) else None
        raise ExpressionRefused(f"{which!r} is not a part of {whole!r}.")


_spare = threading.local()
_making = threading.Lock()


@contextmanager
def _evaluator() -> Iterator[Any]:
    # One per thread: simpleeval fiddles with the warnings filter, which all threads share, when it is made.
    pool: list[_Evaluator] = _spare.__dict__.setdefault("pool", [])
    if pool:
        evaluator = pool.pop()
    else:
        with _making:
            evaluator = _Evaluator()
    try:
        yield evaluator
    finally:
        evaluator.names, evaluator.functions = {}, {}
        pool.append(evaluator)
