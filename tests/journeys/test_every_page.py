"""Every page there is, on a desk and on a phone: it opens, reads aloud, fits, and nothing breaks."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import ConsoleMessage, Page

from tests.browser import Axe
from tests.journeys.conftest import Screens
from tests.journeys.street import Street
from tests.journeys.tour import FILES, PAGES, Stop, addresses, places
from webapp import create_app

pytestmark = pytest.mark.journey
PHONE = {"width": 390, "height": 844}
# Words joined by underscores, ids, and Python's word for nothing where a number or a date should be.
CODES = r"() => document.body.innerText.match(/\b[a-z]+(_[a-z0-9]+)+\b|\b[0-9a-f]{8}-[0-9a-f]{4}\b|: None\b/g) || []"


@pytest.fixture(scope="session")
def known(street: Street) -> dict[str, str]:
    """What stands in the addresses of the pages: numbers and ids of the street."""
    return places(street)


@pytest.mark.parametrize("stop", PAGES, ids=lambda stop: stop.path)
def test_the_page_is_whole(stop: Stop, screens: Screens, known: dict[str, str], axe: Axe) -> None:
    page = screens.page(stop.who)
    try:
        complaints = overheard(page)
        answer = page.goto(stop.path.format(**known))
        assert answer is not None
        assert answer.status == stop.status
        faults = [*axe(page), *shape_of(page), *skipping(page)]
        page.set_viewport_size(PHONE)
        faults += [f"on a phone: {fault}" for fault in [*axe(page), *overflow(page)]]
        assert "\n".join(faults + complaints) == ""
    finally:
        page.close()


@pytest.mark.parametrize("stop", FILES, ids=lambda stop: stop.path)
def test_the_file_is_handed_out(stop: Stop, screens: Screens, known: dict[str, str]) -> None:
    page = screens.page(stop.who)
    answer = page.request.get(stop.path.format(**known))
    assert answer.status == stop.status
    assert answer.headers["content-type"].startswith(stop.kind)
    page.close()


def test_no_page_is_forgotten_on_the_tour(street: Street, known: dict[str, str]) -> None:
    app = create_app(street.office)
    visited = {endpoint_of(app, address) for address in addresses(known)}
    there = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert sorted(there - visited) == []


def endpoint_of(app: Flask, address: str) -> str:
    """Return which route answers this address."""
    with app.test_request_context():
        endpoint, _ = app.url_map.bind("localhost").match(urlsplit(address).path, method="GET")
    return str(endpoint)


def overheard(page: Page) -> list[str]:
    """Return a list that fills with whatever the page's scripts complain of."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
    return complaints


def is_complaint(said: ConsoleMessage) -> bool:
    """Chromium notes an answer of 403 or 404 as an error; those pages are asked for on purpose."""
    return said.type in ("error", "warning") and "status of 40" not in said.text


def shape_of(page: Page) -> list[str]:
    """One heading of the first order, a title of its own, and words instead of codes."""
    faults = []
    if page.locator("h1").count() != 1:
        faults.append(f"{page.locator('h1').count()} headings of the first order")
    if page.title() in ("", "Roundtable – Roundtable"):
        faults.append("no title of its own")
    said = page.evaluate(CODES)
    return faults + [f"a code instead of words: {code}" for code in said]


def skipping(page: Page) -> list[str]:
    """The first tab stop leads past the menu."""
    page.keyboard.press("Tab")
    if page.evaluate("() => document.activeElement.textContent") != "Skip to main content":
        return ["the first tab stop is not the skip link"]
    page.keyboard.press("Enter")
    reached = page.evaluate("() => document.activeElement.id || document.activeElement.tagName")
    return [] if reached == "maincontent" else [f"the skip link leads to {reached}"]


def overflow(page: Page) -> list[str]:
    """Name what sticks out to the right; nothing on a page that fits."""
    if not page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        return []
    wide = page.evaluate(
        """() => [...document.querySelectorAll('main *, header *, footer *')]
            .filter(part => part.getBoundingClientRect().right > innerWidth + 1)
            .map(part => part.tagName.toLowerCase() + '.' + part.className).slice(0, 5)"""
    )
    return [f"has to be scrolled sideways: {', '.join(wide)}"]
