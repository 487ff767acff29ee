"""A coordinator brings a list, confirms it, and the page shows by itself when everybody is in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Axe, follow
from tests.builders.walked_case import Town
from tests.builders.ways_in import COORDINATOR, csv_file, take_in
from tests.journeys.whole import PHONE, faults_of
from tests.web_server import Serve
from tests.webapp.conftest import Browser as Form
from webapp import create_app
from workflows.questions.lists import all_lists

pytestmark = pytest.mark.journey


@pytest.fixture
def phone(browser: Browser, browser_context_args: dict[str, Any], serve: Serve, town: Town) -> Iterator[Page]:
    """The coordinator's phone, signed in."""
    app = create_app(town.office)
    form = Form(app.test_client())
    form.post(f"/sign-in/as/{town.who(COORDINATOR).id}")
    cookie = form.client.get_cookie("roundtable")
    assert cookie is not None
    address = serve(app)
    context = browser.new_context(**{**browser_context_args, "base_url": address, "viewport": PHONE})
    context.add_cookies([{"name": "roundtable", "value": cookie.value, "url": address}])
    yield context.new_page()
    context.close()


def test_a_list_is_brought_confirmed_and_seen_to_come_in(phone: Page, town: Town, axe: Axe, tmp_path: Path) -> None:
    # Given a file with two good rows and one that needs mending,
    file = tmp_path / "found.csv"
    file.write_bytes(csv_file({}, {}, {"dob": "never"}))
    phone.goto("/lists")
    assert "\n".join(faults_of(phone, axe)) == ""
    phone.get_by_label("Which list is it?").select_option("efi_search")
    phone.get_by_label("CSV file").set_input_files(file)
    follow(phone.get_by_role("button", name="Look through the file"))

    # when the coordinator has looked through it and confirms,
    expect(phone.get_by_role("main")).to_contain_text("2 rows can be taken in; 1 row needs mending")
    assert "\n".join(faults_of(phone, axe)) == ""
    follow(phone.get_by_role("button", name="Take in 2 rows"))
    expect(phone.get_by_role("main")).to_contain_text("0 of 2 taken in")
    assert "\n".join(faults_of(phone, axe)) == ""

    # then the page says by itself when all are in.
    take_in(town, all_lists(town.office.desk(town.who(COORDINATOR)))[0].id)
    expect(phone.get_by_role("main")).to_contain_text("2 people were taken in", timeout=10_000)
    assert "\n".join(faults_of(phone, axe)) == ""
