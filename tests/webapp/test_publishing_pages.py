"""The approver's page, what a change means case by case, how the moves go, and going back."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from lxml import html as markup
from werkzeug.test import TestResponse

from tests.builders.errands import APPROVER, EDITOR, Street, errand
from tests.builders.walked_case import Town
from tests.webapp.conftest import Browser
from webapp import create_app
from workers.jobs import move_cases, work_out_impacts
from workflows.actions import process_changes
from workflows.casework.staff import StaffMember

BETTER = errand("visit", "write", "phone", role="nurse")


@pytest.fixture
def street(town: Town) -> Street:
    town.once(_publish_the_errand)
    return Street(town)


def _publish_the_errand(town: Town) -> None:
    Street(town).publish(errand("visit", "phone"))


@pytest.fixture
def pages(street: Street) -> Flask:
    return create_app(street.town.office)


def somebody(pages: Flask, street: Street, name: str) -> Browser:
    browser = Browser(pages.test_client())
    found = street.town.ask(lambda s: s.query(StaffMember).filter(StaffMember.name.contains(name)).one())
    assert browser.post(f"/sign-in/as/{found.id}").status_code == 303
    return browser


@pytest.fixture
def approver(pages: Flask, street: Street) -> Browser:
    return somebody(pages, street, APPROVER)


def sent(street: Street, drawn: bytes = BETTER) -> UUID:
    change_id = street.draft(drawn)
    process_changes.send(street.by(EDITOR), change_id, "the pharmacist has to know")
    return change_id


def said(page: TestResponse) -> str:
    return " ".join(markup.fromstring(page.text).text_content().split())


def test_the_approver_sees_on_one_page_what_changes_and_what_it_means_and_publishes_with_the_open_cases(
    street: Street, approver: Browser
) -> None:
    numbers = [street.begin() for _ in range(3)]
    page = f"/process/changes/{sent(street)}"
    first = said(approver.get(f"{page}/approve"))
    assert "Why: the pharmacist has to know" in first
    assert "“write”" in first
    assert "Nobody has worked out yet what it means for the open cases" in first
    assert "New cases and the" not in first
    asked = approver.post(f"{page}/impact", {"from": "approve"})
    assert asked.location == f"{page}/approve#open-cases"
    assert approver.get(f"{page}/impact/progress").json["going_on"]
    work_out_impacts.ITEMS.work(street.town.office)
    assert approver.get(f"{page}/impact/progress").json == {"going_on": False}
    assert "“visit” (" in said(approver.get(f"{page}/impact"))
    assert "keep running." in said(approver.get(f"{page}/impact"))
    second = said(approver.get(f"{page}/approve"))
    assert "3 of 3 open cases can move as they are." in second
    assert "“visit”: whose it is: Care coordinator → District nurse (3 tasks)" in second
    assert "New cases and the 3 open cases that can move" in second
    done = approver.post(f"{page}/approve", {"start": "open", "left_out": numbers[1], "comment": "well done"})
    assert done.location == f"{page}/published"
    assert approver.get(f"{page}/published/progress").json["good"] == 2
    move_cases.ITEMS.work(street.town.office)
    published = said(approver.get(f"{page}/published"))
    assert "2 of 2 cases moved." in published
    assert "2 open cases run on it now" in published


def test_the_cases_are_listed_with_why_and_their_clocks_and_found_by_what_becomes_of_them(
    street: Street, approver: Browser
) -> None:
    waits, moves = street.begin(), street.begin()
    street.town.do(moves, "visit")
    page = f"/process/changes/{sent(street, errand('call_on', 'phone'))}"
    approver.post(f"{page}/impact")
    work_out_impacts.ITEMS.work(street.town.office)
    everything = said(approver.get(f"{page}/impact"))
    assert "1 of 2 open cases can move as it is; 1 needs a choice." in everything
    assert f"{waits} What becomes of it Needs a choice The step “visit” is no longer there." in everything
    only = said(approver.get(f"{page}/impact?verdict=needs+a+choice"))
    assert (waits in only, moves in only) == (True, False)
    chosen = {"start": "open", "instead:visit": "call_on", "instead:late": "-"}
    assert approver.post(f"{page}/approve", chosen).status_code == 303
    move_cases.ITEMS.work(street.town.office)
    assert street.task(waits).key == "call_on"


def test_a_report_that_was_overtaken_says_so_and_no_open_case_goes_over_with_it(
    street: Street, approver: Browser
) -> None:
    street.begin()
    change_id = sent(street)
    page = f"/process/changes/{change_id}"
    approver.post(f"{page}/impact")
    work_out_impacts.ITEMS.work(street.town.office)
    process_changes.take_back(street.by(EDITOR), change_id)
    street.draft(errand("visit", "look", "phone", late=""), change_id)
    process_changes.send(street.by(EDITOR), change_id, "another reason")
    assert "work it out anew" in said(approver.get(f"{page}/approve"))
    refused = approver.post(f"{page}/approve", {"start": "open"})
    assert refused.status_code == 409
    assert "Have it worked out anew" in said(refused)


def test_it_is_tried_with_a_share_first_widened_and_taken_back(street: Street, approver: Browser) -> None:
    page = f"/process/changes/{sent(street)}"
    assert "Say how many of a hundred" in said(approver.post(f"{page}/approve", {"start": "share", "share": "many"}))
    assert "Choose a team" in said(approver.post(f"{page}/approve", {"start": "team"}))
    approver.post(f"{page}/approve", {"start": "share", "share": "20"})
    assert "Tried first with 20 in 100 new cases" in said(approver.get(f"{page}/published"))
    approver.post(f"{page}/published/widen")
    assert "New cases begin on it." in said(approver.get(f"{page}/published"))
    assert approver.post(f"{page}/published/go-back").status_code == 422
    approver.post(f"{page}/published/go-back", {"why": "too early"})
    back = said(approver.get(f"{page}/published"))
    assert "counts again. Why: too early" in back
    assert "Go back to release" not in back


def test_cases_that_do_not_come_back_are_named(street: Street, approver: Browser) -> None:
    number = street.begin()
    page = f"/process/changes/{sent(street)}"
    approver.post(f"{page}/impact")
    work_out_impacts.ITEMS.work(street.town.office)
    approver.post(f"{page}/approve", {"start": "open"})
    move_cases.ITEMS.work(street.town.office)
    street.town.walk(number, "visit", "write")
    approver.post(f"{page}/published/go-back", {"why": "too early"})
    move_cases.ITEMS.work(street.town.office)
    back = said(approver.get(f"{page}/published"))
    assert "0 of 1 case came back; 1 stays where it was." in back
    assert f"{number} Why “write” was done" in back
    approver.post(f"{page}/published/again")
    assert approver.get(f"{page}/published/progress").json["going_on"]


def test_it_goes_back_to_its_editors_with_a_comment(street: Street, approver: Browser) -> None:
    page = f"/process/changes/{sent(street)}"
    assert "Say what is to be changed" in said(approver.post(f"{page}/send-back"))
    approver.post(f"{page}/send-back", {"comment": "Ask the pharmacist first."})
    assert "Ask the pharmacist first." in said(approver.get(page))
    assert approver.get(f"{page}/approve").location == page


def test_an_editor_sees_what_it_means_and_neither_approves_nor_takes_back(
    street: Street, pages: Flask, approver: Browser
) -> None:
    editor, nurse = somebody(pages, street, EDITOR), somebody(pages, street, "Siobhan")
    page = f"/process/changes/{sent(street)}"
    assert editor.get(f"{page}/approve").status_code == 403
    assert editor.post(f"{page}/approve").status_code == 403
    assert editor.post(f"{page}/send-back", {"comment": "no"}).status_code == 403
    assert editor.post(f"{page}/impact").status_code == 303
    assert editor.post(f"{page}/impact/stop").status_code == 303
    assert nurse.get(f"{page}/impact").status_code == 200
    assert nurse.post(f"{page}/impact").status_code == 403
    approver.post(f"{page}/approve")
    assert nurse.get(f"{page}/published").status_code == 200
    for act in ("widen", "again", "go-back"):
        assert editor.post(f"{page}/published/{act}", {"why": "no"}).status_code == 403
