"""The cells of a decision table: what a value must be for a rule to apply (cell_syntax.py shows every form).

A missing value counts as the word "unknown"; a comparison with an unknown value is itself unknown,
and a rule with an unknown cell does not apply.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Final

from workflows.engine import spans, verdicts
from workflows.engine.admission import Frame, bounded, variables
from workflows.engine.grammar import CONSTANTS, Reader
from workflows.engine.reckoning import FUNCTIONS
from workflows.engine.refusals import ExpressionRefused
from workflows.engine.tokens import LONGEST, SPACE, shown
from workflows.engine.verdicts import UNKNOWN, Comparison, Inputs, Literal, Operand, Test

EXPLAINED: Final = "See docs/decision-tables.md for how cells are written."

_COMPARISONS: Final[dict[str, Comparison]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_RECKONS: Final = ("+", "-", "*", "/", "//", "%", "**", "(", ".")
_MOMENTS: Final[dict[tuple[str, ...], str]] = {
    ("date", "and", "time", "("): "date and time",
    ("date", "("): "date",
    ("duration", "("): "duration",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One input cell. ``reads`` are the other inputs it compares with."""

    text: str
    test: Test
    reads: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> Cell:
        """Read a cell; raises ExpressionRefused when it is not in one of the forms there are."""
        if len(text) > LONGEST:
            raise ExpressionRefused(f"The cell is longer than {LONGEST} characters.")
        text = text.strip(SPACE)
        if text in ("", "-"):
            return cls(text, verdicts.anything, frozenset())
        try:
            reader = _CellReader(text)
            return cls(text, reader.cell(), frozenset(reader.names))
        except ExpressionRefused as refusal:
            raise ExpressionRefused(f"The cell {shown(text)} cannot be read. {refusal} {EXPLAINED}") from None
        except RecursionError:
            raise ExpressionRefused("The cell is too deep to be read.") from None

    @property
    def takes_anything(self) -> bool:
        """Whether the cell is a dash (or empty)."""
        return self.text in ("", "-")

    def applies(self, value: object, inputs: Inputs) -> bool:
        """Whether the cell accepts the value; an unknown verdict is a no."""
        return self.test(UNKNOWN if value is None else value, inputs) is True


class _CellReader(Reader):
    """Reads one cell, from the same words and signs as expressions."""

    def cell(self) -> Test:
        """The test that the whole cell is; raises ExpressionRefused if it is none."""
        negated = self._comes("not", "(")
        test = verdicts.any_of(self._tests())
        if negated:
            self.expect(")", "after 'not('")
            test = verdicts.opposite(test)
        self._refuse_more()
        return test

    def _comes(self, *written: str) -> bool:
        """Go on if just these words and signs come next."""
        coming = [self.after(place) for place in range(len(written))]
        if any(token.kind == "text" for token in coming) or [token.written for token in coming] != list(written):
            return False
        for _ in written:
            self.take()
        return True

    def _tests(self) -> list[Test]:
        tests = [self._test()]
        while self.took(","):
            tests.append(self._test())
        return tests

    def _refuse_more(self) -> None:
        if self.took("or", "and", "if"):
            raise ExpressionRefused("Write a comma for 'or', another column for 'and', another row for 'if'.")
        if self.took(*_COMPARISONS):
            raise ExpressionRefused("Two comparisons at once are written as a range, such as [8..9].")
        if self.next.kind in ("name", "text", "number"):
            raise ExpressionRefused(f"A comma is missing before {self.here()}; words stand in quotation marks.")
        self.finish()

    def _test(self) -> Test:
        if sign := self.took(*_COMPARISONS):
            return verdicts.comparison(_COMPARISONS[sign], self._bound())
        if self._begins_range():
            return self._range()
        return verdicts.equality(self._operand())

    def _bound(self) -> Operand:
        """What may stand behind < and >: anything that has an order."""
        bound = self._operand()
        if isinstance(bound, Literal) and (bound.value in (None, UNKNOWN) or type(bound.value) is bool):
            raise ExpressionRefused("Only numbers, dates, lengths of time and texts are less or more than others.")
        return bound

    # Ranges: [8..9] (8..9) ]8..9[ and mixed -------------------------------------------------

    def _begins_range(self) -> bool:
        """Whether two dots come before the bracket that opens here is closed again."""
        if self.next.kind != "sign" or self.next.written not in ("[", "(", "]"):
            return False
        depth, place = 0, 1
        while depth >= 0 and (token := self.after(place)).kind != "end":
            if token.kind == "sign" and depth == 0 and token.written == "..":
                return True
            if token.kind == "sign" and token.written in ("(", "[", ")", "]"):
                depth += 1 if token.written in ("(", "[") else -1
            place += 1
        return False

    def _range(self) -> Test:
        begins = self.take().written
        low = self._bound()
        self.expect("..", "in the range")
        high = self._bound()
        ends = self.took("]", ")", "[")
        if not ends:
            raise ExpressionRefused("A range ends with ], ) or [.")
        _refuse_empty(low, high)
        above = verdicts.comparison(operator.ge if begins == "[" else operator.gt, low)
        below = verdicts.comparison(operator.le if ends == "]" else operator.lt, high)
        return verdicts.both(above, below)

    # What a value is compared with: written out, another input, or reckoned from inputs ------

    def _operand(self) -> Operand:
        if self.took("@"):
            return self._short_moment()
        for words, kind in _MOMENTS.items():
            if self._comes(*words):
                return self._moment(kind)
        return self._literal() or self._reckoned()

    def _short_moment(self) -> Operand:
        text = self.take()
        if text.kind != "text":
            raise ExpressionRefused('After @ comes a date in quotation marks, as in @"2026-11-16".')
        return Literal(spans.written(spans.kind_of(str(text.value)), str(text.value)))

    def _moment(self, kind: str) -> Operand:
        if self.next.kind == "text":
            moment = Literal(spans.written(kind, str(self.take().value)))
            self.expect(")", f"after '{kind}('")
            return moment
        of, read = self._reckoned(), spans.READERS[kind]
        self.expect(")", f"after '{kind}('")
        return lambda inputs: read(of(inputs))

    def _literal(self) -> Literal | None:
        """A number, a word in quotation marks, true, false, null or unknown, if nothing is reckoned with it."""
        signed = self.next.kind == "sign" and self.next.written in ("+", "-")
        token, following = self.after(int(signed)), self.after(1 + signed)
        if following.kind == "sign" and following.written in _RECKONS:
            return None
        if token.kind == "number":
            negative = self.take().written == "-"
            if signed:
                self.take()
            return Literal(-token.value if negative else token.value)  # type: ignore[operator]  # a number's value
        if signed or (token.kind != "text" and token.written not in (UNKNOWN, *CONSTANTS)):
            return None
        self.take()
        return Literal(token.value if token.kind == "text" else CONSTANTS.get(token.written))

    def _reckoned(self) -> Operand:
        """Another input, or something reckoned from inputs; unknown when it cannot be."""
        bracket = self.next.written in ("[", "(")
        names, self.names = self.names, set()
        step = self.sum()
        used, self.names = frozenset(self.names), names | self.names
        for name in sorted(self.calls - FUNCTIONS.keys()):
            raise ExpressionRefused(f"There is no function '{name}'.")
        if not used:
            raise ExpressionRefused(
                "Alternatives stand without brackets." if bracket else "Write a result out; a range is written [5..10]."
            )

        def worked_out(inputs: Inputs) -> object:
            try:
                frame = Frame(variables(inputs, used), {}, doubts=True)
                return bounded(step(frame), frame)
            except ExpressionRefused:  # a number that is not known cannot be reckoned with
                return None

        return worked_out


def _refuse_empty(low: Operand, high: Operand) -> None:
    if not isinstance(low, Literal) or not isinstance(high, Literal):
        return
    pair = verdicts.alike(low.value, high.value)
    if pair is None:
        raise ExpressionRefused("The two ends of a range must be of the same kind.")
    if pair[0] > pair[1]:
        raise ExpressionRefused("The range runs backwards.")
