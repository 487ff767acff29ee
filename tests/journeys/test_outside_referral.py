"""Somebody without an account refers from a phone, part by part, and comes back with the code to see how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Axe, follow
from tests.builders.walked_case import Town
from tests.builders.ways_in import referral
from tests.journeys.pen import fill_in
from tests.journeys.street import EDITH
from tests.journeys.whole import PHONE, faults_of
from tests.web_server import Serve
from webapp import create_app

pytestmark = pytest.mark.journey


@pytest.fixture
def town(one_programme: Town) -> Town:
    """The demonstration's programmes and staff."""
    return one_programme


@pytest.fixture
def phone(browser: Browser, browser_context_args: dict[str, Any], serve: Serve, town: Town) -> Iterator[Page]:
    """The phone of somebody who has no account."""
    address = serve(create_app(town.office))
    context = browser.new_context(**{**browser_context_args, "base_url": address, "viewport": PHONE})
    yield context.new_page()
    context.close()


def test_a_neighbour_refers_in_parts_and_sees_later_how_far_it_is(phone: Page, town: Town, axe: Axe) -> None:
    # Given the start page, a referral is begun and its code is written down.
    phone.goto("/refer/acm")
    go_on(phone, "Begin")
    assert "\n".join(faults_of(phone, axe)) == ""
    reference, code = (phone.locator("main dd").nth(place).inner_text() for place in (0, 1))
    go_on(phone, "I have written them down, go on")

    # When each part is answered on its own page,
    raw = referral(town, **{**EDITH, "source": "family_carer", "consent_stage": "yes"})
    while "/part/" in phone.url:
        assert "\n".join(faults_of(phone, axe)) == "", phone.url
        fill_in(phone, raw)
        go_on(phone, "Save and go on")
    assert urlsplit(phone.url).path == "/refer/acm/check"
    assert "\n".join(faults_of(phone, axe)) == ""
    go_on(phone, "Send the referral")

    # then it is with the team, and reference and code tell later how far it is.
    assert urlsplit(phone.url).path == "/refer/acm/sent"
    assert "\n".join(faults_of(phone, axe)) == ""
    phone.goto("/refer/status")
    phone.get_by_label("Reference").fill(reference)
    phone.get_by_label("Code").fill(code)
    go_on(phone, "Show")
    expect(phone.get_by_role("main")).to_contain_text("Being looked at")
    assert "\n".join(faults_of(phone, axe)) == ""


def go_on(page: Page, name: str) -> None:
    """Press the button that goes on."""
    page.set_viewport_size(PHONE)
    follow(page.get_by_role("main").get_by_role("button", name=name))
