"""When promises fall due: clock changes, bank holidays, starts at odd hours."""

from datetime import UTC, date, datetime, time

import pytest

from tests.builders.moments import london
from workflows.working_time import Calendar, Duration, DurationError, Hours, Unit, bank_holidays

CALENDAR = Calendar()


def due(start: str, duration: str, calendar: Calendar = CALENDAR) -> datetime:
    return calendar.due(london(start), Duration.parse(duration))


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        ("2026-11-17 10:00", "2WD", "2026-11-19 17:00"),
        ("2026-11-19 10:00", "2WD", "2026-11-23 17:00"),  # over a weekend
        ("2026-11-17 10:00", "0WD", "2026-11-17 17:00"),  # the same working day
        ("2026-11-17 07:30", "2WD", "2026-11-19 17:00"),  # before opening: still that day
        ("2026-11-17 17:00", "2WD", "2026-11-19 17:00"),  # closing time belongs to the day
        ("2026-11-17 17:01", "2WD", "2026-11-20 17:00"),  # after closing: the next day's start
        ("2026-11-20 18:00", "2WD", "2026-11-25 17:00"),  # Friday evening counts as Monday
        ("2026-11-21 11:00", "2WD", "2026-11-25 17:00"),  # so does Saturday
        ("2026-11-21 11:00", "0WD", "2026-11-23 17:00"),
        ("2026-12-23 10:00", "2WD", "2026-12-29 17:00"),  # 25 and the substitute 28 December are holidays
        ("2026-12-24 10:00", "1WD", "2026-12-29 17:00"),
        ("2026-12-31 10:00", "1WD", "2027-01-04 17:00"),
        ("2027-12-24 10:00", "1WD", "2027-12-29 17:00"),  # 27 and 28 December 2027 are substitutes
        ("2028-02-28 10:00", "1WD", "2028-02-29 17:00"),  # a leap day is a working day
    ],
)
def test_working_days_end_at_five_on_the_nth_working_day(start: str, duration: str, expected: str) -> None:
    assert due(start, duration) == london(expected)


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        ("2026-11-17 10:00", "4WH", "2026-11-17 14:00"),
        ("2026-11-17 15:30", "4WH", "2026-11-18 11:30"),
        ("2026-11-20 16:00", "4WH", "2026-11-23 12:00"),  # over a weekend
        ("2026-11-21 16:00", "4WH", "2026-11-23 13:00"),
        ("2026-11-17 09:00", "8WH", "2026-11-17 17:00"),  # a full day ends today, not tomorrow at opening
        ("2026-12-24 16:00", "2WH", "2026-12-29 10:00"),
        ("2026-11-17 10:00", "2UH", "2026-11-17 12:00"),
        ("2026-11-17 19:30", "2UH", "2026-11-18 09:30"),  # the urgent line sleeps from 20:00 to 08:00
        ("2026-11-17 23:00", "2UH", "2026-11-18 10:00"),
        ("2026-11-18 03:00", "2UH", "2026-11-18 10:00"),
        ("2026-11-20 16:30", "0UD", "2026-11-20 17:00"),
        ("2026-11-20 17:30", "0UD", "2026-11-20 20:00"),  # a Friday evening is today
        ("2026-11-22 11:20", "0UD", "2026-11-22 20:00"),  # and so is a Sunday
        ("2026-11-22 20:00", "0UD", "2026-11-22 23:59"),
        ("2026-12-24 10:00", "1UD", "2026-12-25 20:00"),
        ("2026-12-25 10:00", "2UH", "2026-12-25 12:00"),  # and is open on Christmas Day
        ("2026-11-17 23:00", "4H", "2026-11-18 03:00"),
        ("2026-11-17 10:00", "14D", "2026-12-01 17:00"),
        ("2026-11-21 22:00", "1D", "2026-11-23 17:00"),  # a Sunday is nobody's day: Monday
        ("2026-12-11 10:00", "14D", "2026-12-29 17:00"),  # nor is Christmas Day, nor what follows it in 2026
        ("2026-11-30 10:00", "4W", "2026-12-29 17:00"),
        ("2026-11-17 10:00", "6W", "2026-12-29 17:00"),
        ("2028-02-15 10:00", "14D", "2028-02-29 17:00"),
    ],
)
def test_hours_days_and_weeks_count_in_their_own_time(start: str, duration: str, expected: str) -> None:
    assert due(start, duration) == london(expected)


@pytest.mark.parametrize(
    ("start", "duration", "expected_utc"),
    [
        ("2026-10-23 10:00", "1WD", "2026-10-26T17:00+00:00"),  # 25 October 2026: the clock goes back
        ("2026-10-22 10:00", "1WD", "2026-10-23T16:00+00:00"),
        ("2026-10-23 16:00", "2WH", "2026-10-26T10:00+00:00"),
        ("2026-10-24 19:00", "2UH", "2026-10-25T09:00+00:00"),
        ("2026-10-23 12:00", "3D", "2026-10-26T17:00+00:00"),
        ("2026-10-25 00:30", "2H", "2026-10-25T01:30+00:00"),  # clock hours are real hours
        (
            "2027-03-25 10:00",
            "1WD",
            "2027-03-30T16:00+00:00",
        ),  # Good Friday and Easter Monday, then summer time
        ("2027-03-27 19:00", "2UH", "2027-03-28T08:00+00:00"),  # 28 March 2027: the clock goes forward
        ("2027-03-24 12:00", "6D", "2027-03-30T16:00+00:00"),
    ],
)
def test_a_clock_change_moves_the_utc_instant_not_the_london_time(start: str, duration: str, expected_utc: str) -> None:
    assert due(start, duration) == datetime.fromisoformat(expected_utc)


def test_bank_holidays_hold_the_substitutes_of_christmas() -> None:
    assert {date(2026, 12, 25), date(2026, 12, 28)} <= bank_holidays(2026)
    assert {date(2027, 12, 27), date(2027, 12, 28)} <= bank_holidays(2027)


def test_an_extra_closure_is_no_working_day() -> None:
    closed = Calendar(closures=frozenset({date(2026, 11, 18)}))
    assert due("2026-11-17 10:00", "1WD", closed) == london("2026-11-19 17:00")
    assert due("2026-11-17 16:00", "2WH", closed) == london("2026-11-19 10:00")


def test_a_team_that_closes_early_on_friday_promises_until_then() -> None:
    weekday = Hours(time(9), time(17))
    early = Calendar(hours=(weekday, weekday, weekday, weekday, Hours(time(9), time(13)), None, None))
    assert due("2026-11-19 10:00", "1WD", early) == london("2026-11-20 13:00")
    assert due("2026-11-20 12:00", "2WH", early) == london("2026-11-23 10:00")


def test_rolling_forward_keeps_the_time_of_day_and_leaves_working_days_alone() -> None:
    assert CALENDAR.roll_forward(london("2026-11-21 17:00")) == london("2026-11-23 17:00")
    assert CALENDAR.roll_forward(london("2026-12-25 17:00")) == london("2026-12-29 17:00")
    assert CALENDAR.roll_forward(london("2026-11-20 17:00")) == london("2026-11-20 17:00")
    assert CALENDAR.roll_forward(london("2026-10-24 17:00")) == datetime(2026, 10, 26, 17, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "2", "WD", "2 WD", "-2WD", "2.5WH", "two days", "2wd", "10000D", "2Y", "2WDx"])
def test_nonsense_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(DurationError, match=r"is not a duration\. Write a whole number"):
        Duration.parse(text)


def test_a_duration_reads_back_as_it_was_written() -> None:
    assert str(Duration.parse(" 2WD ")) == "2WD"
    assert Duration.parse("12W") == Duration(12, Unit.WEEKS)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        CALENDAR.due(datetime(2026, 11, 17, 10), Duration.parse("1WD"))  # noqa: DTZ001 - the naive time is the point


def test_a_calendar_that_never_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one of them open"):
        Calendar(hours=(None,) * 7)
    with pytest.raises(ValueError, match="before it closes"):
        Calendar(urgent=Hours(time(20), time(8)))
