"""The benchmark can be run: every figure is told whole, and a completion asks the database little."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.bench import measures
from tests.bench.measures import MEASURES, QUICK, Size, complete_in_a_loop
from tests.bench.rig import Store, store

MOST_STATEMENTS = 12  # of one completion over the API, from the bearer of the token to the end of the audit chain
MOST_OF_A_TIMER = 11  # statements of one that is due: of the case and its process, what stands there, what is written
FIELDS = {"name", "database", "n", "p50_ms", "p95_ms", "cpu_ms", "hardware"}
NAMES = {
    "engine_completion", "complete_task", "start_case", "concurrent_complete", "cold_start_s", "memory_mb",
    "wake_timer", "sweep", "sweep_ladder", "inbox_mine", "inbox_pool", "inbox_counts", "search", "simulate",
    "impact", "check", "compare", "dmn_proof",
}  # fmt: skip
ASKED_FOR = {"inbox_mine", "inbox_pool", "inbox_counts", "search"}  # of which the questions are timed by themselves
SHORTEST = Size(
    2,
    (2,),
    tasks=100,
    open_tasks=10,
    waiting=0,
    due=3,
    clients=2,
    concurrent=3,
    growth=3,
    starts=1,
    climbing=20,
    on_a_rung=3,
    tried=100,
    open_cases=4,
    elements=(20,),
    rules=(5,),
)


@pytest.fixture(scope="module")
def offices() -> Iterator[Store]:
    with store("sqlite") as made:
        yield made


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_completion_over_the_api_asks_the_database_little_however_many_came_before(
    offices: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    with offices.rig("counted") as rig:
        complete_in_a_loop(rig, QUICK)
    young, old = told(capsys)
    assert (young["after"], old["after"]) == (10, 50)
    assert young["statements"] == old["statements"] <= MOST_STATEMENTS
    assert young["commits"] == old["commits"] == 1
    assert old["state_bytes"] <= 16 * 1024


def test_every_figure_is_told_with_every_field(
    offices: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures, "worker_memory", lambda _: 1.0)  # which takes a worker's first rounds to measure
    with offices.rig("whole", kept=True) as rig:
        for measure in MEASURES.values():
            measure(rig, SHORTEST)
    lines = told(capsys)
    assert {line["name"] for line in lines} == NAMES
    for line in lines:
        assert set(line) >= FIELDS, line
        assert 0 < line["p50_ms"] <= line["p95_ms"], line
        assert line["cpu_ms"] >= 0
        assert ("query_p95_ms" in line) == (line["name"] in ASKED_FOR), line
    taken = {line["name"]: line["n"] for line in lines}
    assert taken["wake_timer"] == taken["sweep"] == SHORTEST.due  # each timer is measured by itself
    (woken,) = (line for line in lines if line["name"] == "wake_timer")
    assert woken["statements"] <= MOST_OF_A_TIMER
    assert taken["cold_start_s"] == SHORTEST.starts
    assert taken["concurrent_complete"] == SHORTEST.clients * SHORTEST.concurrent
