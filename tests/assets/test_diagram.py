"""A process is drawn under the strict policy, shows where the case is, and keeps the mark its licence asks for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.assets.site import Site
from tests.browser import Axe
from tests.web_server import Serve

pytestmark = pytest.mark.journey

DIAGRAM = (Path(__file__).parent / "three_steps.bpmn").read_bytes()
BODY = """<div data-diagram="/diagram.xml" data-tokens='["assess", "not_in_this_version"]' data-done='["receive"]'
data-name="Referral process"></div>"""


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


def test_a_diagram_that_cannot_be_fetched_says_so(page: Page, serve: Serve, axe: Axe) -> None:
    on_their_way: list[Route] = []

    def keep_waiting(route: Route) -> None:
        on_their_way.append(route)

    page.route("**/diagram.xml", keep_waiting)
    with page.expect_request("**/diagram.xml"):
        page.goto(serve(Site(BODY)))
    assert axe(page) == [], "while it is fetched"
    on_their_way[0].abort()
    expect(page.get_by_text("The diagram could not be drawn")).to_be_visible()


DELIVERY = (Path(__file__).parents[2] / "workflows" / "diagrams" / "delivery.bpmn").read_bytes()
IN_VIEW = """frame => {
    const inside = (box, edge) =>
        box.x >= edge.x && box.right <= edge.right && box.y >= edge.y && box.bottom <= edge.bottom;
    const edge = frame.getBoundingClientRect();
    return [...frame.querySelectorAll(".djs-shape")]
        .filter((one) => inside(one.querySelector(".djs-visual > *").getBoundingClientRect(), edge))
        .map((one) => one.dataset.elementId)
        .filter((id) => !id.endsWith("_label"));
}"""


@pytest.mark.parametrize(
    ("tokens", "done", "seen"),
    [
        (["supervision_due"], [], "supervision_due"),
        (["supervision_due", "review_opens"], [], "review_opens"),
        ([], ["after_review", "discharge_decided", "review_person"], "discharge_decided"),
    ],
)
def test_on_a_phone_a_large_drawing_opens_where_the_case_stands_among_its_steps(
    page: Page, serve: Serve, tokens: list[str], done: list[str], seen: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    body = f"<div data-diagram='/diagram.xml' data-tokens='{json.dumps(tokens)}' data-done='{json.dumps(done)}'></div>"
    page.goto(serve(Site(body, DELIVERY)))
    page.wait_for_selector("[data-diagram-state=drawn]")
    in_view = page.locator("[data-diagram]").evaluate(IN_VIEW)
    assert seen in in_view
    assert len(in_view) >= 4, in_view


def test_a_drawing_that_is_folded_is_drawn_when_it_is_opened(page: Page, serve: Serve) -> None:
    site = Site(f"<details><summary>The drawing</summary>{BODY}</details>", DIAGRAM)
    page.goto(serve(site))
    page.wait_for_load_state("networkidle")
    assert "GET /diagram.xml" not in site.asked, "what is folded has no size to draw in, in every browser"
    page.get_by_text("The drawing").click()
    page.wait_for_selector("[data-diagram-state=drawn]")
    expect(page.get_by_text("Here now")).to_be_in_viewport()
