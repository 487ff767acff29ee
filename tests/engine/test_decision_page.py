"""docs/decision-tables.md is true: every cell, table, answer and complaint on the page is tried as it stands there."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.engine.dmn import Row, dmn, table
from workflows.engine import DecisionTable, EngineRefused, TableRefused
from workflows.engine.cell_syntax import EXAMPLE_INPUTS, SYNTAX
from workflows.engine.cells import EXPLAINED
from workflows.engine.hits import AGGREGATIONS, HIT_POLICIES
from workflows.engine.reckoning import FUNCTIONS

PAGE = Path(__file__).parents[2] / "docs" / "decision-tables.md"
Table = list[dict[str, str]]


def _page() -> dict[str, Table]:
    """The tables of the page, by the heading they stand under."""
    found: dict[str, Table] = {}
    heading, columns = "", []
    for before, line in pairwise(["", *PAGE.read_text(encoding="utf-8").splitlines()]):
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("|") and not before.startswith("|"):
            columns = _split(line)
            heading = heading if heading not in found else f"{heading} 2"
            found[heading] = []
        elif line.startswith("|") and not line.startswith("|---"):
            found[heading].append(dict(zip(columns, _split(line), strict=True)))
    return found


def _split(line: str) -> list[str]:
    return [part.strip().replace("\\|", "|") for part in re.split(r"(?<!\\)\|", line.strip("| "))]


def _code(text: str) -> str:
    assert text.startswith("`")
    assert text.endswith("`")
    return text[1:-1]


def _written(value: object) -> str:
    return "not known" if value is None else f"`{json.dumps(value, ensure_ascii=False)}`"


def _listed(values: tuple[object, ...]) -> str:
    return ", ".join(map(_written, values)) or "nothing"


def test_the_page_shows_every_form_of_a_cell_with_what_it_takes_and_leaves() -> None:
    shown = [tuple(row.values()) for row in _page()["How a cell is written"]]
    assert shown == [(f"`{form.cell}`", form.means, _listed(form.takes), _listed(form.leaves)) for form in SYNTAX]


@pytest.mark.parametrize("row", _page()["How a cell is written"], ids=lambda row: row["Write"])
def test_a_cell_on_the_page_takes_and_leaves_what_the_page_says(row: dict[str, str]) -> None:
    rows: list[Row] = [([_code(row["Write"])], ["true"]), (["-"], ["false"])]
    asked = table(["value"], ["takes"], rows, "FIRST")
    for column, takes in (("Takes", True), ("Leaves", False)):
        for told in re.findall(r"`[^`]+`|not known", row[column]):
            value = None if told == "not known" else json.loads(_code(told))
            assert asked.decide({**EXAMPLE_INPUTS, "value": value}).outputs == {"takes": takes}, told


def test_the_page_says_what_the_examples_suppose() -> None:
    for name, value in EXAMPLE_INPUTS.items():
        assert f"`{name}` is {_written(value)}" in PAGE.read_text(encoding="utf-8")


def _example(policy: str) -> str:
    """The example of the page with this policy, as DMN knows it: with one output where numbers are put together."""
    rules = _page()["Which rule decides"]
    *inputs, review, minutes = list(rules[0])[1:]
    outputs = [minutes] if policy.startswith("COLLECT ") else [review]
    values = ': "pharmacist", "nurse"' if policy in ("PRIORITY", "OUTPUT ORDER") else ""
    rows: list[Row] = [([_code(row[name]) for name in inputs], [_code(row[name]) for name in outputs]) for row in rules]
    word, _, aggregation = policy.partition(" ") if policy.startswith("COLLECT") else (policy, "", "")
    more = f"aggregation='{aggregation}'" if aggregation else ""
    return dmn(inputs, [outputs[0] + values], rows, word, more).decode()


def _answer(policy: str, situation: str) -> str:
    facts = {name: json.loads(value) for name, value in re.findall(r"`(\w+)` ([^,]+)", situation)}
    try:
        decided = DecisionTable.parse(_example(policy).encode()).decide(facts)
    except EngineRefused as refused:
        return f"refused: {str(refused).partition(': ')[2].partition(' (')[0].partition('.')[0]}"
    (value,) = decided.outputs.values()
    return "nothing" if value is None else f"`{json.dumps(value)}`"


@pytest.mark.parametrize("row", _page()["Which rule decides 2"], ids=lambda row: row["Policy"])
def test_a_policy_answers_what_the_page_says(row: dict[str, str]) -> None:
    situations = list(row)[1:]
    assert [row[situation] for situation in situations] == [_answer(row["Policy"], one) for one in situations]


def test_the_page_shows_every_policy() -> None:
    shown = {row["Policy"] for row in _page()["Which rule decides 2"]}
    assert shown == {*HIT_POLICIES, *(f"COLLECT {aggregation}" for aggregation in AGGREGATIONS)}


@pytest.mark.parametrize("row", _page()["Headings and answers that are worked out"], ids=lambda row: row["Write"])
def test_an_expression_on_the_page_gives_what_the_page_says(row: dict[str, str]) -> None:
    facts = {"age": 71, "goals": ["walk", "sleep"], "carer": {"strain": "yes"}, "risk": "high"}
    worked_out = table([_code(row["Write"])], ["y"], [(["-"], [_code(row["Write"])])], "FIRST").decide(facts)
    assert [_written(worked_out.outputs["y"]), *map(_written, worked_out.inputs.values())] == [row["Gives"]] * 2


def test_the_page_names_every_function() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in FUNCTIONS if f"`{name}" not in text] == []


@pytest.mark.parametrize("row", _page()["What the check says"], ids=lambda row: row["Written"])
def test_what_the_check_says_stands_on_the_page(row: dict[str, str]) -> None:
    with pytest.raises(TableRefused) as refused:
        table(["falls"], ["review"], [(["-"], ['"a"']), ([_code(row["Written"])], ['"b"'])], "FIRST")
    assert str(refused.value).startswith("The table “Test” (t): Rule 2, column “falls”: ")
    assert row["What it says"] in str(refused.value)


def test_a_complaint_about_a_cell_leads_to_the_page() -> None:
    assert "docs/decision-tables.md" in EXPLAINED
    assert len(PAGE.read_text(encoding="utf-8").splitlines()) < 120, "one page"
