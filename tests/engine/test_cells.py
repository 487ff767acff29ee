"""The cells of decision tables: each form means what it says, and what is no form is refused."""

from __future__ import annotations

import pytest

from tests.engine.dmn import table
from workflows.engine import ExpressionRefused
from workflows.engine.cell_syntax import EXAMPLE_INPUTS, SYNTAX, Form
from workflows.engine.cells import Cell

BY_CELL = {form.cell: form for form in SYNTAX}


@pytest.mark.parametrize("form", SYNTAX, ids=lambda form: form.cell)
def test_each_form_takes_and_leaves_what_it_says(form: Form) -> None:
    asked = table(["value"], ["answer"], [([form.cell], ['"yes"']), (["-"], ['"no"'])], "FIRST")
    for value in form.takes:
        assert asked.decide({**EXAMPLE_INPUTS, "value": value}).outputs == {"answer": "yes"}, value
    for value in form.leaves:
        assert asked.decide({**EXAMPLE_INPUTS, "value": value}).outputs == {"answer": "no"}, value


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [
        ("", [1, "x", None, True], []),
        (" - ", [1, None], []),
        ('"given"', ["given"], ["Given", "given ", 1, True]),
        ("'given'", ["given"], ["refused"]),
        ('"a, b"', ["a, b"], ["a", "b"]),
        ('"a..b"', ["a..b"], ["a"]),
        ('["a..b".."c"]', ["b", "c", "a..b"], ["a", "d"]),
        ('"say \\"yes\\""', ['say "yes"'], ["say yes"]),
        ('not("x")', ["y", None, "unknown"], ["x"]),
        ('not("x", "unknown")', ["y"], ["x", None]),
        ("not ( 5 )", [4, 6], [5, None, "unknown"]),
        ("not([8..9])", [7], [8, 9, None]),
        ("not(true)", [False], [True, None]),
        ("< 18", [17, 17.9], [True, "unknown", [1], {"a": 1}]),
        ("<18", [17], [18]),
        ("]8..10[", [9], [8, 10]),
        ("]8..10]", [9, 10], [8]),
        ("[8..10[", [8, 9], [10]),
        ("[ 8 .. 10 ]", [8, 10], [11]),
        ("[8..9], [11..12]", [8, 11], [10]),
        ("[0.5..0.75]", [0.5, 0.6], [0.4, 0.8]),
        ("[-3..-1]", [-3, -1], [0, -4]),
        ("[8..limit]", [8, 10], [11, None]),
        ("]8..limit[", [9], [8, 10]),
        ("[8..missing]", [], [8, 9]),
        ("(limit - 1)", [9], [10]),
        ("-1", [-1], [1, None]),
        ("- 1", [-1], [1]),
        ("+1", [1], [-1]),
        ("-limit", [-10], [10]),
        ("1.0", [1, 1.0], [True, 2]),
        ("0", [0], [False, None]),
        ("null", [None, "unknown"], [0, False, ""]),
        ("unknown", [None, "unknown"], [0, False, ""]),
        ("not(unknown)", [0, "x", False], [None, "unknown"]),
        ("limit", [10], [9, None]),
        ("limit, 3", [10, 3], [4]),
        ("missing", [], [0, 5, None]),
        (">= missing", [], [0, 5, None]),
        ("missing, 5", [5], [4]),
        ("> len(goals)", [3], [2, None]),
        ("> person.age * 2", [143], [142]),
        ("person.home", [], [1, None]),
        ('>= "2026-01-01"', ["2026-02-01"], ["2025-12-31", None, "unknown"]),
        ('> "b"', ["c"], ["a", "b", "unknown", 5]),
        ('@"2026-11-16"', ["2026-11-16"], ["2026-11-17", None, "unknown", 5]),
        ('not(date("2026-11-16"))', ["2026-11-17"], ["2026-11-16", None, "someday"]),
        ('date("2026-06-30")', ["2026-06-29T23:30:00Z"], ["2026-06-30T23:30:00Z", "2026-06-30T12:00:00"]),
        ('< date("2026-11-16"), "unknown"', ["2026-11-15", None], ["2026-11-16"]),
        ('[date("2026-11-01")..date("2026-11-30")]', ["2026-11-01", "2026-11-30"], ["2026-12-01", "2026-11-31"]),
        ('(date("2026-11-01")..date(review_on)]', ["2026-11-16"], ["2026-11-01", "2026-11-17"]),
        ("<= date(missing)", [], ["2026-11-01", None]),
        ('date and time("2026-11-16T10:00:00+01:00")', ["2026-11-16T09:00:00Z"], ["2026-11-16T10:00:00Z"]),
        ('< @"2026-11-16T09:00:00Z"', ["2026-11-16T08:59:59Z"], ["2026-11-16T09:00:00Z", "2026-11-15"]),
        ('duration("P14D")', ["14D", "2W", "P2W", "P14D", "PT336H", "336H"], ["15D", "14WD", "P1M", 14, None]),
        ('> duration("P1M")', ["P2M", "P1Y"], ["P1M", "P40D", "40D"]),
        ('[duration("2WD")..duration("5WD")]', ["2WD", "5WD"], ["6WD", "3D", "3WH"]),
        ('>= @"PT4H"', ["4H", "PT5H", "1D"], ["3H", "4WH"]),
        ('< duration("-P1D")', ["-P2D"], ["P1D"]),
        ("> duration(review_interval)", ["92D", "14W"], ["13W", "91D", "1D"]),
    ],
)  # fmt: skip
def test_a_cell_takes_what_it_says_and_nothing_else(cell: str, yes: list[object], no: list[object]) -> None:
    parsed = Cell.parse(cell)
    inputs = {
        "limit": 10, "goals": ["walk", "sleep"], "person": {"age": 71}, "review_on": "2026-11-16",
        "review_interval": "13W",
    }  # fmt: skip
    assert [value for value in yes if not parsed.applies(value, inputs)] == []
    assert [value for value in no if parsed.applies(value, inputs)] == []


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("<", "value is missing"),
        ("< -", "value is missing"),
        ("[8..", "value is missing"),
        ("[8..9", r"ends with \], \) or \["),
        ("[8,9]", "Alternatives stand without brackets"),
        ('("a", "b")', "Alternatives stand without brackets"),
        ("not(", "value is missing"),
        ("not(5", r"'\)' is missing"),
        ("not 5", "value is missing before 'not'"),
        ("not(5), 6", "',' cannot stand"),
        ('"open', "quotation mark is missing"),
        ("“given”", "quotation marks"),
        ("–", "write a dash as -"),
        ("1,,2", "value is missing"),
        ("1,", "value is missing"),
        (",", "value is missing"),
        ("x = 1", "'='"),
        ("x = 1; y", "'='"),
        ("a b", "comma is missing before 'b'; words stand in quotation marks"),
        ('"a" "b"', "comma is missing"),
        ('"given" or "partial"', "Write a comma for 'or'"),
        ("> 5 and < 10", "another column for 'and'"),
        ("> 5 < 10", r"written as a range"),
        ("5-10", r"a range is written \[5..10\]"),
        ("5..10", r"cannot stand"),
        ("2 * 3", "Write a result out"),
        ("[9..8]", "runs backwards"),
        ('[date("2026-02-01")..date("2026-01-01")]', "runs backwards"),
        ('[1.."a"]', "same kind"),
        ('[date("2026-01-01")..duration("P1D")]', "same kind"),
        ("< true", "Only numbers"),
        ("< null", "Only numbers"),
        ("[1..unknown]", "Only numbers"),
        ('date("16.11.2026")', r"no date '16.11.2026'. Write for example date\(\"2026-11-16\"\)"),
        ('date("2026-02-30")', "no date"),
        ('date and time("2026-11-16T09:00:00")', "no date and time"),
        ('duration("two weeks")', "no duration"),
        ('duration("P1M2D")', "no duration"),
        ('duration("P")', "no duration"),
        ("@5", "After @ comes"),
        ("__import__('os')", "not allowed"),
        ("f()", "no function 'f'"),
        ("x if y else z", "another row for 'if'"),
        ('x == "a"', "'==' cannot stand"),
        ('x in ["a"]', "comma is missing"),
        ("#", "'#' cannot stand"),
        ("x" * 2_001, "longer than 2000"),
        ("1," * 500 + "1", "more than 250"),
        ("(" * 30 + "x" + ")" * 30, "nested too deeply"),
    ],
    ids=lambda text: text[:40],
)
def test_a_cell_that_is_no_form_is_refused_in_words(cell: str, reason: str) -> None:
    with pytest.raises(ExpressionRefused, match=reason) as refused:
        Cell.parse(cell)
    assert len(str(refused.value)) < 400


def test_a_cell_says_which_other_inputs_it_reads() -> None:
    assert Cell.parse("[low..high + len(goals)], date(review_on)").reads == {"low", "high", "goals", "review_on"}
    assert Cell.parse('"given", 5, true, unknown, date("2026-11-16")').reads == frozenset()
