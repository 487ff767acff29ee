"""Several workers on one PostgreSQL: one ticks, any of them may die, nothing is lost and nothing done twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.builders.soundness import faults
from tests.builders.walked_case import Town
from tests.builders.worker_processes import LONG_ENOUGH, cases_that_wait, kill, until, workers_of
from workflows.casework.diagram import JourneyStep
from workflows.clock import FixedClock
from workflows.settings import Settings

pytestmark = pytest.mark.postgres_only
CASES = 40


@pytest.fixture
def moving(settings: Settings, clock: FixedClock, tmp_path: Path) -> Settings:
    """The settings with the time in a file, so that workers see it move."""
    told = tmp_path / "clock"
    told.write_text(clock.now().isoformat())
    return replace(settings, clock_file=told)


def test_one_of_two_workers_ticks_and_the_other_takes_over_within_a_second(
    one_programme: Town, moving: Settings, clock: FixedClock
) -> None:
    cases_that_wait(one_programme, CASES)
    _let_time_pass(moving, clock)
    with workers_of(moving) as workers:
        workers.begin()
        workers.begin()
        until(lambda: _woken(one_programme) > 0, 30)
        before = workers.who_ticks()
        kill(before)
        assert until(lambda: workers.who_ticks() not in (None, before), 5) < 2  # a second, on a busy machine
        until(lambda: _woken(one_programme) == CASES, 60)
    assert _times_woken(one_programme) == [1] * CASES
    assert faults(one_programme.office) == []


def _let_time_pass(moving: Settings, clock: FixedClock) -> None:
    clock.advance(LONG_ENOUGH)
    assert moving.clock_file is not None
    moving.clock_file.write_text(clock.now().isoformat())


def _woken(town: Town) -> int:
    return len(_times_woken(town))


def _times_woken(town: Town) -> list[int]:
    passed = select(JourneyStep.run_id).where(JourneyStep.key == "a_while")
    fired = town.ask(lambda session: session.scalars(passed).all())
    return list(Counter(fired).values())
