"""Whoever moves into a care home is handed to its team, once, from wherever the move is heard of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders.walked_case import Town, advised, walked_to
from workflows.actions.journey import follow_up
from workflows.clock import FixedClock
from workflows.duties import perform
from workflows.duties.register import on_behalf
from workflows.questions.known import known_for
from workflows.storage import cases

MOVE = {"moved_on": "2026-11-16", "care_home": "Rowan Court, Bury, 0161 496 0001", "stay": "for_good"}
ADMITTED = {"hospital": "North", "planned": "emergency", "admitted_at": "2026-11-16T08:00"}
LEFT = {"destination": "care_home", "destination_detail": "Rowan Court", "discharged_at": "2026-11-16T09:00"}


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def _asked(town: Town, number: str) -> int:
    return [task.key for task in town.open_tasks(number)].count("hand_over_to_care_home")


def test_a_move_from_home_is_handed_over_by_the_day_it_is_promised(town: Town) -> None:
    number = town.once(walked_to, "assess_whole_person")
    town.press(number, "care_home", by="Siobhan", **MOVE)
    asked = next(task for task in town.open_tasks(number) if task.key == "hand_over_to_care_home")
    assert (asked.escalation, asked.due_at) == ("A", datetime(2026, 11, 25, 17, tzinfo=UTC))
    beside = known_for(town.office.desk(town.who("Siobhan")), asked.id).beside
    assert [paper.title for paper in beside] == ["Move into a care home"]


def test_a_move_told_of_twice_is_handed_over_once(town: Town, clock: FixedClock) -> None:
    number = town.once(walked_to, "assess_whole_person")
    town.press(number, "care_home", by="Siobhan", **MOVE)
    town.press(number, "care_home", by="Farah", **MOVE)
    town.press(number, "hospital", by="Ifeoma", **ADMITTED)
    town.press(number, "home", by="Ifeoma", **LEFT)
    assert _asked(town, number) == 1
    town.do(number, "hand_over_to_care_home")
    town.press(number, "care_home", by="Farah", **MOVE)  # the same move, heard of late
    assert _asked(town, number) == 0


def test_a_discharge_days_after_the_handover_asks_for_no_second_one(town: Town, clock: FixedClock) -> None:
    number = town.once(walked_to, "assess_whole_person")
    town.press(number, "care_home", by="Siobhan", **MOVE)
    town.do(number, "hand_over_to_care_home")
    clock.advance(timedelta(days=5))  # its day is no longer that of the handover
    with town.office.desk(town.who("Siobhan")).work() as work:
        case = cases.by_number(work.session, number)
        assert perform(on_behalf(work, case), "care_home.hand_over", {})["care_home_to_come"] is False
        case.happened("note", text="Discharged.")
        follow_up(work)
        work.commit()
    assert _asked(town, number) == 0


def test_the_review_comes_sooner_after_a_move_into_a_care_home(delivering: Town) -> None:
    number = "ACM-000001"
    before = delivering.case(number).next_review_at
    delivering.press(number, "care_home", by="Siobhan", **MOVE)
    after = delivering.case(number).next_review_at
    assert before is not None
    assert after is not None
    assert after < before


def test_a_case_does_not_close_before_the_care_home_team_is_handed_it(town: Town) -> None:
    number = town.once(advised)
    town.press(number, "care_home", by="Siobhan", **MOVE)
    town.do(number, "check_discharge_letters")
    assert town.case(number).open
    town.do(number, "hand_over_to_care_home")
    assert not town.case(number).open
