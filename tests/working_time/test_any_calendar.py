"""What must hold on any team's calendar: odd hours, closed days, other hours from some day on, any start."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.clock import LONDON, at_london
from workflows.working_time import Calendar, Counted, Duration, Hours, Unit, Week

FIRST, LAST = date(2026, 9, 1), date(2028, 4, 1)  # with a leap day, three clock changes and two Christmases
MINUTE = timedelta(minutes=1)
days = st.dates(FIRST, LAST)
# To the minute, by day: no team opens or closes in the hour of the night that a clock change brings twice or never.
moments = st.times(time(5), time(23, 59)).map(lambda one: one.replace(second=0, microsecond=0))
shifts = st.lists(moments, min_size=2, max_size=2, unique=True).map(sorted).map(lambda both: Hours(*both))
weeks = st.tuples(*[st.none() | shifts] * 7).filter(any)
changes = st.dictionaries(days, weeks, max_size=2).map(lambda found: tuple(sorted(found.items())))
calendars = st.builds(Calendar, hours=weeks, closures=st.frozensets(days, max_size=8), later=changes)
any_start = st.datetimes(datetime(2026, 9, 1), datetime(2028, 4, 1), timezones=st.just(UTC))  # noqa: DTZ001 - beside
# Those in which a clock changes, the first and last of the year, and a leap day: what chance would seldom find.
turning = st.builds(
    lambda day, minutes: datetime.combine(day, time(), UTC) + minutes * MINUTE,
    st.sampled_from([date(2026, 10, 24), date(2027, 3, 27), date(2026, 12, 24), date(2028, 2, 28)]),
    st.integers(0, 3 * 24 * 60),
)
starts = st.one_of(any_start, turning).map(lambda one: one.replace(second=0, microsecond=0))
durations = st.builds(Duration, st.integers(0, 30), st.sampled_from(Unit))
unhurried = settings(deadline=None)
few = settings(deadline=None, max_examples=40)  # each counts minute by minute


def open_minutes(calendar: Calendar, start: datetime) -> Iterator[datetime]:
    """Every minute from `start` on in which the service is open, told one by one from the clock on the wall."""
    at = start
    while True:
        wall = at.astimezone(LONDON)
        hours = calendar.week_on(wall.date())[wall.weekday()] if calendar.is_working_day(wall.date()) else None
        if hours and hours.opens <= wall.time() < hours.closes:
            yield at
        at += MINUTE


def london_date(instant: datetime) -> date:
    return instant.astimezone(LONDON).date()


def next_working_day(calendar: Calendar, day: date) -> date:
    return next(day + timedelta(days=n) for n in range(1, 4000) if calendar.is_working_day(day + timedelta(days=n)))


@few
@given(calendars, starts, st.integers(1, 6))
def test_a_working_hour_is_sixty_minutes_in_which_somebody_is_there(
    calendar: Calendar, start: datetime, hours: int
) -> None:
    minutes = open_minutes(calendar, start)
    last = [next(minutes) for _ in range(60 * hours)][-1]
    assert calendar.due(start, Duration(hours, Unit.WORKING_HOURS)) == last + MINUTE


@unhurried
@given(calendars, starts)
def test_a_working_day_ends_with_the_next_day_of_work_whatever_its_hours(calendar: Calendar, start: datetime) -> None:
    wall = start.astimezone(LONDON)
    hours = calendar.week_on(wall.date())[wall.weekday()]
    there = calendar.is_working_day(wall.date()) and hours is not None and wall.time() <= hours.closes
    first = wall.date() if there else next_working_day(calendar, wall.date())
    day = next_working_day(calendar, first)
    closes = calendar.week_on(day)[day.weekday()]
    assert closes is not None
    assert calendar.due(start, Duration(1, Unit.WORKING_DAYS)) == at_london(day, closes.closes)


@unhurried
@given(calendars, starts, st.integers(0, 400))
def test_calendar_days_are_counted_on_the_calendar_on_the_wall(
    calendar: Calendar, start: datetime, amount: int
) -> None:
    promised = london_date(start) + timedelta(days=amount)
    due = calendar.due(start, Duration(amount, Unit.DAYS)).astimezone(LONDON)
    expected = promised if calendar.is_working_day(promised) else next_working_day(calendar, promised)
    closes = calendar.week_on(expected)[expected.weekday()]
    assert closes is not None
    assert (due.date(), due.time()) == (expected, closes.closes)


@unhurried
@given(calendars, starts, st.integers(0, 60))
def test_what_begins_while_nobody_is_there_is_counted_from_the_next_opening(
    calendar: Calendar, start: datetime, hours: int
) -> None:
    opening = next(open_minutes(calendar, start))
    promise = Duration(hours, Unit.WORKING_HOURS)
    assert calendar.due(start, promise) == calendar.due(opening, promise)


@unhurried
@given(calendars, starts, starts, durations)
def test_who_starts_later_is_never_due_earlier(
    calendar: Calendar, one: datetime, other: datetime, duration: Duration
) -> None:
    earlier, later = sorted((one, other))
    assert calendar.due(earlier, duration) <= calendar.due(later, duration)


@unhurried
@given(calendars, starts, durations)
def test_what_is_counted_anew_on_the_same_calendar_falls_due_when_it_did(
    calendar: Calendar, start: datetime, duration: Duration
) -> None:
    assert calendar.counted(Counted.promised(start, duration)) == calendar.due(start, duration)


@unhurried
@given(calendars, starts, durations, days)
def test_a_day_closed_besides_brings_nothing_forward_and_leaves_what_is_due_before_it(
    calendar: Calendar, start: datetime, duration: Duration, closed: date
) -> None:
    before = calendar.due(start, duration)
    after = replace(calendar, closures=calendar.closures | {closed}).due(start, duration)
    assert after >= before or duration.unit is Unit.URGENT_DAYS  # whose day may end with the close of the service
    assert after == before or london_date(before) >= closed


@unhurried
@given(calendars, starts, durations, days, weeks)
def test_other_hours_leave_alone_what_falls_due_before_their_first_day(
    calendar: Calendar, start: datetime, duration: Duration, first: date, week: Week
) -> None:
    earlier = tuple(change for change in calendar.later if change[0] < first)
    before = replace(calendar, later=earlier).due(start, duration)
    after = replace(calendar, later=(*earlier, (first, week))).due(start, duration)
    assert after == before or min(london_date(before), london_date(after)) >= first
