"""What must hold for any start and any duration."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.clock import LONDON
from workflows.working_time import Calendar, Duration, Unit

CALENDAR = Calendar()
# Two years with leap day, both clock changes and Christmas.
starts = st.datetimes(datetime(2026, 6, 1), datetime(2028, 4, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside
durations = st.builds(Duration, st.integers(0, 60), st.sampled_from(Unit))
unhurried = settings(deadline=None)  # the first look at a year's bank holidays takes a moment
in_office_days = durations.filter(lambda duration: duration.unit.counts_days and duration.unit is not Unit.URGENT_DAYS)
pausing = st.sampled_from([Unit.WORKING_HOURS, Unit.URGENT_HOURS, Unit.HOURS])


@unhurried
@given(starts, durations)
def test_a_due_instant_is_aware_utc_and_never_before_the_start_of_the_same_day(
    start: datetime, duration: Duration
) -> None:
    due = CALENDAR.due(start, duration)
    assert due.tzinfo is UTC
    assert due.astimezone(LONDON).date() >= start.astimezone(LONDON).date()


@unhurried
@given(starts, starts, durations)
def test_who_starts_later_is_never_due_earlier(one: datetime, other: datetime, duration: Duration) -> None:
    earlier, later = sorted((one, other))
    assert CALENDAR.due(earlier, duration) <= CALENDAR.due(later, duration)


@unhurried
@given(starts, durations, st.integers(0, 10))
def test_a_longer_promise_is_never_due_earlier(start: datetime, duration: Duration, more: int) -> None:
    longer = Duration(duration.amount + more, duration.unit)
    assert CALENDAR.due(start, duration) <= CALENDAR.due(start, longer)


@unhurried
@given(starts, st.integers(0, 60))
def test_working_hours_end_inside_working_hours(start: datetime, hours: int) -> None:
    local = CALENDAR.due(start, Duration(hours, Unit.WORKING_HOURS)).astimezone(LONDON)
    assert CALENDAR.is_working_day(local.date())
    assert timedelta(hours=9) <= timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
    assert (local.hour, local.minute, local.second) <= (17, 0, 0)


@unhurried
@given(starts, st.integers(0, 60))
def test_working_days_end_at_five_on_a_working_day(start: datetime, days: int) -> None:
    local = CALENDAR.due(start, Duration(days, Unit.WORKING_DAYS)).astimezone(LONDON)
    assert CALENDAR.is_working_day(local.date())
    assert (local.hour, local.minute, local.second) == (17, 0, 0)


@unhurried
@given(starts, st.integers(1, 20))
def test_a_working_day_is_a_day_of_work_and_never_24_working_hours(start: datetime, days: int) -> None:
    worked = CALENDAR.open_time(start, CALENDAR.due(start, Duration(days, Unit.WORKING_DAYS)), Unit.WORKING_HOURS)
    assert timedelta(hours=8 * days) <= worked <= timedelta(hours=8 * (days + 1))


@unhurried
@given(starts, st.integers(1, 60))
def test_urgent_hours_end_between_eight_and_eight_on_any_day(start: datetime, hours: int) -> None:
    due = CALENDAR.due(start, Duration(hours, Unit.URGENT_HOURS))
    assert time(8) < due.astimezone(LONDON).time() <= time(20)
    assert CALENDAR.open_time(start, due, Unit.URGENT_HOURS) == timedelta(hours=hours)


@unhurried
@given(starts, in_office_days)
def test_whatever_is_counted_in_days_falls_due_when_somebody_is_there(start: datetime, duration: Duration) -> None:
    local = CALENDAR.due(start, duration).astimezone(LONDON)
    assert CALENDAR.is_working_day(local.date())
    assert (local.hour, local.minute, local.second) == (17, 0, 0)


@unhurried
@given(starts, st.integers(0, 60))
def test_urgent_days_end_on_their_very_date_and_after_the_start(start: datetime, days: int) -> None:
    due = CALENDAR.due(start, Duration(days, Unit.URGENT_DAYS))
    assert due.astimezone(LONDON).date() == start.astimezone(LONDON).date() + timedelta(days=days)
    assert due > start or start.astimezone(LONDON).time() >= time(23, 59)


@unhurried
@given(starts, st.integers(0, 60), st.sampled_from([Unit.DAYS, Unit.WEEKS]))
def test_only_a_day_off_puts_calendar_days_off_and_no_working_day_is_lost(
    start: datetime, amount: int, unit: Unit
) -> None:
    promised = start.astimezone(LONDON).date() + timedelta(days=amount * (7 if unit is Unit.WEEKS else 1))
    due = CALENDAR.due(start, Duration(amount, unit)).astimezone(LONDON).date()
    between = [promised + timedelta(days=n) for n in range((due - promised).days)]
    assert promised <= due
    assert not any(map(CALENDAR.is_working_day, between))


@unhurried
@given(starts, starts, in_office_days)
def test_a_clock_that_goes_on_falls_due_when_somebody_is_there(
    paused: datetime, resumed: datetime, duration: Duration
) -> None:
    left = CALENDAR.remaining(paused, CALENDAR.due(paused, duration), duration.unit)
    assert CALENDAR.is_working_day(CALENDAR.resume(resumed, left).astimezone(LONDON).date())


@unhurried
@given(starts, st.integers(0, 60), pausing)
def test_the_open_time_until_due_is_the_promise_itself(start: datetime, hours: int, unit: Unit) -> None:
    due = CALENDAR.due(start, Duration(hours, unit))
    assert CALENDAR.open_time(start, due, unit) == timedelta(hours=hours)


@unhurried
@given(starts, durations)
def test_a_pause_of_no_length_changes_nothing(start: datetime, duration: Duration) -> None:
    due = CALENDAR.due(start, duration)
    resumed = CALENDAR.resume(start, CALENDAR.remaining(start, due, duration.unit))
    assert abs(resumed - due) <= timedelta(seconds=1)


@unhurried
@given(starts)
def test_rolling_forward_lands_on_a_working_day_and_only_once(start: datetime) -> None:
    rolled = CALENDAR.roll_forward(start)
    assert rolled >= start
    assert CALENDAR.is_working_day(rolled.astimezone(LONDON).date())
    assert CALENDAR.roll_forward(rolled) == rolled
