"""An open inbox says what is new and moves nothing; it asks slowly, and only while somebody looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.assets.site import Site
from tests.browser import Axe
from tests.web_server import Serve

pytestmark = pytest.mark.journey

INBOX = """<p class="app-new" role="status" data-new-url="/new" data-new-show="/?shown"></p>
<ul data-inbox><li data-task><a data-open href="/">First contact</a></li></ul>"""
MINUTE = 61_000


@dataclass
class Counting(Site):
    """A site that is asked what is new."""

    words: str = ""
    status: str = "200 OK"

    def _answer(self, path: str, environ: dict[str, Any]) -> tuple[str, str, bytes]:
        if path == "/new":
            return self.status, "application/json", f'{{"words": "{self.words}"}}'.encode()
        return super()._answer(path, environ)


def opened(page: Page, serve: Serve) -> Counting:
    site = Counting(INBOX)
    page.clock.install()
    page.goto(serve(site))
    return site


def test_new_tasks_are_announced_and_shown_when_somebody_wants_to(page: Page, serve: Serve, axe: Axe) -> None:
    site = opened(page, serve)
    page.clock.run_for(MINUTE)
    expect(page.get_by_role("status")).to_be_empty()
    before = page.locator("[data-task]").bounding_box()
    site.words = "3 new tasks"
    page.clock.run_for(MINUTE)
    expect(page.get_by_role("status")).to_have_text("3 new tasks – show")
    assert page.locator("[data-task]").bounding_box() == before, "nothing moves"
    assert axe(page) == []
    page.get_by_role("link", name="show").click()
    page.wait_for_url("**/?shown")


def test_nothing_is_asked_while_nobody_looks_or_once_they_are_signed_out(page: Page, serve: Serve) -> None:
    site = opened(page, serve)
    page.evaluate("Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})")
    page.clock.run_for(5 * MINUTE)
    assert site.asked.count("GET /new") == 0
    page.evaluate("delete document.visibilityState")
    site.status = "401 Unauthorized"
    with page.expect_response("**/new"):
        page.clock.run_for(MINUTE)
    page.clock.run_for(5 * MINUTE)
    assert site.asked.count("GET /new") == 1
