"""What every test may ask for: a clock that stands still, both databases, mail, a web server, a browser."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from workflows.clock import FixedClock

pytest_plugins = [
    "tests.browser",
    "tests.databases",
    "tests.mailbox",
    "tests.network",
    "tests.web_server",
]

# A Monday without a bank holiday near it, in winter time: 9 o'clock is 09:00 UTC.
MONDAY_MORNING = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at 09:00 on Monday 16 November 2026 until the test moves it."""
    return FixedClock(MONDAY_MORNING)


@pytest.fixture(scope="session")
def base_url() -> str:
    """Each journey starts its own server. (Playwright's own fixture of this name warns under this pytest.)"""
    return ""
