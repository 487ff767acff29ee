"""The small language of diagrams and tables."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.engine.expressions import ExpressionRefused, check, evaluate, names_in

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
        ("not (age < 18 or age > 120)", True),
        ("'S' if risk == 'high' else 'A'", "S"),
        ("person.home.alone", True),
        ("person['home']['alone']", True),
        ("goals[1]", "sleep"),
        ("goals[7]", None),
        ("len(goals) + len(missing)", 2),
        ("age * 2 - 1", 141),
        ("-age", -71),
        ("7 // 2 + 7 % 2", 4),
        ("true and not false", True),
        ("missing == null", True),
        ("'walk' in goals", True),
        ("'walk' in missing", False),
        ("'walk' not in goals", False),
        ("18 <= age <= 75", True),
        ("[1, 2] + [3]", [1, 2, 3]),
        ("max(age, 80)", 80),
    ],
)  # fmt: skip
def test_an_expression_gives_its_value(expression: str, answer: object) -> None:
    assert evaluate(expression, DATA) == answer


@pytest.mark.parametrize("expression", ["missing < 3", "missing > 3", "missing >= missing", "risk < 3", "age < 'x'"])
def test_nothing_is_larger_or_smaller_than_what_is_missing_or_of_another_kind(expression: str) -> None:
    assert evaluate(expression, DATA) is False


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('true')",
        "().__class__.__bases__",
        "person.__class__",
        "risk.upper()",
        "'{0.__class__}'.format(risk)",
        "f'{risk}'",
        "f'{age:>99999999}'",
        "'%999999999d' % age",
        "lambda: 1",
        "[x for x in goals]",
        "{'a': 1}",
        "(x := 5)",
        "open('/etc/passwd')",
        "print(1)",
        "_private",
        "eval('1')",
        "getattr(risk, 'upper')",
        "b'bytes'",
        "1j",
        "...",
        "goals[0:1]",
        "max(*goals)",
        "max(goals, key=len)",
        "age if",
        "a; b",
        "import os",
        "x = 1",
        "",
        "   ",
        "age + risk",
        "age + missing",
        "1 / 0",
        "len(age)",
        "int('many')",
        "'x' in 5",
        "age.home",
        "str(1, 2, 3, 4)",
    ],
)
def test_what_is_unsafe_or_wrong_is_refused_in_words(expression: str) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        evaluate(expression, DATA)
    assert str(refused.value).endswith((".", ")")) or ":" in str(refused.value)


@pytest.mark.parametrize(
    "expression",
    [
        "9**9**9",
        "2**100000",
        "(2**200) * (2**200)",
        "1 << 100000",
        "'x' * 1000000",
        "goals * 1000000",
        "long + long",
        "many + many",
        "str(long) + str(long)",
        "1e308 * 10 ** 10",
        "-" * 500 + "1",
        "(" * 90 + "1" + ")" * 90 + " + " + "+".join("1" for _ in range(400)),
        "1 + " * 800 + "1",
        "x" * 2_001,
        "[" * 30 + "]" * 30,
    ],
)
def test_what_would_eat_time_or_memory_is_refused_at_once(expression: str) -> None:
    began = time.perf_counter()
    with pytest.raises(ExpressionRefused):
        evaluate(expression, DATA)
    assert time.perf_counter() - began < 0.5


@given(st.text(max_size=60))
def test_whatever_text_comes_only_our_own_refusal_is_raised(expression: str) -> None:
    with suppress(ExpressionRefused):
        evaluate(expression, DATA)


_WORDS = ["risk", "age", "goals", "person", "missing", "1", "0", "'a'", "[1]", "len", "max", "not "]
_SIGNS = [*"()[].,-", " + ", " * ", " ** ", " % ", " and ", " in ", " < ", " == ", " if ", " else "]
_PIECES = st.sampled_from([*_WORDS, *_SIGNS])


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_whatever_is_put_together_only_our_own_refusal_is_raised(expression: str) -> None:
    with suppress(ExpressionRefused):
        evaluate(expression, DATA)


def test_the_error_of_a_given_function_passes_through() -> None:
    def due(key: str) -> str:
        raise LookupError(f"no setting {key}")

    with pytest.raises(LookupError, match=r"no setting wait\.week"):
        evaluate("due('wait.week')", {}, {"due": due})


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


def test_checking_does_not_work_anything_out() -> None:
    check("1 / 0")
    with pytest.raises(ExpressionRefused):
        check("import os")


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
