"""A process is drawn under the strict policy, shows where the case is, and keeps the mark its licence asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.assets.site import Site
from tests.browser import Axe
from tests.web_server import Serve

pytestmark = pytest.mark.journey

DIAGRAM = (Path(__file__).parent / "three_steps.bpmn").read_bytes()
BODY = """<div data-diagram="/diagram.xml" data-tokens='["assess", "not_in_this_version"]' data-done='["receive"]'
aria-label="Referral process"></div>"""


@pytest.fixture
def drawn(page: Page, serve: Serve) -> Page:
    """A case that has been received and is being assessed."""
    page.goto(serve(Site(BODY, DIAGRAM)))
    page.wait_for_selector("[data-diagram-state=drawn]")
    return page


def test_the_step_the_case_waits_at_is_marked_in_words_too(drawn: Page) -> None:
    assert drawn.locator(".djs-element.app-token").get_attribute("data-element-id") == "assess"
    assert drawn.locator(".djs-element.app-done").get_attribute("data-element-id") == "receive"
    expect(drawn.get_by_text("Here now")).to_be_visible()
    expect(drawn.get_by_text("✓")).to_be_visible()


def test_the_whole_diagram_is_in_view(drawn: Page) -> None:
    frame = drawn.locator("[data-diagram]").bounding_box()
    last = drawn.locator("[data-element-id=finish] .djs-visual").bounding_box()
    assert frame
    assert last
    assert frame["x"] <= last["x"] <= frame["x"] + frame["width"]
    assert frame["y"] <= last["y"] <= frame["y"] + frame["height"]


def test_the_bpmn_io_mark_is_visible_and_nothing_covers_it(drawn: Page) -> None:
    mark = drawn.locator("a.bjs-powered-by")
    expect(mark).to_be_visible()
    mark.click(trial=True)  # a covered mark could not be clicked


def test_the_drawing_has_a_name_and_the_arrow_keys_move_it(drawn: Page, axe: Axe) -> None:
    drawing = drawn.get_by_role("application", name="Referral process. Arrow keys move it.")
    drawing.focus()
    before = drawn.locator("[data-element-id=assess]").bounding_box()
    drawn.keyboard.press("ArrowRight")
    drawn.wait_for_function(
        "x => document.querySelector('[data-element-id=assess]').getBoundingClientRect().x !== x",
        arg=before and before["x"],
    )
    assert axe(drawn) == []


def test_its_size_is_changed_by_buttons(drawn: Page) -> None:
    step = drawn.locator("[data-element-id=assess] .djs-visual")
    before = step.bounding_box()
    drawn.get_by_role("button", name="Larger").click()
    after = step.bounding_box()
    assert before
    assert after
    assert after["width"] > before["width"]


def test_a_diagram_that_cannot_be_fetched_says_so(page: Page, serve: Serve) -> None:
    page.goto(serve(Site(BODY)))
    expect(page.get_by_text("The diagram could not be drawn")).to_be_visible()
