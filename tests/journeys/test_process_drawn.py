"""A process editor draws a step into a published process: it is kept, checked, and can be taken back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Axe, follow
from tests.builders.walked_case import Town
from tests.web_server import Serve
from webapp import create_app
from workflows.actions import process_changes as acts
from workflows.actions import process_saves
from workflows.casework.process_change import Place
from workflows.questions import process_changes

pytestmark = pytest.mark.journey
PROCESS = "service_referral"


@pytest.fixture
def place(town: Town) -> Place:
    """The referral to a service, in a change of its own."""
    desk = town.office.desk(town.who("Joanna"))
    change = acts.open_change(desk, "Ask the pharmacist")
    found = Place(change, "bpmn", PROCESS)
    acts.take_in(desk, found)
    return found


@pytest.fixture
def drawing(town: Town, place: Place, page: Page, serve: Serve) -> Page:
    """The page on which it is drawn, open."""
    return draw_as(page, serve(create_app(town.office)), "Joanna", place)


def draw_as(page: Page, address: str, who: str, place: Place) -> Page:
    """Open the drawing as somebody."""
    page.goto(f"{address}/sign-in")
    follow(page.get_by_role("button", name=re.compile(who)).first)
    page.goto(f"{address}/process/changes/{place.change_id}/diagrams/{place.key}")
    expect(page.locator("[data-modeler-state=open]")).to_be_visible()
    return page


def kept(town: Town, place: Place) -> str:
    """The diagram as it is saved."""
    return process_changes.content(town.office.desk(town.who("Joanna")), place).text


def test_a_step_that_is_added_is_kept_without_being_asked_and_stands_in_its_lane(
    town: Town, place: Place, drawing: Page, axe: Axe
) -> None:
    drawing.locator("[data-element-id=send_service_referral]").click()
    expect(drawing.get_by_label("What it is called")).to_have_value("Refer to the service")
    drawing.get_by_title("A step for a person, next").click()
    drawing.get_by_label("What it is called").fill("Ask the pharmacist")
    drawing.get_by_label("Why somebody is asked").fill("Medicines are checked first.")
    drawing.get_by_label("Due").select_option("due.chase_service")
    drawing.get_by_role("button", name="Save now").click()
    expect(drawing.get_by_text("Draft saved")).to_be_visible()
    xml = kept(town, place)
    step = re.search(r'<bpmn:userTask id="(\w+)" name="Ask the pharmacist"', xml)
    assert step
    assert f"<bpmn:flowNodeRef>{step[1]}</bpmn:flowNodeRef>" in xml
    assert '<spiffworkflow:property name="due" value="due.chase_service" />' in xml
    assert axe(drawing) == []


def test_a_step_that_came_between_two_others_is_taken_back_with_one_click(drawing: Page) -> None:
    steps = drawing.locator("[data-outline] li")
    before = steps.count()
    drawing.locator("[data-element-id=send_service_referral]").click()
    drawing.get_by_title("A step for a person, next").click()
    expect(steps).to_have_count(before + 1)
    drawing.get_by_role("button", name="Undo").click()
    expect(steps).to_have_count(before)
    line = drawing.locator("[data-outline]").get_by_role("listitem").filter(has_text="Refer to the service,")
    expect(line).to_contain_text("Next: May we share with it?")


def test_what_is_wrong_stands_below_and_leads_to_its_place(drawing: Page) -> None:
    expect(drawing.get_by_text("Nothing is wrong with the drawing.")).to_be_visible()
    drawing.locator("[data-element-id=send_service_referral]").click()
    drawing.get_by_label("Why somebody is asked").fill("")
    drawing.get_by_label("What it is called").focus()
    found = drawing.get_by_role("listitem").filter(has_text="Say in one sentence why the person is asked")
    expect(found).to_be_visible()
    drawing.locator("[data-element-id=service_wanted]").click()
    found.get_by_role("button", name="Show it").click()
    expect(drawing.get_by_label("What it is called")).to_have_value("Refer to the service")


def test_whoever_has_it_in_hand_is_named_and_may_be_asked_to_make_way(
    town: Town, place: Place, page: Page, serve: Serve
) -> None:
    process_saves.hold_model(town.office.desk(town.who("Joanna")), place)
    draw_as(page, serve(create_app(town.office)), "Shabana", place)
    expect(page.get_by_role("alert")).to_contain_text("Joanna Whitworth")
    page.get_by_role("button", name="Take it over").click()
    expect(page.get_by_role("button", name="Take it over")).to_have_count(0)


def test_the_whole_is_changed_from_the_list_without_the_drawing(town: Town, place: Place, drawing: Page) -> None:
    outline, step = drawing.locator("[data-outline]"), drawing.locator("[data-panel]")
    outline.get_by_role("button", name="Refer to the service").press("Enter")
    expect(step.get_by_label("What it is called")).to_be_focused()
    step.get_by_label("A new step behind this one").select_option("A step for a person")
    step.get_by_label("What it is called").fill("Ask the pharmacist")
    step.get_by_label("What it is called").press("Tab")
    expect(outline.get_by_text("Ask the pharmacist, a step for a person: care coordinator.")).to_be_visible()
    expect(outline.get_by_role("listitem").filter(has_text="Refer to the service,")).to_contain_text(
        "Next: Ask the pharmacist"
    )
    step.get_by_label("Leads to").select_option("Not sent")
    expect(outline.get_by_role("listitem").filter(has_text="Ask the pharmacist,")).to_contain_text("Next: Not sent")
    outline.get_by_role("button", name="Still no answer").click()
    step.get_by_role("button", name="Take this step away").click()
    expect(outline.get_by_role("button", name="Still no answer")).to_have_count(0)


def test_a_missing_join_is_found_shown_and_mended_with_one_click(town: Town, place: Place, drawing: Page) -> None:
    outline, panel = drawing.locator("[data-outline]"), drawing.locator("[data-panel]")
    outline.get_by_role("button", name="Refer to the service").click()
    panel.get_by_label("A new step behind this one").select_option("Together: all ways are taken, or waited for")
    panel.get_by_label("What it is called").fill("At once")
    panel.get_by_label("A new step behind this one").select_option("A step for a person")
    panel.get_by_label("What it is called").fill("Ask the pharmacist")
    panel.get_by_label("A way to").select_option("May we share with it?")
    mend = drawing.locator("[data-findings]").get_by_role("button", name="Mend it")
    mend.first.click()
    expect(mend).to_have_count(0)
    expect(drawing.get_by_text("Draft saved")).to_be_visible()
    assert kept(town, place).count("<bpmn:parallelGateway") == 2
