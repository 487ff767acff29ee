"""When a team meets: in London's time, on open days, and as it was kept on the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from workflows.casework.meeting_days import LAST_OF_MONTH, Rhythm, meeting_by, next_sitting, sittings
from workflows.working_time import ENGLAND

TUESDAYS = meeting_by({}, Rhythm(date(2026, 10, 6), 2, time(14), "Library"))


def days(content: object, first: date, last: date) -> list[date]:
    assert isinstance(content, dict)
    return [one.day for one in sittings(content, ENGLAND, first, last)]


def test_a_team_meets_every_so_many_weeks_at_the_same_hour_of_london() -> None:
    found = sittings(dict(TUESDAYS), ENGLAND, date(2026, 10, 7), date(2026, 11, 3))
    assert [one.at for one in found] == [datetime(2026, 10, 20, 13, tzinfo=UTC), datetime(2026, 11, 3, 14, tzinfo=UTC)]
    assert {one.where for one in found} == {"Library"}


@pytest.mark.parametrize(
    ("first", "of_month", "then"),
    [
        (date(2026, 10, 6), 1, ["03 Nov", "01 Dec", "05 Jan", "02 Feb"]),
        (date(2026, 10, 20), 3, ["17 Nov", "15 Dec", "19 Jan", "16 Feb"]),
        (date(2026, 10, 29), LAST_OF_MONTH, ["26 Nov", "31 Dec", "28 Jan", "25 Feb"]),
    ],
)
def test_a_team_may_meet_on_the_same_weekday_of_each_month(first: date, of_month: int, then: list[str]) -> None:
    monthly = meeting_by({}, Rhythm(first, 0, time(14), of_month=of_month))
    assert [f"{one:%d %b}" for one in days(monthly, date(2026, 10, 30), date(2027, 2, 28))] == then


def test_a_rhythm_begins_with_a_meeting_of_its_own() -> None:
    assert Rhythm(date(2026, 10, 6), 0, time(14), of_month=1).begins_with_a_meeting
    assert not Rhythm(date(2026, 10, 6), 0, time(14), of_month=LAST_OF_MONTH).begins_with_a_meeting


def test_on_a_bank_holiday_there_is_no_meeting() -> None:
    fridays = meeting_by({}, Rhythm(date(2026, 12, 18), 1, time(9)))
    assert days(fridays, date(2026, 12, 18), date(2027, 1, 8)) == [date(2026, 12, 18), date(2027, 1, 8)]


def test_before_its_first_day_a_team_does_not_meet_so() -> None:
    assert days(TUESDAYS, date(2026, 9, 1), date(2026, 10, 6)) == [date(2026, 10, 6)]


def test_how_a_team_met_before_it_met_otherwise_stays() -> None:
    later = meeting_by(TUESDAYS, Rhythm(date(2026, 11, 5), 1, time(10)))
    assert days(later, date(2026, 10, 20), date(2026, 11, 12)) == [
        date(2026, 10, 20), date(2026, 11, 3), date(2026, 11, 5), date(2026, 11, 12),
    ]  # fmt: skip


def test_what_was_planned_from_the_same_day_or_later_is_no_more() -> None:
    planned = meeting_by(TUESDAYS, Rhythm(date(2026, 12, 1), 1, time(10)))
    changed = meeting_by(planned, Rhythm(date(2026, 11, 12), 1, time(9)))
    assert days(changed, date(2026, 11, 10), date(2026, 12, 3)) == [
        date(2026, 11, 12), date(2026, 11, 19), date(2026, 11, 26), date(2026, 12, 3),
    ]  # fmt: skip


def test_the_meeting_of_today_is_the_next_one_all_day() -> None:
    found = next_sitting(dict(TUESDAYS), ENGLAND, date(2026, 10, 20))
    assert found is not None
    assert found.day == date(2026, 10, 20)
