"""What costs a service little, because it does it once, and the tests much: compiled statements and pages, hashes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from webapp import Roundtable
from workflows.actions import sign_in
from workflows.storage import database

IN_EARNEST = sign_in._HASHER


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Let all engines of a kind share what SQLAlchemy has compiled.

    An engine of its own for each test would compile every statement anew: half of the time of most tests.
    """
    kept: dict[str, Engine] = {}
    create = database.create_engine

    def create_sharing(url: Any, **given: Any) -> Engine:
        engine = create(url, **given)
        first = kept.get(engine.dialect.name) or _connected(create(url, **given))
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


@pytest.fixture(scope="session", autouse=True)
def passwords_hashed_quickly() -> Iterator[None]:
    """Hash with argon2 as always, at the lowest cost."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sign_in, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


def _connected(engine: Engine) -> Engine | None:
    """Connect once, whereby a dialect learns what its database can do; None where there is no database."""
    try:
        engine.connect().close()
    except DBAPIError:
        return None
    engine.dispose()
    return engine
