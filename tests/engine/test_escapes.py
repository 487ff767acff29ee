"""Every way out of an evaluator that is written down somewhere leads nowhere here."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from typing import Any

import pytest

from tests.engine.dmn import table
from tests.engine.drawings import Office, chain, choice, diagram, end, flow, spec_of, start, user
from tests.engine.effort import MOST_SECONDS, seconds_of
from tests.engine.escapes import ESCAPES, EVERY, HARMLESS
from workflows.engine import EngineRefused, ExpressionRefused, Run
from workflows.engine.cells import Cell
from workflows.engine.expressions import evaluate
from workflows.engine.lint import find_faults

DATA = {
    "risk": "high",
    "age": 71,
    "goals": ["walk", "sleep"],
    "person": {"home": {"alone": True}},
    "long": "x" * 9_000,
    "many": list(range(900)),
}


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> Any:
    """No command, program or further Python code is reached."""
    reached: list[str] = []
    for owner, name in ((os, "system"), (os, "popen"), (os, "execl"), (subprocess, "Popen")):
        monkeypatch.setattr(owner, name, lambda *given, name=name, **more: reached.append(name))
    yield
    assert reached == []


def test_the_list_is_long() -> None:
    assert len(set(EVERY)) > 390


@pytest.mark.parametrize("escape", ESCAPES, ids=ascii)
def test_no_way_out_is_an_expression(escape: str) -> None:
    def attempt() -> None:
        with pytest.raises(ExpressionRefused) as refused:
            evaluate(escape, DATA, {"due": lambda key: "2026-11-16T09:00:00+00:00"})
        assert str(refused.value).isprintable()

    assert seconds_of(attempt) < MOST_SECONDS


@pytest.mark.parametrize("name", HARMLESS)
def test_a_name_nobody_has_set_is_only_a_name(name: str) -> None:
    assert evaluate(name, DATA) is None


def test_in_a_cell_it_is_refused_or_asks_for_a_plain_value() -> None:
    for escape in EVERY:
        with suppress(ExpressionRefused):
            assert Cell.parse(escape).applies("high", DATA) in (True, False)


PRINTABLE = [escape for escape in EVERY if all(letter.isprintable() or letter == "\n" for letter in escape)]


def test_nowhere_in_a_table_does_it_run_or_raise_anything_but_a_refusal() -> None:
    for escape in PRINTABLE:
        for inputs, outputs, rows in (
            ([escape], ["y"], [(["-"], ["1"])]),
            (["age"], ["y"], [([escape], ["1"])]),
            (["age"], ["y"], [(["-"], [escape])]),
            (["age"], [f"y: {escape}"], [(["-"], ["1"])]),
        ):
            with suppress(EngineRefused):
                table(inputs, outputs, rows, "FIRST").decide(DATA)


def test_as_a_condition_of_a_diagram_it_does_not_pass_the_check() -> None:
    for escape in (line for line in ESCAPES if line in PRINTABLE):
        with_fault = diagram(
            start(), choice("g", "no"), user("a"), user("b"), end(), chain("s", "g"), flow("g", "a", escape),
            flow("g", "b", key="no"), chain("a", "e"), chain("b", "e"),
        )  # fmt: skip
        if any(finding.rule == "data.expression" for finding in find_faults(with_fault)):
            continue
        with pytest.raises(ExpressionRefused):  # what only shows when it is worked out: 1 / 0
            Run.start(spec_of(with_fault), Office().asked, DATA)
