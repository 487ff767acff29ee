"""What goes wrong is said in the words of the service, with what to do next."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask import Flask

from tests.webapp.conftest import Browser, SignedIn
from webapp import guard
from webapp.errors import page_for
from workflows.casework.errors import AnswersRefused, CaseworkError, NotAllowed, NotFound, OutOfDate, RuleBroken
from workflows.log_lines import FIELDS, JsonLines


def failing_with(error: Exception) -> Callable[[], str]:
    """A page that fails."""

    @guard.public
    def view() -> str:
        raise error

    return view


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotAllowed("Not your team's."), 403),
        (NotFound("Not here."), 404),
        (OutOfDate("Beth has claimed it."), 409),
        (RuleBroken("The person has died."), 422),
        (AnswersRefused({"when": "Enter a date"}), 422),
    ],
)
def test_each_casework_error_has_its_page(app: Flask, visitor: Browser, error: CaseworkError, status: int) -> None:
    app.add_url_rule("/fails", "fails", failing_with(error))
    answer = visitor.get("/fails")
    assert answer.status_code == status
    assert str(error).replace("'", "&#39;") in answer.text


def test_a_new_kind_of_casework_error_is_a_broken_rule() -> None:
    class Unheard(CaseworkError):
        pass

    assert page_for(Unheard("x")).status == 422


def test_refused_answers_are_linked_to_their_questions(app: Flask, visitor: Browser) -> None:
    app.add_url_rule("/fails", "fails", failing_with(AnswersRefused({"when": "Enter a date"})))
    assert '<a href="#when">Enter a date</a>' in visitor.get("/fails").text


def test_a_program_gets_the_same_as_json(app: Flask, visitor: Browser) -> None:
    app.add_url_rule("/fails", "fails", failing_with(OutOfDate("Beth has claimed it.")))
    answer = visitor.get("/fails", headers={"Accept": "application/json"})
    assert answer.json == {
        "status": 409,
        "title": "Somebody else was faster",
        "detail": "Beth has claimed it.",
        "errors": {},
    }


def test_a_mistake_in_the_program_shows_no_trace_and_logs_no_words(
    app: Flask, visitor: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    app.add_url_rule("/fails", "fails", failing_with(ValueError("Ada Khan, born 1942")))
    answer = visitor.get("/fails")
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "Ada" not in answer.text
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    line = JsonLines().format(record)
    assert "ValueError" in line
    assert "Ada" not in line


def test_the_log_says_who_by_account_and_which_case_and_nothing_else(
    app: Flask, visitor: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    app.add_url_rule("/cases/<number>", "case", guard.public(lambda number: number))
    caplog.set_level(logging.INFO, "roundtable.web")
    visitor.get("/cases/ACM-000017?find=Ada+Khan")
    line = JsonLines().format(caplog.records[-1])
    assert "ACM-000017" in line
    assert "Ada" not in line
    assert not {key for key in vars(caplog.records[-1]) if key in FIELDS} - set(FIELDS)
    visitor.get("/cases/Ada Khan")
    assert "Ada" not in JsonLines().format(caplog.records[-1])


def test_a_page_that_is_not_there_says_so(visitor: Browser) -> None:
    answer = visitor.get("/no/such/page")
    assert answer.status_code == 404
    assert "Page not found" in answer.text


@pytest.mark.parametrize("address", ["/no/such/page", "/letters/not-an-id", "/account/password", "/fails"])
def test_somebody_signed_in_finds_the_menu_on_every_page_that_says_what_went_wrong(
    app: Flask, as_role: SignedIn, address: str
) -> None:
    app.add_url_rule("/fails", "fails", failing_with(ValueError("wrong")))
    page = as_role("nurse", "east").get(address)
    assert page.status_code in (404, 405, 500)
    assert ">Inbox</a>" in page.text
    assert "Anna Bell" in page.text


def test_a_visitor_who_is_lost_is_shown_the_two_ways_in(visitor: Browser) -> None:
    page = visitor.get("/no/such/page").text
    assert 'href="/sign-in"' in page
    assert 'href="/refer"' in page


def test_a_page_about_a_failure_comes_even_when_the_menu_cannot_be_asked_for(
    app: Flask, visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_database(*_: object) -> None:
        raise ConnectionError("no database")

    monkeypatch.setattr("webapp.navigation.programmes.emergency_numbers", no_database)
    app.add_url_rule("/fails", "fails", failing_with(ValueError("wrong")))
    page = visitor.get("/fails")
    assert page.status_code == 500
    assert "call 999" in page.text
    assert "Roundtable</a>" in page.text


def test_an_upload_that_is_too_big_gets_a_friendly_page(visitor: Browser) -> None:
    form = {"data": b"film=" + b"x" * 13_000_000, "content_type": "application/x-www-form-urlencoded"}
    answer = visitor.client.post("/sign-in", **form)
    assert answer.status_code == 413
    assert "12 MB" in answer.text


def test_every_answer_carries_its_number_and_keeps_to_itself(visitor: Browser) -> None:
    for address in ("/sign-in", "/no/such/page", "/account"):
        headers = visitor.get(address).headers
        assert headers["X-Request-Id"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_a_request_number_from_outside_is_taken_only_if_it_is_one(visitor: Browser) -> None:
    assert visitor.get("/privacy", headers={"X-Request-Id": "abc12345"}).headers["X-Request-Id"] == "abc12345"
    assert "<" not in visitor.get("/privacy", headers={"X-Request-Id": "<script>"}).headers["X-Request-Id"]


def test_no_page_holds_an_inline_script_or_style(visitor: Browser) -> None:
    for address in ("/sign-in", "/privacy", "/accessibility", "/password/forgotten"):
        page = visitor.get(address).text
        assert "<style" not in page
        assert " style=" not in page
        assert "<script>" not in page
