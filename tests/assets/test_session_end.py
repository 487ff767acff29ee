"""Nobody is signed out without a warning, and one press is enough to stay."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.assets.site import Site
from tests.browser import Axe
from tests.web_server import Serve

pytestmark = pytest.mark.journey

PAGE = '<meta name="session-minutes" content="60"><p>A long assessment</p>'
MINUTE = 60_000


def opened(page: Page, serve: Serve) -> None:
    page.clock.install()
    page.goto(serve(Site(PAGE)))


def test_five_minutes_before_the_end_there_is_a_warning(page: Page, serve: Serve, axe: Axe) -> None:
    opened(page, serve)
    page.clock.run_for(54 * MINUTE)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.clock.run_for(2 * MINUTE)
    expect(page.get_by_role("alert")).to_contain_text("What you typed is kept as a draft")
    assert axe(page) == []


def test_one_press_begins_the_time_anew(page: Page, serve: Serve) -> None:
    opened(page, serve)
    page.clock.run_for(56 * MINUTE)
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.clock.run_for(54 * MINUTE)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.clock.run_for(2 * MINUTE)
    expect(page.get_by_role("alert")).to_have_count(1)
