"""Expressions nobody would write, made by chance: from the grammar, from its pieces, and from any letters at all."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, note
from hypothesis import strategies as st

from tests.engine import hostile
from tests.engine.dmn import dmn
from tests.engine.effort import MOST_SECONDS, seconds_of
from tests.engine.escapes import EVERY
from tests.engine.pace import pace
from workflows.engine.admission import LARGEST_LIST, LARGEST_TEXT
from workflows.engine.cells import Cell
from workflows.engine.decisions import DecisionTable, find_table_faults
from workflows.engine.expressions import ExpressionRefused, check, evaluate
from workflows.engine.reckoning import FUNCTIONS
from workflows.engine.refusals import EngineRefused
from workflows.engine.tokens import tokens_of

DATA: dict[str, Any] = {
    "risk": "high",
    "age": 71,
    "share": 0.25,
    "goals": ["walk", "sleep", 3],
    "person": {"home": {"alone": True}, "name": "unknown"},
    "yes": True,
    "nobody": None,
}
LENT = {"due": lambda key: f"due {key}", "fails": lambda *given: 1 / 0}


# From the grammar -------------------------------------------------------------------------------

_NAMES = st.sampled_from([*DATA, "missing", "goals[0]", "person.home.alone", "person['name']", "goals[age]"])
_NUMBERS = st.integers(-3, 10**6).map(str) | st.floats(0, 10**6).map(lambda number: f"{number:.4f}")
_TEXTS = st.text("ab'\\\"é\n", max_size=5).map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
_LEAVES = _NAMES | _NUMBERS | _TEXTS | st.sampled_from(["true", "false", "null", "None", "[]", "()"])
_OPERATORS = st.sampled_from(
    ["+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not", "and", "or"]
)
_FUNCTIONS = st.sampled_from([*FUNCTIONS, *LENT, "nowhere"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{} {} {}".format, inner, _OPERATORS, inner),
        st.builds("({})".format, inner),
        st.builds("not {}".format, inner),
        st.builds("-{}".format, inner),
        st.builds("{} if {} else {}".format, inner, inner, inner),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("({}).{}".format, inner, st.sampled_from(["home", "alone", "real", "keys"])),
        st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]"),
        st.builds("{}({})".format, _FUNCTIONS, st.lists(inner, max_size=3).map(", ".join)),
    )


WRITTEN = st.recursive(_LEAVES, _larger, max_leaves=25)

# From pieces and from letters -------------------------------------------------------------------

_WORDS = "risk|age|goals|person|1|0|'a'|[1]|len|max(|not | and | or | in | is | if | else | for | lambda |__class__|ｅ"
_PIECES = st.sampled_from([*_WORDS.split("|"), "|", "**", "//", "..", "==", *"()[]{}.,:;-+*/%<>=!&^~@#'\"\\`$?"])
PIECED = st.lists(_PIECES, max_size=15).map("".join)
SPOILT = st.builds(
    lambda text, place, letter: text[: place % (len(text) + 1)] + letter + text[place % (len(text) + 1) :],
    st.sampled_from(EVERY) | WRITTEN,
    st.integers(0, 2_000),
    st.characters() | _PIECES,
)
ANYTHING = st.text(max_size=80) | PIECED | SPOILT | WRITTEN | st.text("()[]'\"\\.,", max_size=300)

# Data -------------------------------------------------------------------------------------------

_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4) | st.sampled_from(["home"]), inner),
    max_leaves=12,
)
_STRANGE = st.sampled_from([*hostile.OBJECTS, *hostile.STRANGE]).map(hostile.make)
_DATA = st.dictionaries(st.sampled_from([*DATA, "missing"]), _PLAIN | _STRANGE, max_size=8)


def _is_plain(value: object) -> bool:
    if type(value) is list:
        return len(value) <= LARGEST_LIST and all(map(_is_plain, value))
    if type(value) is dict:
        return all(type(name) is str and _is_plain(item) for name, item in value.items())
    if type(value) is float:
        return math.isfinite(value)
    return value is None or type(value) in (int, bool) or (type(value) is str and len(value) <= LARGEST_TEXT * 10)


def _assert_in_words(refused: ExpressionRefused) -> None:
    assert str(refused).isprintable()
    assert str(refused).encode()


@pace(quick=250, prove=5_000)
@given(ANYTHING)
@example("a" * 2_001)
@example("0" * 77)
@example("1" + "e" * 3)
@example("x[")
@example("@''")
@example("'\\")
@example("a.\udcff")
def test_whatever_is_written_a_plain_value_comes_out_or_a_refusal(expression: str) -> None:
    try:
        value = evaluate(expression, DATA, LENT)
    except ExpressionRefused as refused:
        _assert_in_words(refused)
    else:
        assert _is_plain(value)


@pace(quick=120, prove=5_000)
@given(WRITTEN | PIECED, _DATA)
def test_whatever_the_data_are_none_of_their_code_runs(expression: str, data: dict[str, Any]) -> None:
    hostile.ran.clear()
    with suppress(ExpressionRefused):
        assert _is_plain(evaluate(expression, data, LENT))
    assert hostile.ran == []


@pace(quick=60, prove=5_000)
@given(
    st.text(max_size=2_100)
    | st.lists(_PIECES, max_size=700).map("".join)
    | st.lists(WRITTEN, max_size=60).map("+".join)
)
def test_however_long_it_is_the_answer_comes_at_once(expression: str) -> None:
    def attempt() -> None:
        with suppress(ExpressionRefused):
            evaluate(expression, DATA, LENT)

    assert seconds_of(attempt) < MOST_SECONDS


@pace(quick=100, prove=5_000)
@given(WRITTEN)
def test_what_was_admitted_means_the_same_whenever_it_is_asked(expression: str) -> None:
    with suppress(ExpressionRefused):
        once = check(expression)
        assert once.names <= {*DATA, "missing"}
        with suppress(ExpressionRefused):
            assert (
                evaluate(expression, DATA, LENT) == once.value(DATA, LENT) == evaluate(f" ({expression}) ", DATA, LENT)
            )


# The same in Python -------------------------------------------------------------------------------

# Lists stand only where they are not put in order: we say that lists have none.
_SURE = st.recursive(
    st.sampled_from(["age", "share", "yes", "risk", "3", "0", "2.5", "True", "False", "None", "'high'", "len(goals)"]),
    lambda inner: st.one_of(
        st.builds(
            "{} {} {}".format,
            inner,
            _OPERATORS.filter(lambda operator: operator != "**" and "is" not in operator),
            inner,
        ),
        st.builds("({})".format, inner),
        st.builds("-{}".format, inner),
        st.builds("not {}".format, inner),
        st.builds("{} if {} else {}".format, inner, inner, inner),
        st.builds("{} ** {}".format, inner, st.sampled_from(["2", "0", "-1"])),
        st.builds("{} in [{}, {}]".format, inner, inner, inner),
        st.builds("([{}] == [{}])".format, inner, inner),
        st.builds("{}([{}, {}])".format, st.sampled_from(["sum", "max", "any", "len"]), inner, inner),
        st.builds("{}({})".format, st.sampled_from(["len", "abs", "str"]), inner),
    ),
    max_leaves=14,
)


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pace(quick=250, prove=5_000)
@given(_SURE)
@example("-2 ** 2")
@example("1 < 2 == 2 in [2]")
@example("not 1 == 2")
@example("1 if 0 else 2 if 0 else 3")
@example("7 - 3 - 2 // 2 * 2")
def test_what_python_works_out_too_it_works_out_alike(expression: str) -> None:
    allowed = {"len": len, "abs": abs, "sum": sum, "max": max, "str": str, "any": any}
    try:
        ours = evaluate(expression, DATA)
    except ExpressionRefused:
        return
    try:
        theirs = eval(expression, {"__builtins__": allowed}, dict(DATA))  # noqa: S307 - made from the pieces above
    except TypeError:  # Python has no order between words and numbers; we say that there is none
        return
    note(expression)
    assert (ours, type(ours)) == (theirs, type(theirs))


# Cells and tables ---------------------------------------------------------------------------------

_WRITTEN_OUT = st.sampled_from(["5", "-3", "0.25", '"given"', "true", "null", "unknown", "1..2", "5-10"])
_FROM_INPUTS = st.sampled_from(["age", "age + 1", "missing", "goals[0]", "len(goals)", "date(risk)"])
_MOMENTS = st.sampled_from(
    ['date("2026-11-16")', '@"2026-11-16"', 'duration("P2W")', 'date and time("2026-11-16T09:00:00Z")']
)
_BOUNDS = _WRITTEN_OUT | _FROM_INPUTS | _MOMENTS
_TESTS = st.one_of(
    _BOUNDS,
    st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">="]), _BOUNDS),
    st.builds("{}{}..{}{}".format, st.sampled_from("[(]"), _BOUNDS, _BOUNDS, st.sampled_from("])[")),
)
_CELLS = st.one_of(
    st.lists(_TESTS, min_size=1, max_size=4).map(", ".join),
    st.lists(_TESTS, min_size=1, max_size=4).map(lambda tests: f"not({', '.join(tests)})"),
    ANYTHING,
)
_VALUES = st.none() | st.booleans() | st.integers(-9, 99) | st.floats(allow_nan=False) | st.text(max_size=5)
_VALUES |= st.sampled_from(["given", "unknown", "2026-11-16", "2026-11-16T09:00:00Z", "P2W", "14D", [], ["given"], {}])


@pace(quick=250, prove=5_000)
@given(_CELLS, _VALUES)
def test_whatever_stands_in_a_cell_it_is_refused_or_says_yes_or_no(cell: str, value: object) -> None:
    try:
        parsed = Cell.parse(cell)
    except ExpressionRefused as refused:
        _assert_in_words(refused)
    else:
        assert parsed.applies(value, DATA) in (True, False)
        assert parsed.applies(None, {}) in (True, False)


@pace(quick=80, prove=5_000)
@given(
    st.lists(ANYTHING.filter(str.isprintable), min_size=1, max_size=3),
    st.lists(_CELLS.filter(str.isprintable), min_size=1, max_size=3),
    WRITTEN.filter(str.isprintable),
    st.sampled_from(["UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER", "unique"]),
)
def test_whatever_stands_in_a_table_it_is_refused_or_answers(
    inputs: list[str], cells: list[str], result: str, policy: str
) -> None:
    xml = dmn(inputs, ["y", 'z: "a", "b"'], [(cells, [result, '"a"']), (cells, ["1", '"b"'])], policy)
    faults = find_table_faults(xml)
    try:
        read = DecisionTable.parse(xml)
    except EngineRefused:
        assert faults
        return
    assert not faults
    with suppress(EngineRefused):
        assert _is_plain(read.decide(DATA).outputs)


@pace(quick=150, prove=5_000)
@given(ANYTHING)
def test_every_letter_of_an_expression_is_in_some_token(expression: str) -> None:
    with suppress(ExpressionRefused):
        written = "".join(token.written for token in tokens_of(expression))
        assert "".join(written.split()) == "".join(expression.split())
