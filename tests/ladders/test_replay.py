"""What a ladder would have done to a task of the past: rungs until it was done, messages by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from workflows.casework.access import MANAGERS
from workflows.casework.ladder import Clock, Ladder
from workflows.casework.ladder_table import read_ladder, standard, written
from workflows.casework.replay import MOVED_SHOWN, Past, Replay, comes_to, part_of_day, told_on
from workflows.durations import Unit

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
TODAY = standard()
SOON = read_ladder(written(standard()).replace("review,L2,+2WD", "review,L2,+1WD"))
OFTEN = read_ladder(written(standard()).replace("A,L1,due,,holder,daily,,,", "A,L1,due,,holder,daily,,1WD,3"))


def task(ladder: str, days: float, seen: datetime | None = None) -> Past:
    """A task asked on Monday, due on Wednesday the 18th at five, done so many days after Monday."""
    due = datetime(2026, 11, 18, 17, tzinfo=UTC)
    return Past(ladder, Clock(MONDAY, due, Unit.WORKING_DAYS), MONDAY, MONDAY + timedelta(days=days), seen)


def climbed(past: Past, ladder: Ladder = TODAY) -> list[str]:
    return [f"{one.rung.name} {one.at:%d}" for one in comes_to(past, ladder)]


def test_a_task_climbs_until_it_is_done() -> None:
    assert climbed(task("A", 5)) == ["R1 17", "L1 18", "L2 20"]
    assert climbed(task("A", 30)) == ["R1 17", "L1 18", "L2 20", "L3 25"]


def test_who_said_that_they_knew_of_it_kept_it_from_what_that_stops() -> None:
    assert climbed(task("A", 30, MONDAY + timedelta(days=3))) == ["R1 17", "L1 18", "L3 25"]


def test_what_is_said_again_is_said_until_the_next_rung_comes() -> None:
    assert climbed(task("A", 30), OFTEN) == ["R1 17", "L1 18", "L1 19", "L2 20", "L3 25"]


@pytest.mark.parametrize(
    ("place", "days", "told"),
    [(0, 30, date(2026, 11, 18)), (1, 30, date(2026, 11, 19)), (1, 2.5, None)],
)
def test_what_can_wait_is_told_the_next_morning_unless_it_is_done_by_then(
    place: int, days: float, told: date | None
) -> None:
    past = task("A", days)
    assert told_on(list(comes_to(task("A", 30), standard()))[place], past) == told


def test_a_morning_holds_all_that_can_wait_in_one_message_and_what_is_at_once_comes_each_by_itself() -> None:
    replay, one = Replay({"today": standard(), "draft": standard()}, MANAGERS), uuid4()
    for ladder in ("A", "B", "S", "S"):
        replay.take(task(ladder, 3.5), "ACM-000001", lambda *_: (one,))
    days = replay.told["draft"].days()
    assert {day.day: count for (_, day), count in sorted(days.items())} == {17: 2, 18: 7, 19: 1}


def test_what_is_told_at_once_is_told_by_weekday_and_part_of_the_day() -> None:
    replay = Replay({"today": standard(), "draft": standard()}, MANAGERS)
    replay.take(task("S", 3.5), "ACM-000001", lambda *_: (uuid4(),))
    assert replay.told["draft"].times == {(1, "day"): 1, (2, "day"): 1, (2, "night"): 2}


@pytest.mark.parametrize(("hour", "part"), [(6, "night"), (7, "day"), (17, "day"), (18, "night")])
def test_the_parts_of_a_day_are_those_of_the_clock_in_london(hour: int, part: str) -> None:
    assert part_of_day(datetime(2026, 7, 1, hour, tzinfo=UTC)) == part


def test_a_review_at_very_high_risk_is_a_review_though_it_climbs_the_ladder_of_safety() -> None:
    sooner = read_ladder(written(standard()).replace("S,L2,+2H", "S,L2,+1H"))
    replay, past = Replay({"today": standard(), "draft": sooner}, MANAGERS), task("S", 20)
    replay.take(replace(past, review=True), "ACM-000001", lambda *_: ())
    replay.take(past, "ACM-000002", lambda *_: ())
    assert [one.case_number for one in replay.reviews.most("earlier")] == ["ACM-000001"]


def test_a_review_that_reached_a_manager_before_the_time_looked_at_is_not_called_later() -> None:
    replay, thursday = Replay({"today": standard(), "draft": SOON}, MANAGERS), MONDAY + timedelta(days=3, hours=12)
    replay.take(replace(task("review", 20), first=thursday), "ACM-000001", lambda *_: ())
    replay.take(replace(task("review", 20), first=thursday + timedelta(days=2)), "ACM-000002", lambda *_: ())
    assert [one.case_number for one in replay.reviews.most("earlier")] == ["ACM-000001"]
    assert replay.reviews.counts["later"] == 0
    assert replay.told["draft"].rungs == {("review", 5): 2, ("review", 6): 2}


def test_a_review_that_would_have_reached_a_manager_earlier_is_named_and_only_so_many_are() -> None:
    replay = Replay({"today": standard(), "draft": SOON}, MANAGERS)
    for number in range(MOVED_SHOWN + 5):
        replay.take(task("review", 20), f"ACM-{number:06d}", lambda *_: ())
    assert (replay.reviews.counts["earlier"], replay.reviews.counts["later"]) == (MOVED_SHOWN + 5, 0)
    found = replay.reviews.most("earlier")
    assert len(found) == MOVED_SHOWN
    assert [one and one.day for one in (found[0].was, found[0].now)] == [20, 19]
