"""Conditions decide what people are asked: they answer for every form of answers and reach nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.conditions import FUNCTIONS, Condition, ConditionError

ANSWERS = {
    "agreed": "yes",
    "count": 3,
    "factors": ["falls", "frailty"],
    "carer": {"strain": "no"},
    "start": "2026-03-01",
    "today": "2026-03-15",
}


@pytest.mark.parametrize(
    "condition",
    [
        "agreed == 'yes'",
        "agreed != 'no' and count > 2",
        "'falls' in factors and 'dog' not in factors",
        "carer.strain == 'no'",
        "len(factors) == 2 and len(missing) == 0",
        "missing is None and not missing",
        "agreed in ('yes', 'partly')",
        "0 < count <= 3",
        "days_between(start, today) == 14",
        "years_between('1941-03-16', today) == 84",
        "round(count / 7, 2) == 0.43",
        "sum(count, True, missing) == 4",
        "(1 if agreed == 'yes' else 0) == 1",
        "start < today",
    ],
)
def test_a_condition_is_met(condition: str) -> None:
    assert Condition.parse(condition).holds(ANSWERS)


@pytest.mark.parametrize(
    "condition",
    ["missing < 3", "missing >= 3", "agreed < 3", "'falls' in missing", "'f' in count", "carer.missing == 'no'",
     "missing + 1 > 0", "count / 0 == 0", "-missing == 0", "days_between(agreed, today) > 0", "round(agreed) == 0"],
)  # fmt: skip
def test_a_missing_or_strange_answer_meets_no_condition(condition: str) -> None:
    assert not Condition.parse(condition).holds(ANSWERS)


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("open('x')", "there is no function open"),
        ("().__class__", "a point may only join"),
        ("carer.strain.upper", "a point may only join"),
        ("[x for x in factors]", "it may not use ListComp"),
        ("factors[0]", "it may not use Subscript"),
        ("count ** 9", "it may not use Pow"),
        ("f'{count}'", "it may not use JoinedStr"),
        ("len(factors, 2)", "len is given the wrong number"),
        ("agreed = 'yes'", "it cannot be read"),
        ("((", "it cannot be read"),
        ("1j", "only words, numbers"),
        (" or ".join(["count"] * 200), "it is longer than"),
        ("+".join(["1"] * 120), "it has too many parts"),
    ],
)
def test_a_condition_that_reaches_for_more_is_refused_when_it_is_read(condition: str, why: str) -> None:
    with pytest.raises(ConditionError, match=why.replace("(", r"\(").replace(")", r"\)")):
        Condition.parse(condition)


def test_a_condition_knows_the_questions_it_asks_about() -> None:
    condition = Condition.parse("len(actions) > 1 and carer.strain == 'yes' or days_between(start, today) > 3")
    assert condition.names == {"actions", "carer.strain", "start", "today"}


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())
LEAVES = st.sampled_from(["a", "b", "group.c", "1", "0", "2.5", "'yes'", "None", "True", "['yes', 1]"])
WORDS = ["==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or", "+", "-", "*", "/"]


def larger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(parts, st.sampled_from(WORDS), parts).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
    called = st.tuples(st.sampled_from(sorted(FUNCTIONS)), parts, parts)
    return two | parts.map(lambda p: f"(not {p})") | called.map(written_call)


def written_call(parts: tuple[str, str, str]) -> str:
    name, first, second = parts
    return f"{name}({first})" if name == "len" else f"{name}({first}, {second})"


@given(condition=st.recursive(LEAVES, larger, max_leaves=8), a=VALUES, b=VALUES, c=VALUES)
def test_asking_a_condition_never_fails(condition: str, a: object, b: object, c: object) -> None:
    answers = {"a": a, "b": b, "group": {"c": c}}
    assert Condition.parse(condition).holds(answers) in (True, False)
