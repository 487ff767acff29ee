"""Whatever people, systems, the clock and the machine do in whatever order, office and model say the same."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.crash.__main__ import postgres, sqlite
from tests.engine.pace import PROVING, pace
from tests.model.known import PEOPLE
from tests.model.machine import OfficeAndModel
from tests.model.stage import Stage

# The other database is for `make prove`: what differs between them is proved by the other tests.
KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)] if PROVING else ["sqlite"]


@pytest.fixture(params=KINDS, scope="module")
def machine(request: pytest.FixtureRequest) -> Iterator[type[OfficeAndModel]]:
    """The machine that chance drives, on one kind of database."""
    with tempfile.TemporaryDirectory() as made:
        on_postgres = request.param == "postgres"
        kind = postgres(request.getfixturevalue("postgres_server")) if on_postgres else sqlite(Path(made) / "sqlite")
        stage = Stage(kind, Path(made), tuple(PEOPLE))
        yield type("OfficeAndModel", (OfficeAndModel,), {"stage": stage})


def test_the_office_does_what_the_model_says(machine: type[OfficeAndModel]) -> None:
    run_state_machine_as_test(machine, settings=settings(pace(5, 120), stateful_step_count=40 if PROVING else 25))
