"""The demonstration's office for the tests that need all of it: loaded once a run, then copied for each test."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.walked_case import Town
from tests.databases import SHARED, TEMPLATE, _only_one
from tests.postgres_server import PostgresServer
from workflows import demonstration
from workflows.assembly import Office, open_office
from workflows.clock import FixedClock
from workflows.settings import Settings

LOADED = "roundtable_loaded"
_numbers = itertools.count(1)


def _settings(folder: Path, url: str) -> Settings:
    given = {"DATA": str(folder / "data"), "DATABASE": url, "SECRET": "a secret for tests only"}
    return Settings.from_environment({f"ROUNDTABLE_{name}": value for name, value in given.items()})


def _load(folder: Path, url: str, clock: FixedClock) -> None:
    office = open_office(_settings(folder, url), clock)
    office.migrate()
    demonstration.load(office.desk())
    office.close()


@pytest.fixture
def loaded_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[str]:
    """The address of a database that holds the demonstration, and nobody's case."""
    shared = request.config.stash[SHARED]
    if database_kind == "sqlite":
        template = shared / "loaded.db"
        with _only_one(shared / "loaded.lock") as first:
            if first:
                _load(tmp_path, f"sqlite:///{template}", clock)
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'roundtable.db')}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with _only_one(shared / "loaded-postgres.lock") as first:
        if first:
            _load(tmp_path, server.create(LOADED, TEMPLATE), clock)
    worker = getattr(request.config, "workerinput", {}).get("workerid", "alone")
    name = f"town_{worker}_{next(_numbers)}"
    yield server.create(name, LOADED)
    server.drop(name)


@pytest.fixture
def town_office(loaded_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Office]:
    """The demonstration's office at the test's own time."""
    opened = open_office(_settings(tmp_path, loaded_url), clock)
    yield opened
    opened.close()


@pytest.fixture
def town(town_office: Office) -> Town:
    """The demonstration's programmes, people and diagrams."""
    return Town(town_office)
