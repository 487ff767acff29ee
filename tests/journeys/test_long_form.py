"""A long form, by keyboard alone and without any script: rows, answers that depend on others, a draft to come back to.

Both do the same; what differs is the hands: Tab, arrows, Space and Enter in one browser, a pointer and no script in
the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import follow
from tests.builders.small_town import SmallTown
from tests.journeys.test_keyboard import enter, tab_to
from tests.web_server import Serve
from webapp import create_app
from workflows.assembly import Office
from workflows.casework.task import Draft

pytestmark = pytest.mark.journey
LIMITS = "Not to housing: her landlord is her cousin."


class Hands(Protocol):
    """Somebody at the page."""

    page: Page
    scripts: bool

    def choose(self, option: Locator) -> None:
        """Choose one of several options."""

    def type(self, box: Locator, text: str) -> None:
        """Type into an empty box."""

    def press(self, button: Locator) -> None:
        """Press a button that leads to another page, and wait for that page."""


class ByKeyboard:
    """Never touches a mouse."""

    scripts = True

    def __init__(self, page: Page) -> None:
        self.page = page

    def choose(self, option: Locator) -> None:
        """Tab to the group, then go through it with the arrow keys."""
        group = option.get_attribute("name")
        tab_to(self.page, option)
        for _ in range(10):
            if option.is_checked():
                return
            self.page.keyboard.press("ArrowDown" if self.page.locator(f"[name='{group}']:checked").count() else "Space")
        raise AssertionError(f"the arrow keys do not reach {option}")

    def type(self, box: Locator, text: str) -> None:
        """Tab to the box and type."""
        tab_to(self.page, box)
        self.page.keyboard.type(text)

    def press(self, button: Locator) -> None:
        """Tab to the button and press Enter."""
        tab_to(self.page, button)
        enter(self.page)


class WithoutScript:
    """Points and clicks in a browser that runs no script."""

    scripts = False

    def __init__(self, page: Page) -> None:
        self.page = page

    def choose(self, option: Locator) -> None:
        """Click it."""
        option.check()

    def type(self, box: Locator, text: str) -> None:
        """Click into the box and type."""
        box.fill(text)

    def press(self, button: Locator) -> None:
        """Click it."""
        follow(button)


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A nurse in East who is to talk about consent with somebody."""
    town = SmallTown(office)
    nurse = town.staff("Nia Nurse", "nurse east")
    town.task(town.case(), name="Talk about consent", form_key="F05", assignee_id=nurse)
    return town


@pytest.fixture(params=[ByKeyboard, WithoutScript])
def hands(
    request: pytest.FixtureRequest,
    town: SmallTown,
    browser: Browser,
    browser_context_args: dict[str, Any],
    serve: Serve,
) -> Iterator[Hands]:
    """The nurse at her task."""
    given = {**browser_context_args, "base_url": serve(create_app(town.office))}
    context = browser.new_context(**given, java_script_enabled=request.param.scripts)
    page = context.new_page()
    come_in(page)
    yield request.param(page)
    context.close()


def come_in(page: Page) -> None:
    """Sign in and open the task."""
    page.goto("/sign-in")
    follow(page.get_by_role("button", name="Nia Nurse"))
    follow(page.get_by_role("link", name="Talk about consent").first)
    expect(page.get_by_role("heading", level=1)).to_have_text("Talk about consent")


def option(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="What was decided?").get_by_label(name, exact=True)


def names(page: Page) -> list[str]:
    """Who is left out, row by row."""
    rows = page.get_by_role("group", name="People or organisations who must not see this case")
    return [box.input_value() for box in rows.get_by_label("Name", exact=True).all()]


def test_rows_conditional_answers_and_a_draft_need_neither_mouse_nor_script(hands: Hands, town: SmallTown) -> None:
    page = hands.page
    left_out = page.get_by_role("group", name="People or organisations who must not see this case")
    limits = page.get_by_label("What did the person not agree to?")
    expect(limits, "without a script every question is there").to_be_visible(visible=not hands.scripts)
    sharing = page.get_by_role("navigation", name="Parts of this form").get_by_role("link", name="What may be shared")
    expect(sharing).to_be_visible(visible=not hands.scripts)

    # One answer brings up another question, and the part of the form about whom to leave out.
    hands.choose(option(page, "Agrees to part of it"))
    expect(sharing).to_be_visible()
    hands.type(limits, LIMITS)
    hands.type(left_out.get_by_label("Name", exact=True), "A. Neighbour")

    # Rows are added and one is removed; what was typed anywhere stays.
    hands.press(left_out.get_by_role("button", name="Add another: Exclusion"))
    assert names(page) == ["A. Neighbour", ""]
    hands.type(left_out.get_by_label("Name", exact=True).nth(1), "The housing office")
    hands.press(left_out.get_by_role("button", name="Add another: Exclusion"))
    hands.press(left_out.get_by_role("button", name="Remove: Exclusion 1"))
    assert names(page) == ["The housing office", ""]
    expect(limits).to_have_value(LIMITS)

    # A change of mind and back loses nothing.
    hands.choose(option(page, "Agrees"))
    expect(limits).to_be_visible(visible=not hands.scripts)
    hands.choose(option(page, "Agrees to part of it"))
    expect(limits).to_have_value(LIMITS)

    # She puts it aside, goes home, and finds it as she left it.
    hands.press(page.get_by_role("button", name="Save and close"))
    expect(page.get_by_text("Your draft of “Talk about consent” is kept.")).to_be_visible()
    hands.press(page.get_by_role("button", name="Sign out"))
    come_in(page)
    expect(option(page, "Agrees to part of it")).to_be_checked()
    expect(limits).to_have_value(LIMITS)
    assert names(page) == ["The housing office", ""]
    with town.office.desk().looking() as session:
        assert session.query(Draft).one().raw["limits"] == [LIMITS]
