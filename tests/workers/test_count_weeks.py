"""What is overdue is counted at the end of each week, once; weeks before the first count are reckoned afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.moments import london
from tests.builders.small_town import SmallTown
from workers.jobs import count_weeks
from workflows.assembly import Office
from workflows.casework.overdue import OverdueWeek, last_sundays
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.questions.overdue import overdue_board
from workflows.questions.overdue_filters import Narrowed
from workflows.questions.overdue_trend import Week

SUNDAY = date(2026, 11, 15)  # the day before the tests' Monday


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


@pytest.fixture
def manager(town: SmallTown) -> UUID:
    """The manager of East."""
    return town.staff("Mia Manager", "team_manager east")


def weeks(town: SmallTown, staff_id: UUID, **asked: str) -> list[Week]:
    narrowed = Narrowed.read({name: [value] for name, value in asked.items()})
    return list(overdue_board(town.desk(staff_id), narrowed).weeks)


def kept(town: SmallTown) -> list[tuple[date, str, int, bool]]:
    with town.office.desk().looking() as session:
        rows = session.scalars(select(OverdueWeek).where(OverdueWeek.tasks > 0).order_by(OverdueWeek.week)).all()
        return [(row.week, row.kind, row.tasks, row.reckoned) for row in rows]


def test_a_week_is_counted_once_at_its_end_and_moving_a_date_later_changes_nothing(
    town: SmallTown, manager: UUID, clock: FixedClock
) -> None:
    clock.move_to(london("2026-11-16 00:02"))
    task = town.task(town.case(opened_at=town.now - timedelta(days=6)), escalation="A", due="-1d")
    assert count_weeks.work(town.office) == (1, 0)
    session = town.session()
    session.get_one(Task, task).due_at = town.at("+9d")
    session.commit()
    session.close()
    assert count_weeks.work(town.office) == (0, 0)
    assert kept(town) == [(SUNDAY, "A", 1, False)]
    assert weeks(town, manager) == [Week(SUNDAY, {"S": 0, "A": 1, "review": 0, "B": 0, "C": 0}, reckoned=False)]


def test_weeks_before_are_reckoned_from_what_tasks_tell_as_far_back_as_there_are_cases(
    town: SmallTown, manager: UUID
) -> None:
    case = town.case(opened_at=town.now - timedelta(days=30))
    opened = {"opened_at": town.now - timedelta(days=29)}
    town.task(case, due="-20d", status="completed", ended_at=town.at("-5d"), **opened)  # late on two Sundays
    town.task(case, due="-3d", paused_at=town.at("-8d"), **opened)  # stood still
    town.task(case, due="-2d", opened_at=town.now - timedelta(hours=2))  # nobody had asked for it
    assert count_weeks.work(town.office) == (5, 0)
    found = [(week.sunday, week.total, week.reckoned) for week in weeks(town, manager)]
    expected = {SUNDAY - timedelta(weeks=2): 1, SUNDAY - timedelta(weeks=1): 1}
    assert found == [(sunday, expected.get(sunday, 0), True) for sunday in last_sundays(town.now.date(), 5)]


@pytest.mark.parametrize(
    ("post", "total"), [("team_manager east", 3), ("service_manager", 7), ("nurse east", 0), ("team_manager north", 5)]
)
def test_everybody_sees_the_trend_of_the_places_they_look_after(town: SmallTown, post: str, total: int) -> None:
    for team, number in (("east", 2), ("north", 4), ("", 1)):
        case = town.case(team=team)
        for _ in range(number):
            town.task(case, due="-2d", opened_at=town.now - timedelta(days=9))
    town.task(town.case(sharing_scope="held_back"), due="-2d", opened_at=town.now - timedelta(days=9))
    count_weeks.work(town.office)
    found = weeks(town, town.staff("Rae Runs", post))
    assert sum(week.total for week in found if week.sunday == SUNDAY) == total


def test_the_trend_follows_the_teams_and_kinds_that_are_asked_for(town: SmallTown) -> None:
    who = town.staff("Sam Service", "service_manager")
    for team, kind in (("east", "S"), ("north", "B"), ("", "C")):
        town.task(town.case(team=team), escalation=kind, due="-2d", opened_at=town.now - timedelta(days=9))
    count_weeks.work(town.office)
    asked = [{}, {"team": str(town.teams["east"])}, {"team": "none"}, {"kind": "B"}]
    assert [weeks(town, who, **one)[-1].total for one in asked] == [3, 1, 1, 1]


def test_the_sundays_are_those_before_today_also_on_a_sunday_and_over_a_change_of_clocks() -> None:
    assert last_sundays(date(2026, 11, 15), 2) == (date(2026, 11, 1), date(2026, 11, 8))
    assert last_sundays(date(2026, 10, 26), 1) == (date(2026, 10, 25),)


def test_nothing_is_counted_while_there_are_no_cases(town: SmallTown) -> None:
    assert count_weeks.work(town.office) == (0, 0)
