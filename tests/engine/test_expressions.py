"""The small language of diagrams and tables: what it gives, what it refuses, and that nothing else comes out of it."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.engine import hostile
from tests.engine.effort import MOST_SECONDS, seconds_of
from workflows.engine.expressions import _MOST_KEPT, ExpressionRefused, _read, check, evaluate, names_in
from workflows.engine.refusals import DataNotPlain, FunctionFailed

DATA = {
    "risk": "high",
    "age": 71,
    "goals": ["walk", "sleep"],
    "person": {"home": {"alone": True}},
    "long": "x" * 9_000,
    "many": list(range(900)),
}


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("risk == 'high'", True),
        ("risk in ('high', 'very_high') and age >= 65", True),
        ("risk in ['low']", False),
        ("not (age < 18 or age > 120)", True),
        ("'S' if risk == 'high' else 'A'", "S"),
        ("1 if age < 3 else 2 if age < 80 else 3", 2),
        ("person.home.alone", True),
        ("person['home']['alone']", True),
        ("person.home.garden.trees", None),
        ("goals[1]", "sleep"),
        ("goals[-1]", "sleep"),
        ("goals[7]", None),
        ("missing[7].part", None),
        ("len(goals) + len(missing)", 2),
        ("age * 2 - 1", 141),
        ("2 + 3 * 4 ** 2 / 8", 8.0),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("2 ** 3 ** 2", 512),
        ("10 ** 65", 10**65),
        ("1 ** 1000", 1),
        ("-age", -71),
        ("- -age", 71),
        ("not not age", True),
        ("7 // 2 + 7 % 2", 4),
        ("10 - 2 - 3", 5),
        ("true and not false", True),
        ("True and None", None),
        ("missing == null", True),
        ("missing is None", True),
        ("age is not null", True),
        ("1 is true", False),
        ("'walk' in goals", True),
        ("'walk' in missing", False),
        ("'walk' not in goals", False),
        ("'ig' in risk", True),
        ("5 in risk", False),
        ("'home' in person", True),
        ("[1] in [[1], [2]]", True),
        ("18 <= age <= 75", True),
        ("18 <= age <= 70", False),
        ("[1, 2] + [3]", [1, 2, 3]),
        ("[1, age,]", [1, 71]),
        ("(1, 2)", [1, 2]),
        ("(1,)", [1]),
        ("()", []),
        ("(1)", 1),
        ("max(age, 80)", 80),
        ("max(goals)", "walk"),
        ("min([3, 1, 2])", 1),
        ("sum([1, 2.5])", 3.5),
        ("abs(-3)", 3),
        ("round(2.567, 1)", 2.6),
        ("round(2.5)", 2),
        ("int('12') + int(3.9)", 15),
        ("float(' 1.5 ')", 1.5),
        ("str(age) + ' years'", "71 years"),
        ("any([0, 1]) and not all([0, 1])", True),
        ("'a\\'b' + \"\\\"\\\\\\n\\t\"", "a'b\"\\\n\t"),
        ("'“ ” – é'", "“ ” – é"),
        ("1.5e3 + .5 + 5.", 1505.5),
        ("  risk\n ==\t'high' ", True),
        ("goals == ['walk', 'sleep']", True),
        ("person == person", True),
        ("risk", "high"),
    ],
)  # fmt: skip
def test_an_expression_gives_its_value(expression: str, answer: object) -> None:
    value = evaluate(expression, DATA)
    assert (value, type(value)) == (answer, type(answer))


@pytest.mark.parametrize("expression", ["missing < 3", "missing > 3", "missing >= missing", "risk < 3", "age < 'x'"])
def test_nothing_is_larger_or_smaller_than_what_is_missing_or_of_another_kind(expression: str) -> None:
    assert evaluate(expression, DATA) is False


def test_the_later_part_of_and_or_and_if_is_not_looked_at() -> None:
    assert evaluate("age == 71 or 1 / 0", DATA) is True
    assert evaluate("age == 70 and 1 / 0", DATA) is False
    assert evaluate("1 if age else 1 / 0", DATA) == 1


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("age if", "A value is missing before the end"),
        ("age if risk", "'else' is missing"),
        ("age risk", "'risk' cannot stand"),
        ("(age", r"'\)' is missing before the end"),
        ("[age", "',' is missing before the end"),
        ("age = 3", "compare with =="),
        ("“high”", "quotation marks"),
        ("'open", "a quotation mark is missing"),
        ("007", "begins with a nought"),
        ("3rd", "'3r' is no number"),
        ("import os", "The word 'import' is not allowed"),
        ("_x", "begins with a letter"),
        ("risk.upper()", "Only functions can be called"),
        ("shout(risk)", "There is no function 'shout'"),
        ("len(goals, goals)", "given too many values"),
        ("round()", "given too few values"),
        ("age + risk", "Adding needs two numbers, not a number and a text"),
        ("age + missing", "Adding needs two numbers, not a number and nothing"),
        ("-risk", "Minus needs a number, not a text"),
        ("1 / 0", "divides by nought"),
        ("len(age)", "not of a number"),
        ("int('many')", "digits only"),
        ("'x' in 5", "not into a number"),
        ("age.home", "A text cannot name a part of a number"),
        ("person[0]", "A number cannot name a part of a set of named values"),
        ("max(1, 'a')", "needs numbers, or texts"),
        ("9**9**9", "too large"),
        ("10 ** 78", "too large"),
        ("int(1e300) > 5", "too large"),
        ("float('1e999') > 5", "not a number"),
        ("round(1, -999999999)", "at most 15"),
        ("'" + "a" * 2_000 + "'", "longer than 2000 characters"),
        ("+".join("1" * 130), "more than 250 words and signs"),
        ("not " * 30 + "age", "nested too deeply"),
        ("age\0", "cannot be seen or printed"),
    ],
)
def test_a_refusal_says_in_words_what_is_wrong(expression: str, reason: str) -> None:
    with pytest.raises(ExpressionRefused, match=reason):
        evaluate(expression, DATA)


def test_a_refusal_shows_the_expression_but_never_the_data() -> None:
    with pytest.raises(ExpressionRefused) as refused:
        evaluate("diagnosis + 1", {"diagnosis": "a secret"})
    assert "(in: diagnosis + 1)" in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("expression", ["\0", "\ud800", "\x1b[2J", "a\nb", "x" * 1_999 + "\ud800", "'\u202e'()"])
def test_a_refusal_can_be_printed_anywhere(expression: str) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        evaluate(expression, {})
    assert str(refused.value).isprintable()
    str(refused.value).encode()


# Limits ---------------------------------------------------------------------------------------

BOMBS = [
    "9**9**9",
    "2**100000",
    "(2**200) * (2**200)",
    "1 << 100000",
    "'x' * 1000000",
    "goals * 1000000",
    "long + long",
    "many + many",
    "many == many and " * 40 + "true",
    "[" + "many, " * 100 + "]",
    "[" + "long, " * 100 + "] == 1",
    "str([" + "long, " * 100 + "])",
    "str(long) + str(long)",
    "1e308 * 10 ** 10",
    "round(1, -999999999)",
    "round(1.5, 999999999)",
    "sum([many, many], [])",
    "-" * 500 + "1",
    "(" * 90 + "1" + ")" * 90,
    "(" * 1_000,
    "[" * 2_000,
    "[" * 30 + "]" * 30,
    "f(" * 600,
    "{1:" * 600,
    '(x""f"\\\\{0}"<' * 140,
    "1 + " * 490 + "1",
    "a." * 900 + "a",
    "a[" * 900,
    "not " * 490,
    "a if b else " * 160 + "c",
    "1 < " * 480 + "1",
    "2 ** " * 390 + "2",
    "x" * 2_001,
    "x" * 50_000_000,
    " " * 2_000,
    "'" * 1_999,
    "\\" * 2_000,
    "9" * 1_999,
    "1e" * 999,
    "0." * 999,
    "." * 2_000,
]


@pytest.mark.parametrize("expression", BOMBS, ids=lambda text: text[:20])
def test_what_would_eat_time_or_memory_is_refused_at_once(expression: str) -> None:
    def attempt() -> None:
        with pytest.raises(ExpressionRefused):
            evaluate(expression, DATA)

    tracemalloc.start()
    attempt()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 3_000_000
    assert seconds_of(attempt) < MOST_SECONDS


def test_an_expression_asked_for_deep_down_in_a_program_is_refused_in_words_as_well() -> None:
    said: list[object] = []

    def ever_deeper() -> None:
        with suppress(ExpressionRefused):
            said.append(evaluate("((((1))))", {}))
        ever_deeper()

    with pytest.raises(RecursionError) as broken:  # our own call, never one inside the evaluation
        ever_deeper()
    assert broken.traceback[-1].name in ("ever_deeper", "evaluate")
    assert set(said) == {1}


def test_what_was_read_is_kept_and_what_is_kept_is_limited() -> None:
    assert check("age + 1") is check("age + 1")
    for number in range(1_200):
        check(f"age + {number}")
    assert _read.cache_info().currsize == _MOST_KEPT


# Strange and hostile data -----------------------------------------------------------------------

USES = [
    "x", "x == x", "x == 1", "x != 'a'", "x is x", "x is null", "x < 3", "x < x", "x in x", "1 in x", "'a' in x",
    "x in [1, x]", "x + x", "x + 1", "1 + x", "[1] + x", "x - 1", "x * 2", "x / 3", "x // 0", "x % 7", "x ** 2",
    "2 ** x",
    "-x", "+x", "not x", "x and 1", "x or 1", "1 if x else 2", "[x]", "[x, [x]]", "[x] == [x]", "x.home", "x['home']",
    "x.age", "x['age']", "x[0]", "x[x]", "x.home.home.home", "y[x]", "len(x)", "str(x)", "int(x)", "float(x)", "sum(x)",
    "sum([x])", "min(x)", "max(x)", "max(x, 1)", "any(x)", "all(x)", "any([x])", "abs(x)", "round(x)", "round(1.5, x)",
    "lend(x)", "lend([x])", "take()",
]  # fmt: skip


@pytest.mark.parametrize("kind", [*hostile.OBJECTS, *hostile.STRANGE])
def test_whatever_the_data_hold_nothing_of_it_is_run_and_nothing_takes_long(kind: str) -> None:
    value = hostile.make(kind)
    lent: dict[str, Callable[..., Any]] = {"lend": lambda given: given, "take": lambda: value}
    hostile.ran.clear()
    for use in USES:

        def attempt(use: str = use) -> None:
            with suppress(ExpressionRefused):
                evaluate(use, {"x": value, "y": [1]}, lent)

        assert seconds_of(attempt) < MOST_SECONDS, use
    assert hostile.ran == []


@pytest.mark.parametrize("kind", hostile.OBJECTS)
def test_an_object_never_comes_out_of_an_expression(kind: str) -> None:
    value = hostile.make(kind)
    for use in ("x", "[x]", "x or 1", "true and x", "x if true else 1", "take()", "lend([x])"):
        with pytest.raises(DataNotPlain):
            evaluate(use, {"x": value}, {"take": lambda: value, "lend": lambda given: given})


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        ("text", "risk"), ("int", 71), ("float", 0.5), ("list", [1, 2]), ("tuple", [1, 2]), ("dict", {"home": 1}),
        ("name", {"age": 5, "home": 1}), ("enum", "urgent"), ("int enum", 12), ("default", {"home": 1}),
        ("ordered", {"home": 1}), ("tuples", [[], [[]]]),
    ],
)  # fmt: skip
def test_a_value_of_a_kind_of_its_own_counts_as_the_plain_one(kind: str, plain: object) -> None:
    value = evaluate("x", {"x": hostile.make(kind)})
    assert (value, type(value)) == (plain, type(plain))


@pytest.mark.parametrize(
    "kind",
    ["circle", "named circle", "deep", "huge", "infinite", "no number", "long", "many", "many names", "many texts"],
)
def test_data_too_large_or_too_deep_are_refused(kind: str) -> None:
    with pytest.raises(ExpressionRefused):
        evaluate("x", {"x": hostile.make(kind)})


def test_data_may_be_nested_twenty_levels_and_no_more() -> None:
    assert evaluate("x", {"x": hostile.deep(19)}) == hostile.deep(19)
    for use in ("x", "x == 1", "1 in x", "str(x)"):
        with pytest.raises(ExpressionRefused, match="nested too deeply"):
            evaluate(use, {"x": hostile.deep(20)})


@pytest.mark.parametrize(
    "data",
    [None, [], 1, "age", iter([]), hostile.HostileObject(), {hostile.HostileKey(): 1}, {1: 2}],
    ids=lambda data: type(data).__name__,
)
def test_data_that_are_no_named_values_are_refused(data: Any) -> None:
    hostile.ran.clear()
    with pytest.raises(ExpressionRefused, match=r"named values|not text"):
        evaluate("age", data)
    assert hostile.ran == []


@pytest.mark.parametrize("kind", ["dict", "default", "ordered", "name"])
def test_named_values_of_any_kind_are_data(kind: str) -> None:
    hostile.ran.clear()
    assert evaluate("home", hostile.make(kind)) == 1
    assert evaluate("home", hostile.make("chain")) == 1
    assert evaluate("nobody", hostile.make("default")) is None
    assert hostile.ran == []


@pytest.mark.parametrize("expression", [None, 5, b"age", ["age"], hostile.HostileObject()], ids=type)
def test_an_expression_that_is_no_text_is_refused(expression: Any) -> None:
    with pytest.raises(ExpressionRefused, match="An expression is a text"):
        evaluate(expression, {})


def test_a_text_of_a_kind_of_its_own_is_read_as_a_text() -> None:
    hostile.ran.clear()
    assert evaluate(hostile.HostileText("age + 1"), {"age": 1}) == 2
    assert hostile.ran == []


def test_what_comes_out_can_be_changed_without_changing_the_data() -> None:
    data = {"goals": [["walk"]], "person": {"home": {}}}
    for use in ("goals", "person", "[goals, person]"):
        found: Any = evaluate(use, data)
        found.clear()
    evaluate("[1, [2]]", {}).append(3)  # type: ignore[attr-defined]  # a list
    assert data == {"goals": [["walk"]], "person": {"home": {}}}
    assert evaluate("[1, [2]]", {}) == [1, [2]]


# Functions that are lent ------------------------------------------------------------------------


def test_the_failure_of_a_lent_function_is_a_refusal_that_keeps_it() -> None:
    def due(key: str) -> str:
        raise LookupError(f"no setting {key}")

    with pytest.raises(FunctionFailed, match=r"due\(\) gives no answer: no setting wait\.week \(in: due") as failed:
        evaluate("due('wait.week')", {}, {"due": due})
    assert isinstance(failed.value.error, LookupError)
    assert failed.value.__cause__ is failed.value.error


def test_an_error_without_words_is_a_refusal_too() -> None:
    class Speechless(Exception):
        def __str__(self) -> str:
            raise ValueError

    def due() -> None:
        raise Speechless

    with pytest.raises(FunctionFailed):
        evaluate("due()", {}, {"due": due})


def test_a_lent_function_gets_copies() -> None:
    data = {"goals": ["walk"]}
    evaluate("lend(goals)", data, {"lend": lambda goals: goals.clear()})
    assert data == {"goals": ["walk"]}


def test_data_cannot_replace_a_constant_or_a_function() -> None:
    assert evaluate("true", {"true": False}) is True
    assert evaluate("len(goals)", {"len": "mine", "goals": [1]}) == 1


def test_a_function_is_not_a_value() -> None:
    assert evaluate("len", DATA) is None


def test_an_expression_may_be_worked_out_inside_another() -> None:
    inner = {"twice": lambda value: evaluate("value * 2", {"value": value})}
    assert evaluate("twice(4) + 1", {}, inner) == 9


def test_names_in_an_expression_are_found_without_its_functions() -> None:
    assert names_in("len(goals) > 2 and person.home == true") == {"goals", "person"}


def test_checking_does_not_work_anything_out_but_knows_the_functions() -> None:
    assert check("1 / 0").stands_alone
    assert not check("due('x')", functions=("due",)).stands_alone
    with pytest.raises(ExpressionRefused):
        check("import os")
    with pytest.raises(ExpressionRefused, match="no function 'due'"):
        check("due('x')", functions=())


def test_eight_threads_evaluate_at_the_same_time() -> None:
    wrong: list[object] = []

    def work(number: int) -> None:
        for _ in range(300):
            if evaluate("number * 2 if known == 'yes' else 0", {"number": number, "known": "yes"}) != number * 2:
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_typical_expression_takes_less_than_thirty_microseconds() -> None:
    data = DATA | {f"answer_{number}": number for number in range(30)}

    def hundred() -> None:
        for _ in range(100):
            evaluate("risk in ('high', 'very_high') and age >= 65 or len(goals) > 3", data)

    hundred()
    assert seconds_of(hundred) / 100 < 30e-6
