"""The service without a mouse: a case's pages, its process in words, and what is wrong with a form."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import Axe
from tests.journeys.conftest import Screens
from tests.journeys.street import Street
from tests.journeys.tour import NURSE
from tests.journeys.whole import faults_of

pytestmark = pytest.mark.journey
MOST_TABS = 120
REACHED = """one => {
    const here = document.activeElement;
    return here === one || one.type === "radio" && here.type === "radio" && here.name === one.name;
}"""
OUTLINED = """() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
        || style.boxShadow !== "none" || style.backgroundColor === "rgb(255, 235, 59)";
}"""


@pytest.fixture
def desk(screens: Screens) -> Iterator[Page]:
    """A nurse's browser."""
    page = screens.page(NURSE)
    yield page
    page.close()


def test_the_pages_of_a_case_are_reached_by_tab_and_enter(desk: Page, street: Street) -> None:
    desk.goto(f"/cases/{street.edith}")
    pages = desk.get_by_role("navigation", name="Pages of this case")
    for name in ("Timeline", "Plan and goals", "Process"):
        tab_to(desk, pages.get_by_role("link", name=name))
        enter(desk)
        expect(pages.locator("[aria-current]")).to_have_text(name)


def test_wherever_the_focus_goes_it_is_seen(desk: Page, street: Street) -> None:
    desk.goto(f"/cases/{street.edith}")
    unseen = []
    desk.keyboard.press("Tab")
    while desk.evaluate("() => document.activeElement !== document.body"):
        if not desk.evaluate(OUTLINED):
            unseen.append(desk.evaluate("() => document.activeElement.outerHTML.slice(0, 120)"))
        desk.keyboard.press("Tab")
    assert unseen == []


def test_the_process_can_be_walked_in_words(desk: Page, street: Street) -> None:
    desk.goto(f"/cases/{street.edith}/process")
    outline = desk.locator(".app-outline").first
    first_way = outline.get_by_role("link").first
    tab_to(desk, first_way)
    target = (first_way.get_attribute("href") or "").removeprefix("#")
    desk.keyboard.press("Enter")
    expect(desk.locator(f"[id='{target}']")).to_be_in_viewport()
    folded = outline.locator("summary", has_text="Intake:")
    tab_to(desk, folded)
    desk.keyboard.press("Enter")
    expect(outline.get_by_text("Triage the referral", exact=False).first).to_be_visible()


def test_a_person_is_found_by_name_and_opened(desk: Page, street: Street, axe: Axe) -> None:
    desk.goto("/find")
    tab_to(desk, desk.get_by_label("Name, case number or NHS number"))
    desk.keyboard.type("marl")
    enter(desk)
    found = desk.get_by_role("main").get_by_role("link", name="Edie Marland")
    expect(found).to_be_visible()
    assert "\n".join(faults_of(desk, axe)) == ""
    tab_to(desk, found)
    enter(desk)
    desk.wait_for_url(f"**/cases/{street.edith}")


def test_what_is_wrong_gets_the_focus_and_leads_to_its_question(desk: Page, street: Street) -> None:
    desk.goto(f"/cases/{street.edith}/do/contact")
    tab_to(desk, desk.get_by_role("main").get_by_role("button", name="Log contact"))
    enter(desk)
    summary = desk.locator(".nhsuk-error-summary")
    expect(summary).to_be_focused()
    desk.keyboard.press("Tab")
    first = summary.get_by_role("link").first
    expect(first).to_be_focused()
    desk.keyboard.press("Enter")
    place = (first.get_attribute("href") or "").removeprefix("#")
    expect(desk.locator(f"[id='{place}']")).to_be_focused()


def enter(page: Page) -> None:
    """Press Enter where that leads to another page, and wait until that page is there."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, or the one of its radio group that Tab leads to."""
    for _ in range(MOST_TABS):
        if target.evaluate(REACHED):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{MOST_TABS} tab stops, and {target} was not among them")
