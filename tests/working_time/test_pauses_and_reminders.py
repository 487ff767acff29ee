"""Clocks that pause keep what was left; reminders come ahead of the due time."""

from datetime import timedelta

import pytest

from tests.builders.moments import london
from workflows.working_time import Calendar, DurationError, Remaining, Unit

CALENDAR = Calendar()


@pytest.mark.parametrize(
    ("unit", "paused", "due", "left", "resumed", "new_due"),
    [
        ("WD", "2026-11-16 10:00", "2026-11-18 17:00", 2, "2026-12-03 11:00", "2026-12-07 17:00"),
        ("WD", "2026-11-16 10:00", "2026-11-18 17:00", 2, "2026-11-16 11:00", "2026-11-18 17:00"),
        ("WD", "2026-11-21 10:00", "2026-11-23 17:00", 0, "2026-11-25 09:00", "2026-11-25 17:00"),
        ("WD", "2026-11-20 10:00", "2026-11-18 17:00", -2, "2026-12-03 11:00", "2026-12-01 17:00"),
        ("WH", "2026-11-20 16:00", "2026-11-23 10:00", 7200, "2026-12-01 16:30", "2026-12-02 10:30"),
        ("WH", "2026-11-20 16:00", "2026-11-20 15:00", -3600, "2026-12-01 09:30", "2026-11-30 16:30"),
        ("UH", "2026-11-20 19:00", "2026-11-21 09:00", 7200, "2026-11-22 19:30", "2026-11-23 09:30"),
        ("H", "2026-11-20 19:00", "2026-11-21 01:00", 21600, "2026-11-22 19:30", "2026-11-23 01:30"),
        ("D", "2026-11-16 10:00", "2026-11-20 17:00", 4, "2026-12-01 10:00", "2026-12-07 17:00"),  # not a Saturday
        ("W", "2026-11-16 10:00", "2026-11-30 17:00", 14, "2026-12-01 10:00", "2026-12-15 17:00"),
    ],
)
def test_a_pause_keeps_what_was_left(unit: str, paused: str, due: str, left: int, resumed: str, new_due: str) -> None:
    remaining = CALENDAR.remaining(london(paused), london(due), Unit(unit))
    assert remaining == Remaining(left, Unit(unit))
    assert CALENDAR.resume(london(resumed), remaining) == london(new_due)


@pytest.mark.parametrize(
    ("start", "due", "rule", "unit", "expected"),
    [
        ("2026-11-16 10:00", "2026-11-24 17:00", "-1WD", "WD", "2026-11-23 17:00"),
        ("2026-11-16 10:00", "2026-11-23 17:00", "-1WD", "WD", "2026-11-20 17:00"),
        ("2026-11-16 10:00", "2026-12-23 17:00", "-7D", "D", "2026-12-16 17:00"),
        ("2026-11-16 10:00", "2026-12-23 17:00", "-1W", "D", "2026-12-16 17:00"),
        ("2026-11-16 10:00", "2026-11-16 16:00", "-1WH", "WH", "2026-11-16 15:00"),
        ("2026-11-20 16:00", "2026-11-23 12:00", "-4H", "WH", "2026-11-23 08:00"),
        (
            "2026-11-20 16:00",
            "2026-11-23 10:00",
            "-2WH",
            "WH",
            None,
        ),  # the start itself: nothing to remind of
        ("2026-11-17 10:00", "2026-11-17 12:00", "-50%", "UH", "2026-11-17 11:00"),
        ("2026-11-17 19:00", "2026-11-18 11:00", "-50%", "UH", "2026-11-18 09:00"),  # never at night
        ("2026-11-20 15:00", "2026-11-23 11:00", "-50%", "WH", "2026-11-20 17:00"),
        ("2026-11-17 09:00", "2026-11-18 17:00", "-25%", "WD", "2026-11-18 13:00"),
        ("2026-11-17 10:00", "2026-11-17 14:00", "-50%", "H", "2026-11-17 12:00"),
        ("2026-11-17 10:00", "2026-11-17 17:00", "-1WD", "WD", None),  # shorter than the notice
    ],
)
def test_a_reminder_comes_ahead_of_the_due_time(
    start: str, due: str, rule: str, unit: str, expected: str | None
) -> None:
    at = CALENDAR.reminder(london(start), london(due), rule, Unit(unit))
    assert at == (london(expected) if expected else None)


@pytest.mark.parametrize("rule", ["", "1WD", "-", "-100%", "-1X", "soon", "none", "-WD"])
def test_an_unknown_reminder_rule_is_refused(rule: str) -> None:
    with pytest.raises(DurationError):
        CALENDAR.reminder(london("2026-11-16 10:00"), london("2026-11-24 17:00"), rule, Unit.WORKING_DAYS)


def test_open_time_counts_only_open_hours() -> None:
    friday, monday = london("2026-11-20 16:00"), london("2026-11-23 10:00")
    assert CALENDAR.open_time(friday, monday, Unit.WORKING_HOURS) == timedelta(hours=2)
    assert CALENDAR.open_time(friday, monday, Unit.URGENT_HOURS) == timedelta(hours=4 + 12 + 12 + 2)
    assert CALENDAR.open_time(friday, monday, Unit.HOURS) == timedelta(hours=66)
    assert CALENDAR.open_time(monday, friday, Unit.WORKING_HOURS) == timedelta()
    assert CALENDAR.open_time(monday, friday, Unit.HOURS) == timedelta()
