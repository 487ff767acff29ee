"""Every page there is, on a desk and on a phone: it opens, reads aloud, fits, and nothing breaks."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.browser import Axe
from tests.journeys.conftest import Screens
from tests.journeys.street import Street
from tests.journeys.tour import FILES, PAGES, SEEN_ELSEWHERE, Stop, addresses, just_done, places
from tests.journeys.whole import faults_of, overheard
from webapp import create_app

pytestmark = pytest.mark.journey


@pytest.fixture(scope="session")
def known(street: Street) -> dict[str, str]:
    """What stands in the addresses of the pages: numbers and ids of the street."""
    return {**places(street), "just_done": just_done(street)}


@pytest.mark.parametrize("stop", PAGES, ids=lambda stop: stop.path)
def test_the_page_is_whole(stop: Stop, screens: Screens, known: dict[str, str], axe: Axe) -> None:
    page = screens.page(stop.who)
    complaints = overheard(page)
    try:
        answer = page.goto(stop.path.format(**known))
        assert answer is not None
        assert answer.status == stop.status
        assert "\n".join(faults_of(page, axe) + complaints) == ""
    finally:
        page.close()


@pytest.mark.parametrize("stop", FILES, ids=lambda stop: stop.path)
def test_what_is_not_a_page_is_handed_out(stop: Stop, screens: Screens, known: dict[str, str]) -> None:
    page = screens.page(stop.who)
    answer = page.request.get(stop.path.format(**known))
    page.close()
    assert answer.status == stop.status
    assert answer.headers["content-type"].startswith(stop.kind)


def test_no_page_is_forgotten_on_the_tour(street: Street, known: dict[str, str]) -> None:
    app = create_app(street.office)
    visited = {endpoint_of(app, address) for address in addresses(known)} | SEEN_ELSEWHERE
    there = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert sorted(there - visited) == []


def endpoint_of(app: Flask, address: str) -> str:
    """Return which route answers this address."""
    with app.test_request_context():
        endpoint, _ = app.url_map.bind("localhost").match(urlsplit(address).path, method="GET")
    return str(endpoint)
