"""What a colleague's own calendar is told: their dates, as far as they may know of the case now, and nobody's name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests.builders.small_town import SmallTown
from tests.builders.walked_case import Town, walked_to
from workflows.assembly import Office
from workflows.casework.base import new_id
from workflows.casework.care import Review
from workflows.clock import FixedClock
from workflows.questions.calendar_feed import MEETING, REVIEW, Entry, entries

QUIET = {"needed_roles": ["nurse"], "person_attends": "no", "invite_referrer": "no", "invite": None}


@pytest.fixture
def small(office: Office) -> SmallTown:
    return SmallTown(office)


def told(town: SmallTown, staff_id: UUID) -> list[tuple[str, str]]:
    return [(one.case_number, one.name) for one in entries(town.desk(staff_id))]


def test_a_calendar_is_told_of_ones_own_tasks_with_a_date_and_of_no_pool(small: SmallTown) -> None:
    nurse = small.staff("Nia Nurse", "nurse east")
    case = small.case()
    small.task(case, assignee_id=nurse, name="Visit", due="+2d")
    small.task(case, assignee_id=nurse, name="Any day", due="")
    small.task(case, assignee_id=nurse, name="Stands still", paused_at=small.now)
    small.task(case, name="In the pool")
    assert told(small, nurse) == [("ACM-000001", "Visit")]


def test_what_is_promised_for_a_day_is_no_minute_of_it(small: SmallTown) -> None:
    nurse = small.staff("Nia Nurse", "nurse east")
    for name, unit in (("By the day", "WD"), ("By the hour", "UH")):
        small.task(small.case(), assignee_id=nurse, name=name, due_unit=unit)
    assert {one.name: one.whole_day for one in entries(small.desk(nurse))} == {"By the day": True, "By the hour": False}


def test_whoever_covers_today_is_told_of_what_is_theirs_to_do_meanwhile(small: SmallTown) -> None:
    away, cover = small.staff("Ali Away", "nurse east"), small.staff("Cora Cover", "nurse east")
    small.task(small.case(), assignee_id=away, name="Visit")
    assert told(small, cover) == []
    small.on_leave(away, cover)
    assert [(one.name, one.covered) for one in entries(small.desk(cover))] == [("Visit", True)]


def test_a_case_that_is_not_the_readers_to_see_any_more_is_absent(small: SmallTown) -> None:
    nurse = small.staff("Nia Nurse", "nurse east")
    unshared, shut = small.case(sharing_scope="minimum"), small.case()
    small.shut_out(shut, nurse)
    for case in (unshared, shut, small.case(sharing_scope="held_back"), small.case()):
        small.task(case, assignee_id=nurse)
    assert told(small, nurse) == [("ACM-000004", "Review the care plan")]


def test_a_review_to_come_is_told_until_it_is_a_task(small: SmallTown) -> None:
    nurse = small.staff("Nia Nurse", "nurse east")
    case = small.case(coordinator_id=nurse)
    small.add(Review(id=new_id(), case_id=case, due_at=small.at("+9d"), level="high"))
    assert [(one.kind, one.whole_day) for one in entries(small.desk(nurse))] == [(REVIEW, True)]
    small.task(case, assignee_id=nurse, form_key="F21", name="Review with the person")
    assert told(small, nurse) == [("ACM-000001", "Review with the person")]


@pytest.fixture
def invited(town: Town) -> str:
    number: str = town.once(walked_to, "invite_to_mdt")
    town.do(number, "invite_to_mdt", **QUIET, meeting_at="2026-11-25T14:00")
    return number


def meetings_of(town: Town, name: str) -> list[Entry]:
    return [one for one in entries(town.office.desk(town.who(name))) if one.kind == MEETING]


def test_a_meeting_is_told_to_whoever_was_invited_or_invited_to_it(town: Town, invited: str) -> None:
    (meeting,) = meetings_of(town, "Siobhan")
    assert (meeting.case_number, meeting.at) == (invited, datetime(2026, 11, 25, 14, tzinfo=UTC))
    assert [one.id for one in meetings_of(town, "Ifeoma")] == [meeting.id]
    assert meetings_of(town, "Marta") == []


def test_a_meeting_that_has_decided_is_over(town: Town, invited: str) -> None:
    town.walk_until(invited, "record_mdt_decision")
    town.do(invited, "record_mdt_decision")
    assert meetings_of(town, "Siobhan") == []


def put_off(town: Town, number: str, to: str) -> None:
    town.walk_until(number, "record_mdt_decision")
    town.do(number, "record_mdt_decision", decision="defer_more_info")
    town.walk_until(number, "invite_to_mdt")
    town.do(number, "invite_to_mdt", **QUIET, meeting_at=to)


def test_a_meeting_put_on_another_day_moves(town: Town, invited: str) -> None:
    (before,) = meetings_of(town, "Siobhan")
    put_off(town, invited, "2026-12-02T14:00")
    (after,) = meetings_of(town, "Siobhan")
    assert (after.id, after.at.date()) == (before.id, date(2026, 12, 2))
    assert after.version > before.version


def test_who_was_invited_to_the_earlier_day_only_is_not_told_of_the_later(town: Town, clock: FixedClock) -> None:
    number: str = town.once(walked_to, "invite_to_mdt")
    farah = [{"user": str(town.who("Farah").id)}]
    town.do(number, "invite_to_mdt", **QUIET | {"invite": farah}, meeting_at="2026-11-25T14:00")
    assert len(meetings_of(town, "Farah")) == 1
    clock.advance(timedelta(hours=1))
    put_off(town, number, "2026-12-02T14:00")
    assert meetings_of(town, "Farah") == []
