"""The inbox can be worked with single keys, which never get in the way of typing and can be turned off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.assets.site import Site
from tests.browser import Axe
from tests.web_server import Serve

pytestmark = pytest.mark.journey

ROW = """<li data-task id="task-{0}" class="app-inbox__row"><a data-open href="/?opened={0}">Task {0}</a>
<label><input type="checkbox" data-select> Select {0}</label>
<button type="button" data-claim>Claim {0}</button></li>"""
INBOX = (
    '<label for="find">Find a person</label> <input id="find" data-search><ul data-inbox class="app-inbox">'
    + "".join(ROW.format(number) for number in (1, 2, 3))
    + "</ul>"
)


@pytest.fixture
def inbox(page: Page, serve: Serve) -> Page:
    """An inbox of three tasks."""
    page.goto(serve(Site(INBOX)))
    return page


def test_j_and_k_go_through_the_tasks_and_enter_opens_one(inbox: Page) -> None:
    for key in ("j", "j", "j", "j", "k"):
        inbox.keyboard.press(key)
    expect(inbox.get_by_role("link", name="Task 2")).to_be_focused()
    inbox.keyboard.press("Enter")
    inbox.wait_for_url("**/?opened=2")


def test_x_selects_and_c_claims_the_task_in_hand(inbox: Page) -> None:
    inbox.evaluate(
        """document.querySelectorAll("[data-claim]").forEach(
            button => button.addEventListener("click", () => { window.claimed = button.textContent; }))"""
    )
    for key in ("j", "x", "c"):
        inbox.keyboard.press(key)
    expect(inbox.get_by_label("Select 1")).to_be_checked()
    assert inbox.evaluate("window.claimed") == "Claim 1"


def test_after_a_claim_the_list_goes_on_with_the_row_behind_it(inbox: Page) -> None:
    for key in ("j", "c"):
        inbox.keyboard.press(key)
    inbox.reload()
    expect(inbox.get_by_role("link", name="Task 2")).to_be_focused()
    inbox.keyboard.press("j")
    expect(inbox.get_by_role("link", name="Task 3")).to_be_focused()
    inbox.reload()  # once: nobody is led back later
    expect(inbox.locator("[data-task][aria-current]")).to_have_count(0)


def test_slash_leads_to_the_search_box_where_the_keys_are_letters_again(inbox: Page) -> None:
    inbox.keyboard.press("/")
    inbox.keyboard.type("jack?")
    expect(inbox.get_by_label("Find a person")).to_have_value("jack?")
    expect(inbox.get_by_role("dialog")).to_have_count(0)


def test_question_mark_lists_the_keys_and_the_focus_comes_back(inbox: Page, axe: Axe) -> None:
    inbox.keyboard.press("j")
    inbox.keyboard.press("?")
    expect(inbox.get_by_role("dialog", name="Keys")).to_be_visible()
    assert axe(inbox) == []
    inbox.keyboard.press("Escape")
    expect(inbox.get_by_role("link", name="Task 1")).to_be_focused()


def test_whoever_turns_the_keys_off_is_left_alone(inbox: Page) -> None:
    inbox.keyboard.press("?")
    inbox.get_by_label("Use these keys in the inbox").uncheck()
    inbox.get_by_role("button", name="Close").click()
    inbox.reload()
    inbox.keyboard.press("j")
    expect(inbox.locator("[data-task][aria-current]")).to_have_count(0)
