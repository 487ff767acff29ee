"""The scene on which two act at once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.at_once.stage import Stage
from tests.crash.__main__ import postgres, sqlite
from workflows.assembly import Office


@pytest.fixture(scope="module")
def stage(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The scene on this kind of database."""
    with tempfile.TemporaryDirectory() as made:
        if database_kind == "postgres":
            kind = postgres(request.getfixturevalue("postgres_server"))
        else:
            kind = sqlite(Path(made) / "sqlite")
        yield Stage(kind, Path(made))


@pytest.fixture
def offices(stage: Stage) -> Iterator[tuple[Office, Office]]:
    """Two installations on a copy of the scene."""
    found = stage.two_offices()
    yield found
    for office in found:
        office.close()
