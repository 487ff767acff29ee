"""The demonstration's office for the tests that need all of it: loaded once a run, then copied for each test."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.builders.walked_case import Town
from tests.databases import SHARED, TEMPLATE, _only_one
from tests.postgres_server import PostgresServer
from workflows import demonstration
from workflows.assembly import Office, open_office
from workflows.clock import FixedClock
from workflows.settings import Settings

# What makes a database: given a folder, its address and the test's clock.
Make = Callable[[Path, str, FixedClock], None]
DELIVERING = "ACM-000001"  # the case of the fixture `delivering`
_numbers = itertools.count(1)


def _settings(folder: Path, url: str) -> Settings:
    given = {"DATA": str(folder / "data"), "DATABASE": url, "SECRET": "a secret for tests only"}
    return Settings.from_environment({f"ROUNDTABLE_{name}": value for name, value in given.items()})


def _load(folder: Path, url: str, clock: FixedClock) -> None:
    office = open_office(_settings(folder, url), clock)
    office.migrate()
    demonstration.load(office.desk())
    office.close()


def _load_and_walk(folder: Path, url: str, clock: FixedClock) -> None:
    _load(folder, url, clock)
    office = open_office(_settings(folder, url), clock)
    town = Town(office)
    town.refer()
    while town.case(DELIVERING).stage != "active":
        town.do(DELIVERING, town.open_tasks(DELIVERING)[0].key)
    office.close()


@contextmanager
def _copied(
    name: str, make: Make, database_kind: str, request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock
) -> Iterator[str]:
    """The address of a copy of a database that is made once a run, by whoever needs it first."""
    shared = request.config.stash[SHARED]
    if database_kind == "sqlite":
        template = shared / f"{name}.db"
        with _only_one(shared / f"{name}.lock") as first:
            if first:
                make(tmp_path, f"sqlite:///{template}", clock)
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'roundtable.db')}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with _only_one(shared / f"{name}-postgres.lock") as first:
        if first:
            make(tmp_path, server.create(f"roundtable_{name}", TEMPLATE), clock)
    worker = getattr(request.config, "workerinput", {}).get("workerid", "alone")
    copy = f"town_{worker}_{next(_numbers)}"
    yield server.create(copy, f"roundtable_{name}")
    server.drop(copy)


@pytest.fixture
def loaded_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[str]:
    """The address of a database that holds the demonstration, and nobody's case."""
    with _copied("loaded", _load, database_kind, request, tmp_path, clock) as url:
        yield url


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


@pytest.fixture
def delivering(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Town]:
    """The same with one quiet case, `DELIVERING`, whose plan has just been agreed."""
    with _copied("delivering", _load_and_walk, database_kind, request, tmp_path, clock) as url:
        office = open_office(_settings(tmp_path, url), clock)
        yield Town(office)
        office.close()
