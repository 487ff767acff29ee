"""How words and signs make an expression. It is read once, into steps that can be walked again and again.

The language is what this file says, and nothing else: no way leads from here to Python's own
reader, or to the objects behind it. From loosest to tightest: a if b else c · or · and · not ·
comparisons, in, is · + - · * / // % · sign · ** · a.b and a[b] · values, names, functions, lists
and brackets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from workflows.engine import walking
from workflows.engine.reckoning import COMPARISONS, PRODUCTS, SUMS, Work
from workflows.engine.refusals import ExpressionRefused
from workflows.engine.tokens import Tokens
from workflows.engine.walking import Constant, Step

DEEPEST: Final = 25

CONSTANTS: Final[dict[str, object]] = {
    "true": True, "false": False, "null": None, "True": True, "False": False, "None": None,
}  # fmt: skip
_WORDS: Final = frozenset({"and", "or", "not", "in", "is", "if", "else"})
# Words that mean something in Python, so that nobody has to wonder whether they do here.
_NEVER: Final = frozenset(
    {
        "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "except", "finally",
        "for", "from", "global", "import", "lambda", "nonlocal", "pass", "raise", "return", "try", "while", "with",
        "yield",
    }
)  # fmt: skip


class Reader(Tokens):
    """Reads an expression from a text, and notes the names it uses and the functions it calls."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self.names: set[str] = set()
        self.calls: set[str] = set()

    def whole(self) -> Step:
        """The expression that the whole text is; raises ExpressionRefused if it is none."""
        step = self.expression()
        self.finish()
        return step

    def expression(self) -> Step:
        """A value, perhaps chosen: a if b else c."""
        return self._deeper(self._chosen)

    def _deeper(self, read: Callable[[], Step]) -> Step:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionRefused("It is nested too deeply.")
        step = read()
        self._depth -= 1
        return step

    def _chosen(self) -> Step:
        step = self._either()
        if not self.took("if"):
            return step
        condition = self._either()
        self.expect("else", "after 'if'")
        return walking.chosen(step, condition, self.expression())

    def _either(self) -> Step:
        steps = [self._both()]
        while self.took("or"):
            steps.append(self._both())
        return steps[0] if len(steps) == 1 else walking.either(steps)

    def _both(self) -> Step:
        steps = [self._negation()]
        while self.took("and"):
            steps.append(self._negation())
        return steps[0] if len(steps) == 1 else walking.both(steps)

    def _negation(self) -> Step:
        if self.took("not"):
            return walking.opposite(self._deeper(self._negation))
        return self._comparison()

    def _comparison(self) -> Step:
        first = self.sum()
        rest: list[tuple[Work, Step]] = []
        while sign := self._compares():
            rest.append((COMPARISONS[sign], self.sum()))
        return walking.compared(first, rest) if rest else first

    def _compares(self) -> str:
        sign = self.took("==", "!=", "<", "<=", ">", ">=", "in", "is")
        if sign == "is" and self.took("not"):
            return "is not"
        if not sign and self.next.written == "not" and self.after(1).written == "in":
            self.take()
            self.take()
            return "not in"
        return sign

    def sum(self) -> Step:
        """A value without comparisons, as it may stand in a cell."""
        return self._chain(SUMS, self._product)

    def _product(self) -> Step:
        return self._chain(PRODUCTS, self._signed)

    def _chain(self, works: dict[str, Work], read: Callable[[], Step]) -> Step:
        first = read()
        rest: list[tuple[Work, Step]] = []
        while sign := self.took(*works):
            rest.append((works[sign], read()))
        return walking.reckoned(first, rest) if rest else first

    def _signed(self) -> Step:
        if sign := self.took("-", "+"):
            return walking.signed(sign, self._deeper(self._signed))
        return self._power()

    def _power(self) -> Step:
        base = self._with_parts()
        return walking.power(base, self._deeper(self._signed)) if self.took("**") else base

    def _with_parts(self) -> Step:
        step = self._single()
        while True:
            if self.took("."):
                step = walking.part_of(step, Constant(self._part_name()))
            elif self.next.written == "[" and self.next.kind == "sign" and not self._closes_a_range():
                self.take()
                step = walking.part_of(step, self.expression())
                self.expect("]", "after the part in brackets")
            elif self.next.written == "(" and self.next.kind == "sign":
                raise ExpressionRefused("Only functions can be called, not parts of a value.")
            else:
                return step

    def _closes_a_range(self) -> bool:
        """Whether this bracket is the open end of a range in a cell, as in [8..10[ ."""
        following = self.after(1)
        return following.kind == "end" or (following.kind == "sign" and following.written in (",", ")"))

    def _part_name(self) -> str:
        token = self.take()
        if token.kind != "name" or token.written in _WORDS:
            raise ExpressionRefused("After a point comes the name of a part.")
        return _plain_name(token.written)

    def _single(self) -> Step:
        token = self.next
        if token.kind in ("number", "text"):
            return Constant(self.take().value)
        if token.kind == "name":
            return self._name()
        if self.took("["):
            return walking.listed(self._items("]"))
        if self.took("("):
            return self._in_brackets()
        raise ExpressionRefused(f"A value is missing before {self.here()}.")

    def _name(self) -> Step:
        written = self.next.written
        if written in _WORDS:
            raise ExpressionRefused(f"A value is missing before {self.here()}.")
        self.take()
        if written in CONSTANTS:
            return Constant(CONSTANTS[written])
        if self.next.written == "(" and self.next.kind == "sign":
            self.take()
            self.calls.add(_plain_name(written))
            return walking.called(written, self._items(")"))
        self.names.add(_plain_name(written))
        return walking.named(written)

    def _items(self, closing: str) -> list[Step]:
        """What stands between brackets, with commas between; a comma may stand at the end."""
        items: list[Step] = []
        while not self.took(closing):
            items.append(self.expression())
            if self.next.written != closing:
                self.expect(",", f"before {self.here()}, or '{closing}'")
        return items

    def _in_brackets(self) -> Step:
        """An expression in brackets; with a comma it is a list."""
        if self.took(")"):
            return walking.listed([])
        first = self.expression()
        if self.took(")"):
            return first
        if not self.took(","):
            self.expect(")", f"before {self.here()}")
        return walking.listed([first, *self._items(")")])


def _plain_name(name: str) -> str:
    if name.startswith("_"):
        raise ExpressionRefused(f"The name '{name}' is not allowed; a name begins with a letter.")
    if name in _NEVER:
        raise ExpressionRefused(f"The word '{name}' is not allowed.")
    return name
