"""What acceptance promises of the meeting: a huddle where it is urgent, and no wait beyond what was said unseen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.builders.moments import london
from tests.builders.walked_case import Town
from workers.rounds import run_everything
from workflows.casework.case import Case
from workflows.casework.notice import Notice
from workflows.casework.staff import StaffMember
from workflows.clock import FixedClock


def told(town: Town, number: str, kind: str) -> list[str]:
    query = select(StaffMember.name).join(Notice, Notice.staff_id == StaffMember.id).join(Case)
    return list(
        town.ask(lambda session: session.scalars(query.where(Case.number == number, Notice.kind == kind)).all())
    )


def accepted(town: Town, priority: str, **referred: bool) -> str:
    number = town.refer(**referred)
    town.do(number, "triage_referral", verdict="accept", priority=priority)
    return number


def test_two_professionals_decide_about_what_is_urgent_within_a_working_day_of_acceptance(town: Town) -> None:
    number = accepted(town, "urgent", crisis_24h=True)
    (asked,) = (task for task in town.open_tasks(number) if task.key == "record_mdt_decision")
    assert (asked.escalation, asked.due_at) == ("S", london("2026-11-17 17:00"))
    assert "Dr Tomasz Zielinski" in told(town, number, "huddle")


@pytest.mark.parametrize(
    "said",
    [{"decision": "defer_more_info", "held_as": "huddle"}, {"decision": "case_manage", "held_as": "no_discussion"}],
)
def test_a_promised_huddle_that_decides_nothing_is_called_again(town: Town, said: dict[str, str]) -> None:
    number = accepted(town, "urgent", suicidal_now=True)
    town.do(number, "record_mdt_decision", present=[{"name": "Dr Example", "role": "gp_lead"}], actions=None, **said)
    (asked,) = (task for task in town.open_tasks(number) if task.key == "record_mdt_decision")
    assert (asked.escalation, asked.due_at) == ("S", london("2026-11-17 17:00"))
    assert told(town, number, "huddle").count("Dr Tomasz Zielinski") == 2


def test_no_huddle_is_called_for_what_can_wait(town: Town) -> None:
    number = accepted(town, "standard")
    assert "record_mdt_decision" not in {task.key for task in town.open_tasks(number)}


def test_what_a_huddle_has_decided_before_acceptance_is_not_asked_again(town: Town) -> None:
    number = town.refer(immediate_danger=True)
    town.do(number, "acknowledge_urgent")
    town.do(number, "decide_urgent", decision="huddle")
    two = [{"name": "Dr Example", "role": "gp_lead"}, {"name": "Sister Sample", "role": "nurse"}]
    town.do(number, "record_mdt_decision", decision="urgent_now", held_as="huddle", present=two, actions=None)
    town.do(number, "triage_referral", verdict="accept", priority="emergency")
    assert "record_mdt_decision" not in {task.key for task in town.open_tasks(number)}


def test_the_manager_hears_of_a_meeting_past_its_day_while_the_assessment_still_goes_on(
    town: Town, clock: FixedClock
) -> None:
    number = accepted(town, "standard")
    town.walk_until(number, "first_contact")
    clock.move_to(london("2026-12-14 16:00"))
    run_everything(town.office)
    assert told(town, number, "mdt_decision_late") == []
    clock.advance(timedelta(hours=2))
    run_everything(town.office)
    assert told(town, number, "mdt_decision_late") == ["Adaeze Nwosu"]


def test_a_case_whose_promised_day_is_over_comes_to_the_next_meeting_that_can_be_had(
    town: Town, clock: FixedClock
) -> None:
    number = accepted(town, "standard")
    town.walk_until(number, "prepare_mdt")
    clock.move_to(london("2026-12-21 10:00"))
    town.walk_until(number, "record_mdt_decision")
    asked = next(task for task in town.open_tasks(number) if task.key == "record_mdt_decision")
    assert asked.due_at == london("2027-01-07 17:00")  # ten working days, not twenty more
