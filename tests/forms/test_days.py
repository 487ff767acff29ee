"""Dates and times are typed as in London, must be real, and lie on the right side of the present."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.builders.written_forms import a_date, a_form, a_question, answer_to, read


def day(day: str, month: str, year: str, **question: Any) -> Any:
    return answer_to("date", a_date("it", day, month, year), **{"label": "Date of birth", **question})


def moment(day: str, month: str, year: str, time: str, **question: Any) -> Any:
    return answer_to("datetime", a_date("it", day, month, year, time), **{"label": "Contact", **question})


@pytest.mark.parametrize("month", ["11", "nov", "Nov", "November", "NOVEMBER", "nov."])
def test_a_month_may_be_a_number_or_a_name(month: str) -> None:
    assert day("3", month, "2026") == "2026-11-03"


def test_september_has_two_short_names_and_june_is_not_july() -> None:
    assert [day("3", month, "2026")[5:7] for month in ("sept", "sep", "jun", "jul")] == ["09", "09", "06", "07"]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (("", "3", "1941"), "Date of birth must include a day"),
        (("27", "", ""), "Date of birth must include a month and a year"),
        (("29", "2", "2023"), "Date of birth must be a real date"),
        (("31", "4", "2023"), "Date of birth must be a real date"),
        (("0", "1", "2023"), "Date of birth must be a real date"),
        (("1", "ju", "2023"), "Date of birth must be a real date"),
        (("1", "juno", "2023"), "Date of birth must be a real date"),
        (("٣", "1", "2023"), "Date of birth must be a real date"),
        (("1", "1", "41"), "Date of birth must have a year of 4 digits"),
        (("1", "1", "1899"), "Date of birth must be in 1900 or later"),
    ],
)
def test_a_date_that_is_not_one_is_refused(parts: tuple[str, str, str], message: str) -> None:
    assert day(*parts) == message


def test_the_first_day_taken_is_in_1900_and_a_leap_day_is_real() -> None:
    assert day("1", "1", "1900") == "1900-01-01"
    assert day("29", "2", "2024") == "2024-02-29"


def test_today_is_neither_past_nor_future_and_always_right() -> None:
    assert day("16", "11", "2026", past=True) == "2026-11-16"
    assert day("16", "11", "2026", future=True) == "2026-11-16"
    assert day("17", "11", "2026", past=True) == "Date of birth must be today or in the past"
    assert day("15", "11", "2026", future=True) == "Date of birth must be today or in the future"


@pytest.mark.parametrize("time", ["14:30", "14.30", "1430", "2:30pm", "2.30 PM", "14:30 gmt"])
def test_a_time_may_be_written_in_several_ways(time: str) -> None:
    assert moment("3", "11", "2026", time) == "2026-11-03T14:30:00+00:00"


@pytest.mark.parametrize(
    ("time", "kept"), [("12am", "00:00"), ("12:15am", "00:15"), ("12pm", "12:00"), ("9:05", "09:05")]
)
def test_noon_and_midnight_are_told_apart(time: str, kept: str) -> None:
    assert moment("3", "11", "2026", time)[11:16] == kept


@pytest.mark.parametrize("time", ["", "25:00", "14:60", "14", "13pm", "0am", "noon", "14:30:00"])
def test_a_time_that_is_not_one_is_refused(time: str) -> None:
    assert moment("3", "11", "2026", time).startswith("Contact must include a time")


def test_summer_time_is_kept_in_utc() -> None:
    assert moment("3", "7", "2026", "14:30") == "2026-07-03T13:30:00+00:00"


def test_an_hour_that_clocks_skipped_is_refused() -> None:
    assert moment("29", "3", "2026", "00:59") == "2026-03-29T00:59:00+00:00"
    assert "clocks went forward and skipped 01:00 on 29 March 2026" in moment("29", "3", "2026", "01:00")
    assert "clocks went forward" in moment("29", "3", "2026", "01:59")
    assert moment("29", "3", "2026", "02:00") == "2026-03-29T01:00:00+00:00"


def test_an_hour_that_came_twice_must_be_named() -> None:
    assert moment("25", "10", "2026", "00:59") == "2026-10-24T23:59:00+00:00"
    assert "enter 01:30 BST or 01:30 GMT" in moment("25", "10", "2026", "01:30")
    assert moment("25", "10", "2026", "01:30 BST") == "2026-10-25T00:30:00+00:00"
    assert moment("25", "10", "2026", "01:30 GMT") == "2026-10-25T01:30:00+00:00"
    assert moment("25", "10", "2026", "02:00") == "2026-10-25T02:00:00+00:00"
    assert "was not in BST" in moment("3", "11", "2026", "14:30 BST")


def test_the_present_is_judged_to_the_minute_when_it_is_known() -> None:
    form = a_form(a_question("it", "datetime", label="Contact", past=True))
    now = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    later = a_date("it", "16", "11", "2026", "09:01")
    assert read(form, later, now=now).errors == {"it": "Contact must be now or in the past"}
    assert read(form, later).errors == {}
    assert read(form, a_date("it", "16", "11", "2026", "09:00"), now=now).errors == {}
    assert read(form, a_date("it", "17", "11", "2026", "00:00")).errors != {}


def test_an_end_is_not_before_its_start() -> None:
    form = a_form(a_question("admitted", "datetime"), a_question("home", "date", not_before="admitted"))
    start = a_date("admitted", "3", "11", "2026", "23:30")
    assert read(form, start | a_date("home", "3", "11", "2026")).errors == {}
    assert read(form, start | a_date("home", "2", "11", "2026")).errors == {
        "home": "Home must be the same as or after “Admitted”, 3 November 2026, 23:30"
    }
    assert read(form, a_date("home", "2", "11", "2026")).errors == {}


OPENED = {"opened": "2026-11-03", "raised": "2026-11-03T10:20:00+00:00"}


def test_what_the_team_did_was_not_done_before_the_case_was_opened() -> None:
    form = a_form(a_question("it", "datetime", label="When did you try?", past=True, not_before="case.opened"))
    early = a_date("it", "2", "11", "2026", "23:59")
    assert read(form, early, known=OPENED).errors == {
        "it": "Your answer to “When did you try?” must be the same as or after the day the case was opened, "
        "3 November 2026"
    }
    assert read(form, a_date("it", "3", "11", "2026", "00:00"), known=OPENED).errors == {}
    assert read(form, early).errors == {}, "a day nobody knows limits nothing"


def test_an_answer_is_held_to_the_minute_against_a_moment_of_the_case() -> None:
    form = a_form(a_question("it", "datetime", label="When did you see it?", not_before="case.raised"))
    assert read(form, a_date("it", "3", "11", "2026", "10:20"), known=OPENED).errors == {}
    assert read(form, a_date("it", "3", "11", "2026", "10:19"), known=OPENED).errors != {}


def test_a_condition_may_ask_for_a_day_of_the_case() -> None:
    asked = a_question("it", "date", warn_when="it < case.opened", warning="This was before the case was opened")
    assert read(a_form(asked), a_date("it", "2", "11", "2026"), known=OPENED).warnings != {}
    assert read(a_form(asked), a_date("it", "3", "11", "2026"), known=OPENED).warnings == {}
    assert read(a_form(asked), a_date("it", "2", "11", "2026")).warnings == {}


def test_a_year_far_ahead_is_a_slip_of_the_finger() -> None:
    assert day("1", "1", "2036") == "2036-01-01"
    ahead = a_form(a_question("it", "date", label="Next review", future=True))
    slip = "Next review must not be more than 10 years ahead. Check the year"
    assert read(ahead, a_date("it", "1", "1", "2062")).errors == {"it": slip}


@pytest.mark.parametrize(("kind", "said"), [("date", "today"), ("datetime", "now")])
def test_of_a_day_that_is_over_a_year_far_ahead_is_no_limit(kind: str, said: str) -> None:
    born = a_form(a_question("it", kind, label="Date of birth", past=True))
    slip = read(born, a_date("it", "1", "1", "2062", "10:00" if kind == "datetime" else "")).errors
    assert slip == {"it": f"Date of birth must be {said} or in the past"}


def test_what_was_to_come_when_a_form_was_written_may_be_past_when_it_is_corrected() -> None:
    form = a_form(a_question("it", "date", label="Next review", future=True))
    raw, written = a_date("it", "10", "11", "2026"), datetime(2026, 11, 9, 15, 0, tzinfo=UTC)
    assert read(form, raw).errors == {"it": "Next review must be today or in the future"}
    assert read(form, raw, written=written).errors == {}
    assert read(form, a_date("it", "8", "11", "2026"), written=written).errors != {}
