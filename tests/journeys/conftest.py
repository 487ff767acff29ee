"""A street of cases on a web server, and people at their browsers, who sign in with one click."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import follow
from tests.conftest import MONDAY_MORNING
from tests.journeys.street import Street, a_street
from tests.web_server import WebServer
from webapp import create_app
from workflows.clock import FixedClock


@dataclass
class Screens:
    """Opens pages as somebody, one browser context each; nobody (an empty name) has not signed in."""

    browser: Browser
    url: str
    given: dict[str, Any]
    contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def page(self, who: str = "", **given: Any) -> Page:
        """Return a new page of this person's browser."""
        if who not in self.contexts:
            self.contexts[who] = self.browser.new_context(**{**self.given, "base_url": self.url, **given})
            if who:
                page = self.contexts[who].new_page()
                sign_in(page, who)
                page.close()
        return self.contexts[who].new_page()

    def close(self) -> None:
        """Close every browser context."""
        for context in self.contexts.values():
            context.close()


def sign_in(page: Page, who: str) -> None:
    """Become one of the demonstration's people: one click on the sign-in page."""
    page.goto("/sign-in")
    for heap in page.locator("main details").all():
        heap.evaluate("one => { one.open = true; }")
    follow(page.get_by_role("button", name=re.compile(re.escape(who))).first)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.fixture(scope="session")
def street(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """The street of cases, for journeys that look and change nothing that others look at."""
    folder = tmp_path_factory.mktemp("street")
    shutil.copy(sqlite_template, folder / "roundtable.db")
    with a_street(folder, f"sqlite:///{folder / 'roundtable.db'}", FixedClock(MONDAY_MORNING)) as opened:
        yield opened


@pytest.fixture(scope="session")
def screens(street: Street, browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Screens]:
    """The street on a web server, seen through browsers."""
    server = WebServer(create_app(street.office))
    shown = Screens(browser, server.url, browser_context_args)
    yield shown
    shown.close()
    server.stop()
