"""What many tests begin with: done once a run, kept, and copied for whoever begins the same way."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from tests.databases import SHARED, only_one
from tests.postgres_server import PostgresServer
from workflows.assembly import Office

Step = Callable[..., Any]


@dataclass
class Beginnings:
    """Keeps what steps have made of a test's database, for the other tests of the run.

    folder: shared by all processes of the run. server: the PostgreSQL, where the test runs on it. after: the steps
    that were done so far; a step is kept for each way that leads to it.
    """

    folder: Path
    server: PostgresServer | None
    after: str = ""

    def once(self, office: Office, step: Step, *told: str) -> Any:
        """Do a step, or bring the database to where it led the first time; returns what the step said, as plain JSON.

        told: what the step is told, which makes another step of it.
        It has to be the first thing that a test does. It leaves the clock where it stands, and no files behind.
        """
        assert "<" not in step.__qualname__, "a step is known by its name"
        self.after += f"{step.__module__}.{step.__qualname__}{told} "
        assert not _written(office), f"{step.__qualname__} is not the first thing that this test does"
        began = office.clock.now().isoformat()
        kept = self.folder / f"{self._name(office)}.json"
        with only_one(kept.with_suffix(".lock")) as first:
            if first:
                kept.write_text(json.dumps([began, step(office, *told)]), encoding="utf-8")
                self._keep(office)
        before, said = json.loads(kept.read_text(encoding="utf-8"))
        assert before == began, f"{step.__qualname__} began at another time in another test"
        if not first:
            self._copy(office)
        return said

    def _keep(self, office: Office) -> None:
        office.database.close()
        if self.server:
            self.server.create(self._name(office), template=_database(office))
            return
        with closing(sqlite3.connect(_database(office))) as connection:
            connection.execute("VACUUM INTO ?", (str(self.folder / f"{self._name(office)}.db"),))

    def _copy(self, office: Office) -> None:
        office.database.close()
        if self.server:
            self.server.drop(_database(office))
            self.server.create(_database(office), template=self._name(office))
            return
        for left in ("-wal", "-shm"):
            Path(_database(office) + left).unlink(missing_ok=True)
        shutil.copy(self.folder / f"{self._name(office)}.db", _database(office))

    def _name(self, office: Office) -> str:
        # The names of all steps would be too long for a file or a database.
        return f"kept_{office.database.dialect}_{sha256(self.after.encode()).hexdigest()[:16]}"


@pytest.fixture
def beginnings(database_kind: str, request: pytest.FixtureRequest) -> Beginnings:
    """What the tests of this run begin with: `beginnings.once(office, a_step)`."""
    on_postgres = database_kind == "postgres"
    return Beginnings(request.config.stash[SHARED], request.getfixturevalue("postgres_server") if on_postgres else None)


def _written(office: Office) -> bool:
    """Whether anything was written since the database was copied. (On PostgreSQL nobody knows; tests run on both.)"""
    log = Path(_database(office) + "-wal")
    return log.exists() and log.stat().st_size > 0


def _database(office: Office) -> str:
    """The file, or the name on the server."""
    found = make_url(office.database.url).database
    assert found
    return found
