"""A nurse works her inbox without a mouse, and what she types is kept without being asked."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Axe, follow
from tests.builders.small_town import SmallTown
from tests.web_server import Serve
from webapp import create_app
from workflows.assembly import Office
from workflows.casework.task import Task

pytestmark = pytest.mark.journey
Open = Callable[[str], Page]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def town(office: Office) -> SmallTown:
    """Three free tasks in East."""
    town = SmallTown(office)
    for number, due in enumerate(("-1d", "+3h", "+2d"), 1):
        case = town.case(family=f"Khan {number}")
        town.paper(case, "F01", {"question": "Can she stay at home?", "views": "My own bed"})
        town.task(case, name=f"Task {number}", due=due)
    return town


@pytest.fixture
def nurse(town: SmallTown) -> UUID:
    """Whose inbox it is."""
    return town.staff("Nia Nurse", "nurse east")


@pytest.fixture
def go(town: SmallTown, nurse: UUID, page: Page, serve: Serve) -> Open:
    """Open a page, signed in as the nurse."""
    address = serve(create_app(town.office))
    page.goto(f"{address}/sign-in")
    follow(page.get_by_role("button", name="Nia Nurse"))

    def open_page(path: str) -> Page:
        page.goto(f"{address}{path}")
        return page

    return open_page


def first_task(town: SmallTown) -> Task:
    """The task that stands on top."""
    with town.office.desk().looking() as session:
        return session.query(Task).order_by(Task.due_sort).limit(1).one()


def test_she_goes_to_the_second_task_and_opens_it(go: Open) -> None:
    page = go("/inbox?view=pool")
    for key in ("j", "j", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_have_text("Task 2")


def test_she_claims_the_task_in_hand_and_the_list_stays(go: Open, town: SmallTown, nurse: UUID) -> None:
    page = go("/inbox?view=pool")
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.get_by_text("The task is yours.")).to_be_visible()
    expect(page.locator("[data-task]")).to_have_count(2)
    assert first_task(town).assignee_id == nurse


def test_the_buttons_for_many_wait_for_a_tick_and_say_how_many(go: Open) -> None:
    page = go("/inbox?view=pool")
    bar = page.locator("[data-bulk]")
    expect(bar).to_be_hidden()
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(bar).to_contain_text("2 tasks ticked")
    follow(bar.get_by_role("button", name="claim them"))
    expect(page.get_by_text("Claimed: 2 of 2.")).to_be_visible()


def test_what_she_types_is_kept_and_there_again_after_a_reload(go: Open, town: SmallTown) -> None:
    page = go(f"/tasks/{first_task(town).id}")
    page.get_by_label("Notes").fill("She is glad of the call.")
    expect(page.locator("[data-draft-state]")).to_have_text("Draft saved 09:00", timeout=10_000)
    page.reload()
    expect(page.get_by_label("Notes")).to_have_value("She is glad of the call.")


def test_enter_in_an_answer_keeps_the_draft_and_completes_nothing(go: Open, town: SmallTown) -> None:
    page = go(f"/tasks/{first_task(town).id}")
    page.get_by_label("Day").first.fill("16")
    page.keyboard.press("Enter")
    expect(page.locator("[data-draft-state]")).to_have_text("Draft saved 09:00")
    assert first_task(town).assignee_id is None
    assert first_task(town).open


@pytest.mark.parametrize("path", ["/inbox?view=pool", "/inbox?view=done", "/inbox?view=pool&class=B", "task"])
def test_the_pages_are_accessible_and_fit_a_phone(go: Open, town: SmallTown, axe: Axe, path: str) -> None:
    page = go(f"/tasks/{first_task(town).id}" if path == "task" else path)
    assert axe(page) == []
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    # The menu folds a moment after the window has become narrow.
    page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=PHONE["width"])
    assert axe(page) == []


def test_on_paper_stand_the_person_and_the_tasks_and_nothing_to_press(go: Open, town: SmallTown) -> None:
    page = go("/inbox?view=pool")
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Task 1")).to_be_visible()
    expect(page.get_by_role("button", name="Claim")).to_have_count(0)
    page = go(f"/tasks/{first_task(town).id}")
    expect(page.get_by_role("region", name="Person")).to_be_visible()
    expect(page.get_by_role("button", name="Complete")).to_be_hidden()
