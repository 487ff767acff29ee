"""Both databases for the tests: a fresh, migrated one for each test, copied from a template made once a run.

A test that asks for `database_url` (or for anything made from it: `database`, `office`) runs twice, on SQLite and on
PostgreSQL. Pages, the API and journeys hold no SQL of their own, the verbs and questions behind them are tested on
both: they run on SQLite only, but for those that are marked `both_databases`. So do the duties, which walk far and ask
the database little that a verb does not ask: those that are marked say, with the verbs and questions, every statement
of the others. `--database sqlite` keeps to one while working; `--database postgres` runs everything but the journeys
there.
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
# Rooms without SQL of their own (the house's contracts in pyproject.toml see to that), and what walks far.
ON_SQLITE_ONLY = (
    "tests/webapp/",
    "tests/api/",
    "tests/journeys/",
    "tests/duties/",
    "tests/actions/test_moving_cases.py",
)
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
    marks = {"sqlite": (), "postgres": (pytest.mark.postgres,)}
    kinds = [pytest.param(kind, marks=marks[kind]) for kind in _kinds(metafunc)]
    metafunc.parametrize("database_kind", kinds, scope="session")


def _kinds(metafunc: pytest.Metafunc) -> tuple[str, ...]:
    """Say on which databases a test runs."""
    test, chosen = metafunc.definition, str(metafunc.config.getoption("--database"))
    if test.get_closest_marker("journey") or test.get_closest_marker("sqlite_only"):
        return ("sqlite",)
    if test.get_closest_marker("postgres_only"):
        return ("postgres",) if chosen != "sqlite" else ()
    if chosen != "both":
        return (chosen,)
    one_is_enough = test.nodeid.startswith(ON_SQLITE_ONLY) and not test.get_closest_marker("both_databases")
    return ("sqlite",) if one_is_enough else BOTH


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> PostgresServer:
    """The run's PostgreSQL with a migrated template; whoever needs it first starts it."""
    shared = request.config.stash[SHARED]
    server = PostgresServer(shared / "postgres")
    with only_one(shared / "postgres.lock") as first:
        if first:
            server.start()
            _migrate(server.create(TEMPLATE))
    return server


@pytest.fixture(scope="session")
def sqlite_template(request: pytest.FixtureRequest) -> Path:
    """A migrated SQLite file to copy."""
    shared = request.config.stash[SHARED]
    with only_one(shared / "sqlite.lock") as first:
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
def only_one(lock: Path) -> Iterator[bool]:
    """Hold a lock between processes; say True to the first who completes what it guards."""
    with lock.open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.seek(0)
        first = not held.read()
        yield first
        if first:
            held.write("done")
            held.flush()
