"""What every test may ask for: a clock that stands still, both databases, mail, a web server, a browser."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workflows.assembly import Office, open_office
from workflows.clock import FixedClock
from workflows.settings import Settings

pytest_plugins = [
    "tests.browser",
    "tests.cheaper",
    "tests.databases",
    "tests.beginnings",
    "tests.loaded_town",
    "tests.mailbox",
    "tests.network",
    "tests.notify",
    "tests.order",
    "tests.receiver",
    "tests.web_server",
]

# A Monday without a bank holiday near it, in winter time: 9 o'clock is 09:00 UTC.
MONDAY_MORNING = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def log_as_it_was() -> Iterator[None]:
    """A command that a test runs sets how much is logged, for the whole process; the next test hears all again."""
    ours = logging.getLogger("roundtable")
    before = ours.level
    yield
    ours.setLevel(before)


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at 09:00 on Monday 16 November 2026 until the test moves it."""
    return FixedClock(MONDAY_MORNING)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of an installation that keeps everything in the test's own folder."""
    given = {"DATA": str(tmp_path / "data"), "DATABASE": database_url, "SECRET": "a secret for tests only"}
    return Settings.from_environment({f"ROUNDTABLE_{name}": value for name, value in given.items()})


@pytest.fixture
def office(settings: Settings, clock: FixedClock) -> Iterator[Office]:
    """A running installation on a fresh database, at the test's own time."""
    opened = open_office(settings, clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def base_url() -> str:
    """Each journey starts its own server. (Playwright's own fixture of this name warns under this pytest.)"""
    return ""
