"""A page one comes back to is the page it was: sent again, it is known again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.assets.site import Site
from tests.browser import follow
from tests.web_server import Serve

pytestmark = pytest.mark.journey

FORM = '<form><input type="hidden" name="page_mark" value="{}"></form><a href="/elsewhere">Go</a>'


def test_going_back_finds_the_mark_of_the_page_and_a_fresh_page_has_its_own(page: Page, serve: Serve) -> None:
    site = Site(FORM.format("first"))
    page.goto(serve(site))
    site.body = FORM.format("second")
    follow(page.get_by_role("link", name="Go"))
    mark = page.locator("[name=page_mark]")
    expect(mark).to_have_value("second")
    site.body = FORM.format("third")
    page.go_back()
    expect(mark).to_have_value("first")
    follow(page.get_by_role("link", name="Go"))
    expect(mark).to_have_value("third")
