"""A condition as plain JSON, so that a page may show and hide questions without running code it is sent."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from forms.conditions import Condition

Tree = dict[str, object]

_JOINS: Mapping[type[ast.boolop], str] = {ast.And: "and", ast.Or: "or"}
_COMPARES: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.Is: "==",
    ast.NotEq: "!=",
    ast.IsNot: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}


class _ServerOnlyError(Exception):
    """The condition reckons, or asks for a date: the page leaves such a question visible."""


def tree_of(condition: Condition, input_of: Callable[[str], Mapping[str, str] | None]) -> Tree | None:
    """The condition for the page to follow; None when only the server can judge it.

    `input_of` says, for each name in the condition, which input holds it and how to read that
    (`{"input": "carer.strain", "as": "word"}`), or None when no input does.
    """

    def branch(node: ast.expr) -> Tree:
        match node:
            case ast.Constant(value=value):
                return {"value": value}
            case ast.Name(id=name):
                found = input_of(name)
                if found is None:
                    raise _ServerOnlyError
                return dict(found)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return {"list": [branch(item) for item in items]}
            case ast.Compare(left=left, ops=ops, comparators=others):
                return _comparisons(ops, [branch(part) for part in (left, *others)])
            case _:
                return _operation(node, branch)

    try:
        return branch(condition.tree)
    except _ServerOnlyError:
        return None


def _operation(node: ast.expr, branch: Callable[[ast.expr], Tree]) -> Tree:
    match node:
        case ast.BoolOp(op=op, values=values):
            return {"op": _JOINS[type(op)], "of": [branch(value) for value in values]}
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return {"op": "not", "of": [branch(operand)]}
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return {"value": -number}
        case ast.Call(func=ast.Name(id="len"), args=[argument]):
            return {"op": "len", "of": [branch(argument)]}
        case _:
            raise _ServerOnlyError


def _comparisons(ops: Sequence[ast.cmpop], parts: Sequence[Tree]) -> Tree:
    """`0 < x <= 3` as two comparisons joined by "and"."""
    pairs: list[Tree] = [
        {"op": _COMPARES[type(op)], "of": [left, right]} for op, (left, right) in zip(ops, pairwise(parts), strict=True)
    ]
    return pairs[0] if len(pairs) == 1 else {"op": "and", "of": pairs}
