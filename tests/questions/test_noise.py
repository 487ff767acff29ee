"""What came of the reminders of a month: who got how many, which were followed, and of which rung they were."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.builders.small_town import SmallTown
from tests.workers.test_climbing import Street, street
from workers.jobs import remind
from workflows.actions import putting_off, seeing
from workflows.casework.escalation import Nudge
from workflows.casework.ladder import LEVELS
from workflows.clock import FixedClock
from workflows.questions.noise import Colleague, Noise, Tally, noise_of

__all__ = ["street"]  # a fixture
NOVEMBER = date(2026, 11, 1)


def noise(town: SmallTown, asks: UUID, month: date = NOVEMBER, **given: Any) -> Noise:
    return noise_of(town.desk(asks), month, **given)


def named(found: Noise) -> dict[str, Colleague]:
    return {one.name: one for one in found.colleagues}


def manager_of(street: Street) -> UUID:
    return street.staff("Mia", "team_manager east")


@pytest.mark.both_databases
def test_each_colleague_stands_there_with_what_reached_them_and_what_they_followed(
    street: Street, clock: FixedClock
) -> None:
    asks, case = manager_of(street), street.case()
    followed, seen, _left = (
        street.task(case if name == "a" else street.case(), escalation="A", assignee_id=street.nurse, due="+2h")
        for name in "abc"
    )
    street.task(street.case(), escalation="S", assignee_id=street.nurse, due="+2h", opened_at=clock.now())
    clock.advance(timedelta(hours=3))
    remind.climb(street.office)  # of the one about safety the nurse and the pool hear at once
    street.mornings(clock, 1)
    seeing.note_task_seen(street.desk(street.nurse), seen, "API")  # a look is no act
    putting_off.know_of(street.desk(street.nurse), followed)
    found = noise(street, asks)
    assert named(found)["Nurse"].all == Tally(reminders=4, at_once=1, by_email=4, followed=1, days=2, most=3)
    assert named(found)["Other"].all == Tally(reminders=1, at_once=1, by_email=1, days=1, most=1)
    rungs = {(ladder, LEVELS[level - 1]): tally for (_, ladder, level), tally in found.rungs.items()}
    assert rungs["A", "L1"] == Tally(reminders=3, by_email=3, followed=1, days=1, most=3)
    assert rungs["S", "L1"].reminders == 2


@pytest.mark.both_databases
def test_an_act_counts_within_a_day_after_it_was_told_and_only_of_whom_it_reached(
    street: Street, clock: FixedClock
) -> None:
    asks = manager_of(street)
    soon, late, other = (
        street.task(street.case(), escalation="A", assignee_id=street.nurse, due="+2h") for _ in range(3)
    )
    street.mornings(clock, 1)
    told = clock.now()
    putting_off.know_of(street.desk(asks), other)
    clock.move_to(told + timedelta(hours=23, minutes=59))
    putting_off.know_of(street.desk(street.nurse), soon)
    clock.move_to(told + timedelta(hours=24, minutes=1))
    putting_off.know_of(street.desk(street.nurse), late)
    assert named(noise(street, asks))["Nurse"].all.followed == 1


def reminder(street: Street, staff: UUID, told: str, case: UUID | None = None, **given: Any) -> None:
    """Something of which somebody was told at an instant."""
    case_id, at = case or street.case(), datetime.fromisoformat(told)
    task = street.task(case_id, escalation="A")
    street.add(
        Nudge(
            **{
                "staff_id": staff, "case_id": case_id, "task_id": task, "about": task, "slot": "L1", "level": 3,
                "pace": "daily", "made_at": at, "tell_at": at, "told_at": at, **given,
            }
        )
    )  # fmt: skip


def test_a_month_is_one_of_london_and_what_was_never_told_is_not_counted(street: Street) -> None:
    asks = manager_of(street)
    for told in ("2026-09-30T22:59:59+00:00", "2026-11-01T00:00:00+00:00"):
        reminder(street, street.nurse, told)
    for told in ("2026-09-30T23:00:00+00:00", "2026-10-31T23:59:59+00:00"):
        reminder(street, street.nurse, told)  # October, which begins in summer time
    reminder(street, street.nurse, "2026-10-12T09:00:00+00:00", dropped="it is done")
    reminder(street, street.nurse, "2026-10-12T09:00:00+00:00", told_at=None)
    found = noise(street, asks, date(2026, 10, 17))
    assert (found.month, found.all.reminders, found.all.days) == (date(2026, 10, 1), 2, 2)
    assert found.months == (NOVEMBER, date(2026, 10, 1), date(2026, 9, 1))
    assert noise_of(street.desk(asks)).month == date(2026, 10, 1)
    assert noise(street, asks, date(1, 1, 1)).month == date(2026, 10, 1)


def test_a_manager_sees_the_numbers_of_their_own_teams_cases_and_names_of_their_own_colleagues(
    street: Street,
) -> None:
    at, asks = "2026-11-12T09:00:00+00:00", manager_of(street)
    north, head = street.staff("North", "nurse north"), street.staff("Whole", "service_manager")
    shut = street.case()
    for staff, case in ((street.nurse, None), (head, None), (north, street.case(team="north")), (street.nurse, shut)):
        reminder(street, staff, at, case)
    street.shut_out(shut, asks)
    found = noise(street, asks)
    assert (list(named(found)), found.all.reminders, found.others.reminders) == (["Nurse"], 2, 1)
    assert [name for _, name in found.teams] == ["East"]
    everything = noise(street, head)
    assert (sorted(named(everything)), everything.all.reminders) == (["North", "Nurse", "Whole"], 4)
    assert list(named(noise(street, head, team=street.teams["north"]))) == ["North"]
    assert noise(street, asks, team=street.teams["north"]).team is None


def test_many_reminders_that_hardly_anybody_follows_are_noise() -> None:
    assert [Tally(reminders=told, followed=acted).noise for told, acted in ((10, 1), (10, 2), (9, 0))] == [
        True, False, False,
    ]  # fmt: skip
