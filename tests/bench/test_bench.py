"""The benchmark can be run: its office stands, completions are counted, and each asks the database little."""

from __future__ import annotations

import json

import pytest

from tests.bench.measures import QUICK, complete_in_a_loop
from tests.bench.rig import store

MOST_STATEMENTS = 12  # of one completion over the API, from the bearer of the token to the end of the audit chain


def test_a_completion_over_the_api_asks_the_database_little_however_many_came_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with store("sqlite") as offices, offices.rig("counted") as rig:
        complete_in_a_loop(rig, QUICK)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    young, old = told
    assert (young["after"], old["after"]) == (10, 50)
    assert young["statements"] == old["statements"] <= MOST_STATEMENTS
    assert young["commits"] == old["commits"] == 1
    assert old["state_bytes"] <= 16 * 1024
