"""The one door for every expression of a diagram or table: one text in, one plain value out.

Names are decision variables. A name nobody has set is nothing (None), and nothing is larger or
smaller than it. There are comparisons, and/or/not, in, + - * / // % **, a if b else c, lists,
a.b and a[b] for parts of data, and the functions len, min, max, abs, round, sum, int, float, str,
any and all. There are no methods, no loops, no names given, no texts built by formatting, no
attributes of anything: the language is small and read by our own reader (grammar.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from workflows.engine.admission import Frame, Function, bounded, variables
from workflows.engine.grammar import Reader
from workflows.engine.reckoning import FUNCTIONS
from workflows.engine.refusals import DataNotPlain, ExpressionRefused, FunctionFailed
from workflows.engine.tokens import LONGEST, SPACE, shown
from workflows.engine.walking import Step

__all__ = ["Expression", "ExpressionRefused", "check", "evaluate", "names_in"]

_MOST_KEPT: Final = 1_000
_TOO_MUCH: Final = "The expression is too deep or too large to be worked out."
_NO_FUNCTIONS: Final[Mapping[str, Function]] = {}


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that was read: what it says, the variables it reads, the functions it calls.

    Holds no data and may be shared by all threads.
    """

    text: str
    names: frozenset[str]
    calls: frozenset[str]
    _step: Step

    @property
    def stands_alone(self) -> bool:
        """Whether it gives the same value whatever the data are."""
        return not self.names and not self.calls

    def value(
        self, data: Mapping[str, object], functions: Mapping[str, Function] = _NO_FUNCTIONS, *, doubts: bool = False
    ) -> object:
        """Work it out; raises as `evaluate` does. With ``doubts``, nothing where it hangs on what is not known."""
        try:
            frame = Frame(variables(data, self.names) if self.names else {}, functions, doubts)
            return bounded(self._step(frame), frame)
        except FunctionFailed as failure:
            raise FunctionFailed(f"{failure} (in: {shown(self.text)})", failure.error) from failure.error
        except ExpressionRefused as refusal:
            kind = DataNotPlain if isinstance(refusal, DataNotPlain) else ExpressionRefused
            raise kind(f"{refusal} (in: {shown(self.text)})") from None
        except Exception:
            raise ExpressionRefused(_TOO_MUCH) from None


def evaluate(expression: str, data: Mapping[str, object], functions: Mapping[str, Function] | None = None) -> object:
    """Work out one expression over the decision variables; gives a plain value of its own, never a part of the data.

    ``functions`` lends functions besides the built-in ones. Raises ExpressionRefused, in words for
    the diagram's author, for whatever cannot or may not be worked out, and nothing else: DataNotPlain
    when the data hold objects, FunctionFailed (with the ``error``) when a lent function failed.
    """
    try:
        return check(expression).value(data, functions or _NO_FUNCTIONS)
    except ExpressionRefused:
        raise
    except Exception:  # called so deep down that there is no room left to work anything out
        raise ExpressionRefused(_TOO_MUCH) from None


def check(expression: str, functions: Iterable[str] | None = None) -> Expression:
    """Read an expression without working it out; raises ExpressionRefused when it is not admitted.

    With ``functions``, the names of those that may be called besides the built-in ones, a call of
    any other is refused too.
    """
    if type(expression) is not str:
        expression = _as_text(expression)
    if len(expression) > LONGEST:
        raise ExpressionRefused(f"The expression is longer than {LONGEST} characters.")
    found = _read(expression)
    if functions is not None:
        for name in sorted(found.calls - FUNCTIONS.keys() - set(functions)):
            raise ExpressionRefused(f"There is no function '{name}'. (in: {shown(expression)})")
    return found


def names_in(expression: str) -> frozenset[str]:
    """The decision variables an expression reads (functions not counted)."""
    return check(expression).names


def _as_text(expression: object) -> str:
    if issubclass(type(expression), str):
        return str.__str__(expression)
    raise ExpressionRefused("An expression is a text.")


@lru_cache(maxsize=_MOST_KEPT)
def _read(text: str) -> Expression:
    if not text.strip(SPACE):
        raise ExpressionRefused("The expression is empty.")
    try:
        reader = Reader(text)
        step = reader.whole()
    except ExpressionRefused as refusal:
        raise ExpressionRefused(f"The expression cannot be read: {refusal} (in: {shown(text)})") from None
    except RecursionError:
        raise ExpressionRefused("The expression is too deep to be read.") from None
    return Expression(text, frozenset(reader.names), frozenset(reader.calls), step)
