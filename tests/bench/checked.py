"""What a check takes: of the shipped lifecycle, of drawn models of many elements, of tables of many rules."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from tests.bench.figures import median, report
from tests.engine.dmn import dmn
from tests.engine.drawings import chain, choice, diagram, end, flow, lanes, start, together, user
from workflows.check import shipped
from workflows.check.asking import Limits, check
from workflows.check.here import as_shipped
from workflows.check.question import Question
from workflows.check.tables import prove
from workflows.engine.comparing import compare_diagrams
from workflows.engine.comparing_tables import compare_tables
from workflows.engine.decisions import DecisionTable

PATIENT = Limits(computing=60, waiting=120)  # on a machine with other work, too, there is a figure
IN_A_BLOCK = 8  # elements: a choice or a fork, two steps of two, a join


def check_everything(samples: int, elements: tuple[int, ...]) -> None:
    """Check the shipped lifecycle as a whole, one shipped diagram, and models of so many elements."""
    known, diagrams = as_shipped(), shipped.shipped_diagrams()
    whole = {f"{number}.bpmn": xml for number, xml in enumerate(diagrams)}
    _checked(Question(whole, known=known), max(2, samples // 10), model="lifecycle", files=len(whole))
    largest = max(diagrams, key=len)
    _checked(Question({"one.bpmn": largest}, diagrams, known, give_way=True), samples, model="largest_shipped")
    for many in elements:
        _checked(Question({"model.bpmn": drawn(many)}), max(2, samples // 2), model="generated", elements=many)


def _checked(asked: Question, samples: int, **more: Any) -> None:
    def work() -> None:
        assert all(answer.runnable for answer in check(asked, PATIENT))

    _measured("check", work, samples, **more)


def prove_tables(samples: int, rules: tuple[int, ...]) -> None:
    """Prove tables of so many rules over four columns."""
    for many in rules:
        table = DecisionTable.parse(written(many))
        _measured("dmn_proof", lambda table=table: prove(table), samples, rules=many)  # type: ignore[misc]


def compare(samples: int, elements: tuple[int, ...], rules: tuple[int, ...]) -> None:
    """Compare two versions of models of so many elements, and of tables of so many rules, with one change."""
    for many in elements:
        was, now = drawn(many), drawn(many).replace(b"kind == 'other'", b"kind == 'another'", 1)
        _measured("compare", lambda was=was, now=now: compare_diagrams(was, now), samples, elements=many)  # type: ignore[misc]
    for many in rules:
        was, now = written(many), written(many).replace(b"[0..1)", b"[0..1]", 1)
        _measured("compare", lambda was=was, now=now: compare_tables(was, now), samples, rules=many)  # type: ignore[misc]


def _measured(name: str, work: Callable[[], object], samples: int, **more: Any) -> None:
    walls, spent = [], []
    for _ in range(samples):
        begun, before = time.perf_counter(), os.times()
        work()
        after = os.times()
        walls.append((time.perf_counter() - begun) * 1000)
        spent.append(sum(after[:4]) - sum(before[:4]))
    report(name, "none", walls, cpu_ms=median(spent) * 1000, **more)


def drawn(elements: int) -> bytes:
    """A sound model of about so many elements: choices and forks, one after another, each with four steps."""
    blocks = range(max(1, elements // IN_A_BLOCK))
    parts: list[str] = []
    for n in blocks:
        gate = together if n % 2 else (lambda key, n=n: choice(key, default=f"c{n}" if key[0] == "g" else ""))
        condition = "" if n % 2 else "kind == 'other'"
        parts += [gate(f"g{n}"), gate(f"j{n}"), *(user(f"{side}{n}") for side in "abxy")]
        parts += [flow(f"g{n}", f"a{n}", key=f"c{n}"), flow(f"g{n}", f"x{n}", condition)]
        parts += [chain(f"a{n}", f"b{n}", f"j{n}"), chain(f"x{n}", f"y{n}", f"j{n}")]
    between = [flow(f"j{n}", f"g{n + 1}") for n in blocks[:-1]]
    steps = tuple(f"{side}{n}" for n in blocks for side in "abxy")
    ends = (flow("s", "g0"), flow(f"j{blocks[-1]}", "e"))
    return diagram(lanes(gp_lead=steps), start(), *parts, *between, end(), *ends)


def written(rules: int) -> bytes:
    """A table of so many rules, of which no two apply at once and one always does: ages by priority and two answers."""
    rows = []
    for number in range(rules - 1):
        low = f"[{number}..{number + 1})"
        rows.append(([low, '"urgent"', "-", "-"], [str(number)]))
    return dmn(["age", "priority", "alone", "carer"], ["points"], [*rows, (["-", "-", "-", "-"], ["0"])], "FIRST")
