"""Decision tables: cells, hit policies, gaps and what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.engine import (
    DecisionTable,
    DiagramRefused,
    ExpressionRefused,
    NoRuleMatched,
    RulesDisagree,
    TableRefused,
)
from workflows.engine.cells import Cell

Row = tuple[Sequence[str], Sequence[str]]


def _text(value: str) -> str:
    return f"<text>{escape(value)}</text>"


def dmn(
    inputs: Sequence[str], outputs: Sequence[str], rows: Sequence[Row], policy: str = "UNIQUE", more: str = ""
) -> bytes:
    """A DMN file; an output may be written "name: values"."""
    columns = "".join(
        f"<input id='i{n}'><inputExpression>{_text(x)}</inputExpression></input>" for n, x in enumerate(inputs)
    )
    for number, output in enumerate(outputs):
        name, _, values = output.partition(": ")
        listed = f"<outputValues>{_text(values)}</outputValues>" if values else ""
        columns += f"<output id='o{number}' name='{name}'>{listed}</output>"
    rules = "".join(
        "<rule>"
        + "".join(f"<inputEntry>{_text(cell)}</inputEntry>" for cell in cells)
        + "".join(f"<outputEntry>{_text(result)}</outputEntry>" for result in results)
        + "</rule>"
        for cells, results in rows
    )
    return (
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='d' name='d' namespace='x'>"
        f"<decision id='t' name='Test'><decisionTable hitPolicy='{policy}' {more}>{columns}{rules}"
        "</decisionTable></decision></definitions>"
    ).encode()


def table(
    inputs: Sequence[str], outputs: Sequence[str], rows: Sequence[Row], policy: str = "UNIQUE", more: str = ""
) -> DecisionTable:
    return DecisionTable.parse(dmn(inputs, outputs, rows, policy, more))


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [
        ("-", [1, "x", None, True], []),
        ("", [1, "x", None, True], []),
        ('"given"', ["given"], ["Given", "refused", None, 1, True]),
        ('"has","not_needed"', ["has", "not_needed"], ["lacks", None]),
        ('"a, b"', ["a, b"], ["a", "b"]),
        ('not("x")', ["y", None, "unknown"], ["x"]),
        ('not("x","y")', ["z"], ["x", "y"]),
        ("not(5)", [4, 6], [5, None, "unknown"]),
        ("< 18", [17, -1, 17.9], [18, 19, None, "unknown", "17", True]),
        (">= 3", [3, 4], [2, None, "unknown"]),
        ("> 3, < 1", [0, 4], [1, 2, 3, None]),
        ("not(< 18)", [18, 70], [17, None, "unknown"]),
        ("[8..9]", [8, 8.5, 9], [7, 10, None]),
        ("(8..10)", [9], [8, 10, None]),
        ("]8..10[", [9], [8, 10]),
        ("[8..10)", [8, 9], [10]),
        ("not([8..9])", [7], [8, 9, None]),
        ("4,5", [4, 5], [3, 6, None]),
        ("-1", [-1], [1, None]),
        ("true", [True], [False, "true", 1, None]),
        ("false", [False], [True, 0, None]),
        ("null", [None, "unknown"], [0, False, ""]),
        ('"unknown"', [None, "unknown"], ["known"]),
        (">= hiu_ed", [5, 6], [4, None]),
        ("hiu_ed", [5], [4, None]),
        (">= missing", [], [0, 5, None]),
        ("missing", [], [0, 5, None]),
        ("> hiu_ed - 1", [5], [4]),
        ('>= "2026-01-01"', ["2026-02-01"], ["2025-12-31", None, "unknown"]),
    ],
)
def test_a_cell_takes_what_it_says_and_nothing_else(cell: str, yes: list[object], no: list[object]) -> None:
    parsed = Cell.parse(cell)
    inputs = {"hiu_ed": 5}
    assert [value for value in yes if not parsed.applies(value, inputs)] == []
    assert [value for value in no if parsed.applies(value, inputs)] == []


@pytest.mark.parametrize(
    "cell", ["<", "[8..", "not(", '"open', "1,,2", "x = 1; y", "a b", "__import__('os')", "f()", ","]
)
def test_a_cell_outside_the_syntax_is_refused(cell: str) -> None:
    with pytest.raises(ExpressionRefused):
        Cell.parse(cell)
    with pytest.raises(TableRefused, match="Rule 1, input 1"):
        table(["x"], ["y"], [([cell], ["1"])])


@given(st.text(max_size=20), st.none() | st.integers() | st.text(max_size=5) | st.booleans())
def test_whatever_stands_in_a_cell_it_is_refused_or_gives_yes_or_no(cell: str, value: object) -> None:
    try:
        verdict = Cell.parse(cell).applies(value, {})
    except ExpressionRefused:
        return
    assert verdict in (True, False)


AGES: list[Row] = [(["< 18"], ['"child"']), ([">= 18"], ['"adult"'])]


def test_the_rule_that_applies_is_named_with_what_was_looked_at() -> None:
    decided = table(["age"], ["who"], AGES).decide({"age": 71, "other": 1})
    assert (decided.outputs, decided.rules, decided.inputs) == ({"who": "adult"}, (2,), {"age": 71})


def test_unique_notices_a_second_rule() -> None:
    rows: list[Row] = [(["> 1"], ['"a"']), (["> 2"], ['"b"'])]
    unique = table(["x"], ["y"], rows)
    assert unique.decide({"x": 2}).outputs == {"y": "a"}
    with pytest.raises(RulesDisagree, match="rules 1, 2 apply"):
        unique.decide({"x": 3})


def test_first_takes_the_first() -> None:
    rows: list[Row] = [(["> 1"], ['"a"']), (["> 2"], ['"b"']), (["-"], ['"c"'])]
    first = table(["x"], ["y"], rows, "FIRST")
    assert [(first.decide({"x": x}).outputs["y"], first.decide({"x": x}).rules) for x in (3, 0)] == [
        ("a", (1,)),
        ("c", (3,)),
    ]
    assert first.has_catch_all


def test_any_accepts_several_rules_that_say_the_same_and_refuses_others() -> None:
    rows: list[Row] = [(["> 1"], ['"a"']), (["> 2"], ['"a"']), (["> 3"], ['"b"'])]
    any_table = table(["x"], ["y"], rows, "ANY")
    decided = any_table.decide({"x": 3})
    assert (decided.outputs, decided.rules) == ({"y": "a"}, (1, 2))
    with pytest.raises(RulesDisagree, match="different things"):
        any_table.decide({"x": 4})


def test_collect_gives_lists_in_the_order_of_the_rules() -> None:
    rows: list[Row] = [(["> 1"], ['"a"', "1"]), (["> 2"], ['"b"', "2"]), (["> 9"], ['"c"', "3"])]
    collect = table(["x"], ["y", "z"], rows, "COLLECT")
    assert collect.decide({"x": 3}).outputs == {"y": ["a", "b"], "z": [1, 2]}
    assert collect.decide({"x": 0}).outputs == {"y": [], "z": []}


@pytest.mark.parametrize(
    ("aggregation", "answer", "empty"), [("SUM", 6, None), ("MIN", 1, None), ("MAX", 3, None), ("COUNT", 3, 0)]
)
def test_collect_may_put_its_numbers_together(aggregation: str, answer: object, empty: object) -> None:
    rows: list[Row] = [(["> 0"], [str(number)]) for number in (1, 2, 3)]
    collect = table(["x"], ["y"], rows, "COLLECT", f"aggregation='{aggregation}'")
    assert collect.decide({"x": 1}).outputs == {"y": answer}
    assert collect.decide({"x": 0}).outputs == {"y": empty}


def test_only_numbers_can_be_summed() -> None:
    with pytest.raises(TableRefused, match="SUM"):
        table(["x"], ["y"], [(["-"], ['"a"'])], "COLLECT", "aggregation='SUM'").decide({})


def test_rule_order_keeps_the_order_of_the_rules() -> None:
    rows: list[Row] = [(["-"], ['"low"']), (["-"], ['"high"'])]
    assert table(["x"], ["y"], rows, "RULE ORDER").decide({}).outputs == {"y": ["low", "high"]}


PRIORITIES: list[Row] = [(["-"], ['"low"']), (["-"], ['"high"']), (["-"], ['"none"'])]


def test_priority_takes_the_most_important_output() -> None:
    decided = table(["x"], ['y: "high", "low"'], PRIORITIES, "PRIORITY").decide({})
    assert (decided.outputs, decided.rules) == ({"y": "high"}, (2,))


def test_output_order_lists_the_most_important_first() -> None:
    decided = table(["x"], ['y: "high", "low"'], PRIORITIES, "OUTPUT ORDER").decide({})
    assert (decided.outputs, decided.rules) == ({"y": ["high", "low", "none"]}, (2, 1, 3))


def test_a_gap_is_named() -> None:
    with pytest.raises(NoRuleMatched, match=r"'t'.*age"):
        table(["age"], ["who"], AGES).decide({})


def test_a_missing_fact_is_unknown_and_never_an_error() -> None:
    rows: list[Row] = [(["< 18", "true", '"x"'], ["1"]), (["-", "-", '"unknown"'], ["2"]), (["-", "-", "-"], ["3"])]
    first = table(["age", "age + 1 > 3 or age * 2 == 4", "where"], ["y"], rows, "FIRST")
    assert first.decide({}).outputs == {"y": 2}
    assert first.decide({"where": None}).outputs == {"y": 2}
    assert first.decide({"age": "unknown", "where": "home"}).outputs == {"y": 3}


def test_an_input_may_be_any_safe_expression() -> None:
    expression = 'capacity == "lacks" and (attorney == "consents" or bi == "proceed")'
    rows: list[Row] = [(["true"], ['"proceed"']), (["false"], ['"wait"'])]
    decided = table([expression], ["basis"], rows).decide({"capacity": "lacks", "bi": "proceed"})
    assert (decided.outputs, decided.inputs) == ({"basis": "proceed"}, {expression: True})


def test_outputs_may_be_worked_out_and_may_be_empty() -> None:
    rows: list[Row] = [(["-"], ["'Aged ' + str(age)", ""])]
    assert table(["age"], ["explain", "note"], rows).decide({"age": 71}).outputs == {"explain": "Aged 71", "note": None}


def test_an_output_that_cannot_be_worked_out_names_its_rule() -> None:
    with pytest.raises(TableRefused, match="Rule 1"):
        table(["age"], ["y"], [(["-"], ["age + 1"])]).decide({})


def test_a_table_says_which_facts_it_needs() -> None:
    rows: list[Row] = [([">= hiu_ed", "-"], ["str(limit)"])]
    assert table(["ed_12m", "len(goals) > 2"], ["y"], rows).needs == ("ed_12m", "goals", "hiu_ed", "limit")


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (dmn(["x"], ["y"], [(["-"], ["1"])], "UNIQ"), "no hit policy"),
        (dmn(["x"], ["y"], [(["-"], ["1"])], "COLLECT", "aggregation='AVG'"), "no hit policy"),
        (dmn(["x"], ["y"], []), "needs"),
        (dmn(["x"], [], [(["-"], [])]), "needs"),
        (dmn(["x"], ["y", "y"], [(["-"], ["1", "2"])]), "name of its own"),
        (dmn(["x"], ["y"], [(["-", "-"], ["1"])]), "too few or too many"),
        (dmn(["x"], ["y"], [(["-"], [])]), "too few or too many"),
        (dmn(["x"], ["y"], [(["a b"], ["1"])]), "Rule 1, input 1"),
        (dmn(["x"], ["y"], [(["-"], ["import os"])]), "Rule 1, output 1"),
        (dmn(["x y"], ["y"], [(["-"], ["1"])]), "The input 'x y'"),
        (dmn(["x"], ["y"], [(["-"], ["1"])], "PRIORITY"), "output values"),
        (b"<definitions/>", "exactly one"),
    ],
)
def test_a_table_that_is_written_wrongly_is_refused_and_says_where(xml: bytes, reason: str) -> None:
    with pytest.raises(TableRefused, match=reason):
        DecisionTable.parse(xml)


def test_a_table_with_a_document_type_is_refused() -> None:
    with pytest.raises(DiagramRefused):
        DecisionTable.parse(b"<!DOCTYPE x><definitions/>")
