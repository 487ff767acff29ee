"""A safeguarding concern that is not sent yet is a task for today, and done only when it is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders.walked_case import Town
from workflows.casework.errors import AnswersRefused
from workflows.clock import FixedClock
from workflows.questions.task_form import task_form


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def test_a_concern_that_is_not_sent_is_sent_today_by_somebody_who_types_nothing_twice(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "first_contact")
    town.press(number, "safeguarding", by="Siobhan", sent="no", immediate_steps="Her sister stays with her.")
    (sending,) = (task for task in town.open_tasks(number) if task.key == "send_safeguarding_concern")
    assert (sending.escalation, sending.due_at) == ("S", datetime(2026, 11, 16, 17, tzinfo=UTC))
    begins = task_form(town.office.desk(town.who("Siobhan")), sending.id)
    assert "Her sister stays with her." in str(begins)
    with pytest.raises(AnswersRefused) as refused:
        town.do(number, "send_safeguarding_concern", sent="no")
    assert "Send the concern first" in refused.value.errors["sent"]
    town.do(number, "send_safeguarding_concern", sent="yes")
    assert "track_safeguarding" in {task.key for task in town.open_tasks(number)}


def test_today_is_today_on_a_friday_evening_too(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    clock.advance(timedelta(days=4, hours=8, minutes=30))
    town.press(number, "safeguarding", by="Siobhan", sent="no", immediate_steps="Her sister stays with her.")
    (sending,) = (task for task in town.open_tasks(number) if task.key == "send_safeguarding_concern")
    assert sending.due_at == datetime(2026, 11, 20, 20, tzinfo=UTC)


def test_a_concern_that_is_sent_already_is_followed_at_once(town: Town) -> None:
    number = town.refer()
    town.press(number, "safeguarding", by="Siobhan", sent="yes")
    assert {"track_safeguarding"} == {task.key for task in town.open_tasks(number)} - {"triage_referral"}


@pytest.mark.parametrize("verdict", ["accept", "signpost"])
def test_a_concern_that_a_referral_tells_of_is_sent_whether_or_not_the_person_is_taken_on(
    town: Town, verdict: str
) -> None:
    number = town.refer(safeguarding_now=True, question="He shouts at her.")
    town.do(number, "triage_referral", verdict=verdict, priority="urgent", changed_advice="yes")
    (sending,) = (task for task in town.open_tasks(number) if task.key == "send_safeguarding_concern")
    assert (sending.escalation, sending.due_at) == ("S", datetime(2026, 11, 16, 17, tzinfo=UTC))
    assert "safeguarding_open" in town.case(number).flags
    assert "He shouts at her." in str(task_form(town.office.desk(town.who("Siobhan")), sending.id))
    if verdict == "signpost":
        town.do(number, "check_rejection_letter")
        assert town.case(number).open


def test_a_concern_about_somebody_we_may_not_help_is_sent_at_once_too(town: Town) -> None:
    number = town.refer(safeguarding_now=True, question="He shouts at her.", gp_registered="no", gp_practice=None)
    assert {"send_safeguarding_concern", "acknowledge_urgent"} <= {task.key for task in town.open_tasks(number)}
    assert "safeguarding_open" in town.case(number).flags
    town.walk(number, "acknowledge_urgent", "decide_urgent")
    town.walk_until(number, "check_rejection_letter")
    town.do(number, "check_rejection_letter")
    assert town.case(number).open


def test_a_concern_told_by_a_second_referral_is_followed_in_the_open_case(town: Town) -> None:
    number = town.refer()
    town.walk(number, "triage_referral", "allocate_coordinator")
    town.refer(safeguarding_now=True, question="Again?", referrer_name="Sam Brennan")
    assert "send_safeguarding_concern" in {task.key for task in town.open_tasks(number)}
