"""Both databases for the tests: a fresh, migrated one for each test, copied from a template made once a run.

A test that asks for `database_url` (or for anything made from it: `database`, `office`) runs twice, on SQLite and on
PostgreSQL; journeys in the browser run on SQLite only. `--database sqlite` keeps to one while working.
"""

from __future__ import annotations

import fcntl
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.postgres_server import PostgresServer
from workflows.storage.database import Database
from workflows.storage.schema import upgrade

BOTH = ("sqlite", "postgres")
TEMPLATE = "roundtable_template"
SHARED = pytest.StashKey[Path]()
_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=(*BOTH, "both"), default="both", help="which database to test on")


def pytest_configure(config: pytest.Config) -> None:
    """All workers of one run share one folder, and in it one server and one template."""
    given = getattr(config, "workerinput", {}).get("shared")
    # A socket's address must be short, so not the longer folder that the system may prefer.
    config.stash[SHARED] = Path(given or tempfile.mkdtemp(prefix="roundtable-tests-", dir="/tmp"))
    config.stash[SHARED].chmod(0o755)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["shared"] = str(node.config.stash[SHARED])


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and SHARED in config.stash:
        PostgresServer(config.stash[SHARED] / "postgres").stop()
        shutil.rmtree(config.stash[SHARED], ignore_errors=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("--database")
    kinds = BOTH if chosen == "both" else (chosen,)
    if metafunc.definition.get_closest_marker("journey"):
        kinds = ("sqlite",)
    marks = {"sqlite": (), "postgres": (pytest.mark.postgres,)}
    metafunc.parametrize("database_kind", [pytest.param(kind, marks=marks[kind]) for kind in kinds], scope="session")


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> PostgresServer:
    """The run's PostgreSQL with a migrated template; whoever needs it first starts it."""
    shared = request.config.stash[SHARED]
    server = PostgresServer(shared / "postgres")
    with _only_one(shared / "postgres.lock") as first:
        if first:
            server.start()
            _migrate(server.create(TEMPLATE))
    return server


@pytest.fixture(scope="session")
def sqlite_template(request: pytest.FixtureRequest) -> Path:
    """A migrated SQLite file to copy."""
    shared = request.config.stash[SHARED]
    with _only_one(shared / "sqlite.lock") as first:
        if first:
            _migrate(f"sqlite:///{shared / 'template.db'}")
    return shared / "template.db"


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database with this version's schema and nothing in it."""
    if database_kind == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'roundtable.db')}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    worker = getattr(request.config, "workerinput", {}).get("workerid", "alone")
    name = f"test_{worker}_{next(_numbers)}"
    yield server.create(name, TEMPLATE)
    server.drop(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database, opened; its connections are let go of afterwards."""
    opened = Database(database_url)
    yield opened
    opened.close()


def _migrate(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()


@contextmanager
def _only_one(lock: Path) -> Iterator[bool]:
    """Hold a lock between processes; say True to the first who completes what it guards."""
    with lock.open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.seek(0)
        first = not held.read()
        yield first
        if first:
            held.write("done")
            held.flush()
