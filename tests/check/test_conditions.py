"""The conditions behind one gateway: what is told of them was seen, and what cannot be gone through is left unsaid."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workflows
from tests.engine.drawings import chain, choice, diagram, end, flow, some, start
from workflows.check.conditions import condition_faults
from workflows.engine.documents import read_document
from workflows.engine.drawing import drawings
from workflows.engine.expressions import check
from workflows.engine.outcome import Finding

SHIPPED = sorted((Path(workflows.__file__).parent / "diagrams").glob("*.bpmn"))


def found(*conditions: str, default: bool = False, gateway: str = choice("x")) -> list[Finding]:
    """What is said of a gateway with these conditions, the ways of which are called way0, way1 and so on."""
    gateway = choice("x", "else") if default else gateway
    ways = [flow("x", "e", one, f"way{number}") for number, one in enumerate(conditions)]
    last = [flow("x", "e", key="else")] if default else []
    xml = diagram(start(), gateway, end(), chain("s", "x"), *ways, *last)
    return [one for drawing in drawings(read_document(xml)) for one in condition_faults(drawing)]


def rules(*conditions: str, default: bool = False) -> list[tuple[str, str]]:
    return [(one.element, one.rule.removeprefix("data.condition-")) for one in found(*conditions, default=default)]


def test_a_gap_is_told_with_what_falls_into_it() -> None:
    (gap,) = found("days < 5", "days > 5")
    assert (gap.element, gap.rule, gap.severity) == ("x", "data.condition-gap", "error")
    assert gap.message.startswith("No condition holds when days is 5.")


def test_a_word_nobody_thought_of_and_nothing_at_all_are_gaps() -> None:
    assert "answer is “something else”" in found("answer == 'yes'", "answer == 'no'")[0].message
    assert "age is not known" in found("age < 18", "age >= 18")[0].message


def test_a_default_closes_every_gap() -> None:
    assert rules("days < 5", "days > 5", default=True) == []
    assert rules("open", "not open") == []


def test_two_conditions_on_the_same_that_both_hold_are_told() -> None:
    (overlap,) = found("days >= 5", "days <= 5", default=True)
    assert (overlap.element, overlap.rule, overlap.severity) == ("way1", "data.condition-overlap", "warning")
    assert "days is 5" in overlap.message


def test_conditions_on_different_things_are_meant_in_their_order() -> None:
    assert rules("urgent == 'yes'", "days > 5", default=True) == []


def test_several_ways_at_once_may_overlap_but_leave_no_gap() -> None:
    assert [one.rule for one in found("n > 1", "n > 3", gateway=some("x"))] == ["data.condition-gap"]


def test_a_way_behind_another_is_never_taken() -> None:
    assert rules("days > 3", "days > 5", default=True) == [("way1", "never")]
    assert rules("sort in ('a', 'b')", "sort == 'c'", "sort == 'b'", default=True) == [("way2", "never")]
    assert rules("a == 'x' and a == 'y'", default=True) == [("way0", "never")]


@pytest.mark.parametrize(
    "conditions",
    [
        ("days / 7 > 1000", "days / 7 > 2000"),
        ("len(items) > 3", "len(items) > 5"),
        ("name > 'm'", "name > 'z' and name < 'n'"),
        ("where == 'unknown'", "where != 'unknown'"),
        ("x in y", "x not in y"),
        ("(a == 1) == (b == 1)", "a == 5 if b else c"),
        ("a != b and b != c and a != c and a",),
        ("'a' in x and x == 'cat'",),
        ("not (", "days > 3"),
        ("${order.total > 5}", "else"),
    ],
)
def test_of_what_cannot_be_gone_through_no_way_is_called_vain(conditions: tuple[str, ...]) -> None:
    assert "never" not in [rule for _, rule in rules(*conditions, default=True)]


def test_many_names_at_once_take_no_time() -> None:
    long = " and ".join(f"n{number} == 'yes'" for number in range(40))
    assert rules(long, long.replace("yes", "no"), default=True) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_nothing_is_said_of_what_is_shipped(path: Path) -> None:
    for drawing in drawings(read_document(path.read_bytes())):
        assert list(condition_faults(drawing)) == []


ATOMS = st.sampled_from(
    ["n > 3", "n >= 3", "n == 3", "n != 5", "n < 5", "w == 'a'", "w != 'b'", "w in ('a', 'b')", "w not in ('a',)", "b",
     "not b", "b == true", "b != false", "w == 'unknown'", "n == null", "w", "2 < n < 5", "n"]
)  # fmt: skip
CONDITIONS = st.recursive(
    ATOMS, lambda inner: st.builds(lambda a, o, b: f"({a}) {o} ({b})", inner, st.sampled_from(["and", "or"]), inner),
    max_leaves=3,
)  # fmt: skip
TRIED = [
    {"n": n, "w": w, "b": b}
    for n, w, b in product(
        (None, 0, -1, 1, 2, 2.5, 3, 4, 5, 6), (None, "", "a", "b", "unknown", "c"), (None, True, False)
    )
]


@settings(max_examples=150, deadline=None)
@given(conditions=st.lists(CONDITIONS, min_size=2, max_size=4))
def test_what_is_said_is_what_trying_everything_says(conditions: list[str]) -> None:
    read = [check(one) for one in conditions]
    holding = [[bool(one.value(facts)) for one in read] for facts in TRIED]
    taken = {held.index(True) for held in holding if any(held)}
    said = rules(*conditions)
    assert (("x", "gap") in said) == any(not any(held) for held in holding)
    assert {element for element, rule in said if rule == "never"} == {
        f"way{number}" for number in range(len(conditions)) if number not in taken
    }
