"""The main act at a letter is to print it: one press, where scripts run."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.assets.site import Site
from tests.web_server import Serve

pytestmark = pytest.mark.journey


def test_a_press_prints_the_page(page: Page, serve: Serve) -> None:
    page.add_init_script("window.print = () => { document.title = 'printed'; }")
    page.goto(serve(Site("<button type='button' data-print hidden>Print this letter</button>")))
    page.get_by_role("button", name="Print this letter").click()
    expect(page).to_have_title("printed")
