"""What costs a service little, because it does it once, and the tests much.

Statements and pages are compiled once a process, diagrams and tables read once, passwords hashed quickly, no disk is
waited for, and what stays is not searched for what can be thrown away.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from functools import lru_cache
from threading import RLock
from types import SimpleNamespace
from typing import Any

import pytest
from argon2 import PasswordHasher
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from webapp import Roundtable
from workflows import assembly, desk
from workflows.actions import sign_in
from workflows.engine import parsing
from workflows.storage import database

IN_EARNEST = sign_in._HASHER
ON_THE_DISK = database.WRITTEN_THROUGH
STATEMENTS = 5000
MADE_BETWEEN = 20_000  # objects, before Python looks for rubbish again
_ONE_AT_A_TIME = RLock()


def pytest_collection_finish() -> None:
    """Leave all modules and tests, which stay to the end, out of the search for rubbish: a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(MADE_BETWEEN, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Let all engines of a kind share what SQLAlchemy has compiled.

    An engine of its own for each test would compile every statement anew: half of the time of most tests.
    All tests together ask more statements than one service, which the usual size of what is kept is for.
    """
    kept: dict[str, Engine] = {}
    create = database.create_engine

    def create_sharing(url: Any, **given: Any) -> Engine:
        engine = create(url, **given)
        first = kept.get(engine.dialect.name) or _connected(create(url, query_cache_size=STATEMENTS, **given))
        if first:
            kept[engine.dialect.name] = first
            engine.dialect = engine.pool._dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(database, "create_engine", create_sharing)
        yield


@pytest.fixture(scope="session", autouse=True)
def pages_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let all applications of a run share what Jinja has compiled."""
    compiled = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(Roundtable.jinja_options, "bytecode_cache", compiled)
        yield


class SharingLibrary(parsing.Library):
    """Reads what other offices of the process have not read yet; nothing in a release changes once it is read."""

    def _read(self, release: str, process: str) -> parsing.Spec:
        with _ONE_AT_A_TIME:
            if release not in self._releases:
                self._releases[release] = _read_once(tuple(self._load(release)))
            return super()._read(release, process)


@pytest.fixture(scope="session", autouse=True)
def diagrams_read_once() -> Iterator[None]:
    """Let all offices share the diagrams that are the same; tests of the library itself read them anew."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(assembly, "Library", SharingLibrary)
        yield


@pytest.fixture(scope="session", autouse=True)
def tables_read_once() -> Iterator[None]:
    """Let all offices share the decision tables that are the same, for the same reason."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(desk, "DecisionTable", SimpleNamespace(parse=lru_cache(maxsize=64)(desk.DecisionTable.parse)))
        yield


@pytest.fixture(scope="session", autouse=True)
def passwords_hashed_quickly() -> Iterator[None]:
    """Hash with argon2 as always, at the lowest cost."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sign_in, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_written_through() -> Iterator[None]:
    """Wait for no disk: nobody misses what a test wrote after a power cut."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(database, "WRITTEN_THROUGH", "OFF")
        yield


@lru_cache(maxsize=16)
def _read_once(files: tuple[bytes, ...]) -> tuple[Any, dict[str, parsing.Document]]:
    return parsing._read_release(files)


def _connected(engine: Engine) -> Engine | None:
    """Connect once, whereby a dialect learns what its database can do; None where there is no database."""
    try:
        engine.connect().close()
    except DBAPIError:
        return None
    engine.dispose()
    return engine
