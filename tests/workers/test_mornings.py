"""Between a rung and the morning things change: whoever it concerns in the morning is told, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.workers.test_climbing import NINE, Street
from workers.jobs import remind
from workflows.actions.notices import claim_notice, due_notices
from workflows.assembly import Office
from workflows.casework.calendars import closed_on, written_week
from workflows.casework.escalation import Nudge
from workflows.casework.programme import Programme, Team
from workflows.casework.staff import Absence, StaffMember
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.durations import Remaining, Unit
from workflows.duties.rungs import set_next_rung
from workflows.working_time import Counted, Hours

FIVE = timedelta(hours=7, minutes=55)  # after NINE


@pytest.fixture
def street(office: Office, clock: FixedClock) -> Street:
    clock.move_to(NINE)
    return Street(office)


def away(street: Street, who: UUID, cover: UUID | None, first: date) -> None:
    street.add(Absence(staff_id=who, cover_id=cover, first_day=first, last_day=first + timedelta(days=13)))


def by_name(street: Street, name: str) -> UUID:
    with street.office.desk().looking() as session:
        return session.scalars(select(StaffMember.id).where(StaffMember.name == name)).one()


def stands(street: Street, task: UUID, since: datetime | None) -> None:
    session = street.session()
    session.get_one(Task, task).paused_at = since
    session.commit()
    session.close()


def at_five(street: Street, clock: FixedClock, **given: object) -> UUID:
    """A task of the nurse's that falls due today at five, and comes to that rung."""
    wanted = {"escalation": "A", "assignee_id": street.nurse, "due": "+7h", **given}
    task = street.task(street.case(), **wanted)  # type: ignore[arg-type]
    clock.advance(FIVE)
    remind.climb(street.office)
    return task


@pytest.mark.both_databases
def test_whoever_goes_on_leave_before_the_morning_is_not_told_and_their_cover_is(
    street: Street, clock: FixedClock
) -> None:
    away(street, street.nurse, street.other, date(2026, 11, 17))
    at_five(street, clock)
    clock.move_to(NINE)
    assert street.mornings(clock, 1) == {"17 Nov": ["other"]}


def test_what_is_passed_on_is_not_told_to_a_manager_who_is_away_by_then(street: Street, clock: FixedClock) -> None:
    second, manager = street.staff("Second", "team_manager east"), by_name(street, "Manager")
    away(street, second, None, date(2026, 11, 5))  # back on the 19th
    away(street, manager, second, date(2026, 11, 19))
    at_five(street, clock)  # passed on two working days later, on the evening of the 18th
    clock.advance(timedelta(days=2))
    remind.climb(street.office)
    clock.move_to(NINE + timedelta(days=2))
    assert street.mornings(clock, 1)["19 Nov"] == ["nurse", "second"]


def test_a_rung_before_a_stay_in_hospital_is_told_after_it(street: Street, clock: FixedClock) -> None:
    task = at_five(street, clock)
    stands(street, task, clock.now())
    clock.move_to(NINE)
    assert street.mornings(clock, 7) == {}
    with street.office.desk().work() as work:
        held, left = work.session.get_one(Task, task), Counted(work.now, Remaining(0, Unit.WORKING_DAYS))
        held.go_on(held.case.calendar.counted(left), left)
        set_next_rung(held, work.now)
        work.commit()
    assert street.mornings(clock, 1) == {"24 Nov": ["nurse"]}


def test_a_stay_in_hospital_between_writing_and_sending_loses_nothing_either(street: Street, clock: FixedClock) -> None:
    task = at_five(street, clock)
    clock.move_to(NINE)
    street.mornings(clock, 1)
    (notice,) = due_notices(street.office.desk())
    stands(street, task, clock.now())
    assert claim_notice(street.office.desk(), notice) is None
    stands(street, task, None)
    assert street.mornings(clock, 1) == {"18 Nov": ["nurse"]}


def test_whoever_is_left_out_overnight_is_not_told_and_whoever_hands_on_is(street: Street, clock: FixedClock) -> None:
    task = at_five(street, clock)
    street.shut_out(street.kept(task).case_id, street.nurse)
    clock.move_to(NINE)
    assert street.mornings(clock, 1) == {"17 Nov": ["head", "manager"]}


def test_what_was_put_on_another_day_is_not_told_of_the_old_one(street: Street, clock: FixedClock) -> None:
    task = at_five(street, clock)
    with street.office.desk().work() as work:
        held = work.session.get_one(Task, task)
        held.put_on(work.now + timedelta(days=10), None, work.now)
        set_next_rung(held, work.now)
        work.commit()
    clock.move_to(NINE)
    assert street.mornings(clock, 3) == {}
    with street.office.desk().looking() as session:
        assert [one.dropped for one in session.scalars(select(Nudge))] == ["it has another day now"]


def closed_on_the_23rd(street: Street) -> None:
    with street.office.desk().work() as work:
        team = work.session.get_one(Team, street.teams["east"])
        team.content = dict(closed_on(team.content, date(2026, 11, 23), "Training"))
        work.commit()


def open_on_saturdays(street: Street) -> None:
    week = (Hours(time(9), time(17)),) * 6 + (None,)
    with street.office.desk().work() as work:
        programme = work.session.get_one(Programme, street.programme_id)
        programme.content = {**programme.content, "hours": [{"from": "2026-11-01", "week": written_week(week)}]}
        work.commit()


@pytest.mark.parametrize(
    ("calendar", "morning"),
    [(None, "23 Nov"), (closed_on_the_23rd, "24 Nov"), (open_on_saturdays, "21 Nov")],
)
def test_what_comes_on_a_friday_evening_is_told_on_the_next_working_morning(
    street: Street, clock: FixedClock, calendar: Callable[[Street], None] | None, morning: str
) -> None:
    if calendar:
        calendar(street)
    clock.move_to(NINE + timedelta(days=4))
    at_five(street, clock)
    clock.move_to(NINE + timedelta(days=4))
    assert next(iter(street.mornings(clock, 4).items())) == (morning, ["nurse"])


def test_what_is_about_safety_is_told_on_a_sunday_too(street: Street, clock: FixedClock) -> None:
    clock.move_to(NINE + timedelta(days=6))
    street.task(street.case(), escalation="S", assignee_id=street.nurse, due="-1h")
    assert street.round() == ["nurse", "other"]


def test_what_comes_on_a_monday_after_the_message_waits_for_the_next_monday(street: Street, clock: FixedClock) -> None:
    at_five(street, clock, escalation="C")  # ten working days later is the evening of Monday the 30th
    clock.move_to(NINE + timedelta(days=14, hours=8))
    remind.climb(street.office)
    clock.move_to(NINE + timedelta(days=14))
    assert street.mornings(clock, 10) == {"01 Dec": ["nurse"], "07 Dec": ["manager"]}
