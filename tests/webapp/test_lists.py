"""Candidate lists on the pages: uploaded, looked through, confirmed, watched; bad files refused in words."""

from __future__ import annotations

import io
import re
import tracemalloc
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse, create_environ, run_wsgi_app

from tests.api.test_problems import Endless
from tests.builders.walked_case import Town
from tests.builders.ways_in import csv_file, take_in
from tests.webapp.conftest import Browser
from tests.webapp.referral_work import application, problems_on, signed_in
from workflows.actions import list_files
from workflows.questions.lists import all_lists


@pytest.fixture
def app(town: Town) -> Flask:
    """The application on the demonstration's office."""
    return application(town)


@pytest.fixture
def staff(app: Flask, town: Town) -> Browser:
    """The coordinator, signed in."""
    return signed_in(app, town, "Ifeoma")


def upload(browser: Browser, content: bytes, **given: Any) -> TestResponse:
    usual = {"programme": "acm", "source": "efi_search", "file": (io.BytesIO(content), "found.csv")}
    return browser.post("/lists", {**usual, **given})


@pytest.mark.both_databases
def test_a_good_list_is_looked_through_confirmed_and_taken_in(staff: Browser, town: Town) -> None:
    page = upload(staff, csv_file({}, {"dob": "never"}, {})).location
    assert "2 rows can be taken in; 1 row needs mending" in staff.get(page).text
    staff.post(f"{page}/confirm")
    shown = staff.get(page).text
    assert "0 of 2 taken in" in shown
    assert "Look again" in shown
    take_in(town, all_lists(town.office.desk(town.who("Ifeoma")))[0].id)
    assert "2 people were taken in" in staff.get(page).text


def test_progress_is_told_to_the_pages_script(staff: Browser, town: Town) -> None:
    page = upload(staff, csv_file({}, {})).location
    staff.post(f"{page}/confirm")
    assert staff.get(f"{page}/progress").get_json() == {
        "going_on": True, "done": 0, "good": 2, "words": "0 of 2 taken in",
    }  # fmt: skip


def test_whoever_brings_a_file_says_whether_its_letters_are_right(staff: Browser) -> None:
    content = csv_file(*({"family_name": "Müller"} for _ in range(3))).decode().encode("cp1252")
    asked = upload(staff, content)
    assert asked.status_code == 422
    assert "some letters were guessed: “Müller”" in asked.text
    assert upload(staff, content, letters="right").status_code == 303


def test_the_rows_to_mend_can_be_downloaded(staff: Browser) -> None:
    page = upload(staff, csv_file({"family_name": "=cmd()", "dob": "31/02/1941"})).location
    answer = staff.get(f"{page}/to-mend.csv")
    assert answer.mimetype == "text/csv"
    text = answer.data.decode("utf-8-sig")
    assert "dob: Date of birth must be a real date" in text
    assert "'=cmd()" in text  # no spreadsheet calculates it


def test_the_columns_are_told_on_the_page(staff: Browser) -> None:
    shown = staff.get("/lists").text
    for heading in ("nhs_number", "gp_practice", "score_date", "reason"):
        assert f"<code>{heading}</code>" in shown


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (csv_file({"family_name": "Müller"}).decode().encode("utf-16"), "not saved as UTF-8"),
        (b"PK\x03\x04 a workbook", "spreadsheet"),
        (b"hello\nworld\n", "headings"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(staff: Browser, content: bytes, words: str) -> None:
    answer = upload(staff, content)
    assert answer.status_code == 422
    assert words in problems_on(answer)[0]


def test_a_file_that_is_too_big_is_refused_in_words(staff: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_files, "LARGEST", 100)
    answer = upload(staff, csv_file(*({} for _ in range(5))))
    assert problems_on(answer) == ["The file must be 5 MB or smaller. Split the list into several files."]


def test_no_file_and_no_kind_of_list_are_asked_for(staff: Browser) -> None:
    assert problems_on(staff.post("/lists", {"programme": "acm"})) == ["Choose a CSV file"]
    assert problems_on(upload(staff, csv_file({}), source="")) == ["Select which list this is"]


def test_a_list_can_be_thrown_away_before_it_is_taken_in(staff: Browser) -> None:
    page = upload(staff, csv_file({})).location
    staff.post(f"{page}/discard")
    assert "found.csv" not in staff.get("/lists").text
    assert staff.post(f"{page}/confirm").status_code == 422


def test_many_rows_to_mend_come_in_pages(staff: Browser) -> None:
    page = upload(staff, csv_file(*({"dob": "never"} for _ in range(60)))).location
    first = staff.get(page).text
    following = re.search(r'href="([^"]+)#to-mend"', first)
    assert following is not None
    assert "<div>62</div>" not in first
    assert "<div>61</div>" in staff.get(following[1].replace("&amp;", "&")).text


def test_a_list_of_another_programme_is_not_seen(app: Flask, staff: Browser, town: Town) -> None:
    page = upload(staff, csv_file({})).location
    outsider = signed_in(app, town, "Iqbal")
    assert outsider.get(page).status_code == 404
    assert upload(outsider, csv_file({})).status_code == 403


def test_two_hundred_megabytes_are_refused_at_once(app: Flask, staff: Browser) -> None:
    body = Endless(200 * 1024 * 1024)
    cookie = staff.client.get_cookie("roundtable")
    assert cookie is not None
    environ = create_environ(
        "/lists",
        method="POST",
        content_type="multipart/form-data; boundary=x",
        headers={"Cookie": f"roundtable={cookie.value}"},
    )
    tracemalloc.start()
    _, status, _ = run_wsgi_app(app, {**environ, "wsgi.input": body, "CONTENT_LENGTH": str(body.size)})
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert status.startswith("413")
    assert body.left > body.size - 1024 * 1024
    assert most < 8 * 1024 * 1024


def test_those_who_bring_no_lists_find_no_door(app: Flask, town: Town) -> None:
    adviser = signed_in(app, town, "Ashworth")
    assert adviser.get("/lists").status_code == 403
    assert 'href="/lists"' not in adviser.get("/account").text
