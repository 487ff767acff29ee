"""An operator looks at what a hand on a process would do: drawn and in words, on a desk and on a phone; not done."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import Axe, follow
from tests.journeys.conftest import Screens
from tests.journeys.street import Street
from tests.journeys.tour import SYSADMIN, places
from tests.journeys.whole import faults_of, overheard

pytestmark = pytest.mark.journey


def test_a_hand_is_shown_before_it_is_laid(screens: Screens, street: Street, axe: Axe) -> None:
    page = screens.page(SYSADMIN)
    complaints = overheard(page)
    page.goto("/operations/processes/{run}".format(**places(street)))
    place = page.locator("form", has=page.get_by_role("heading", name="Measures come up"))
    place.get_by_label("Go on from").select_option(label="Repeat the measures")
    follow(place.get_by_role("button", name="Show the move"))
    expect(page.get_by_role("heading", name="Move the case on from “Measures come up”")).to_be_visible()
    expect(page.locator("[data-diagram-state=drawn]")).to_be_visible()
    expect(page.get_by_text("Then here")).to_have_count(1)
    assert "\n".join(faults_of(page, axe) + complaints) == ""
    page.close()
