"""A promise counts from the moment it was made, whatever the steps before it took; time in hospital does not count."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from tests.builders.moments import london
from tests.builders.walked_case import Town
from workers.rounds import run_everything
from workflows.actions.new_settings import add_new_settings
from workflows.actions.programmes import change_setting
from workflows.casework.diagram import DecisionRecord
from workflows.casework.programme import ProgrammeSetting
from workflows.casework.task import Task
from workflows.clock import FixedClock


def due(town: Town, number: str, key: str) -> datetime | None:
    found: Task = next(task for task in town.open_tasks(number) if task.key == key)
    return found.due_at


@pytest.mark.parametrize(
    ("priority", "by"),
    [
        ("urgent", "2026-11-16 13:00"),
        ("high", "2026-11-18 17:00"),
        ("standard", "2026-11-23 17:00"),
        ("planned", "2026-11-30 17:00"),
    ],
)
def test_consent_is_talked_about_with_the_first_contact(town: Town, priority: str, by: str) -> None:
    number = town.refer(consent_stage="no_not_asked")
    town.do(
        number, "triage_referral", priority=priority, changed_advice="yes", override_reason="She is on her own now."
    )
    assert due(town, number, "record_consent") == london(by)


def test_a_later_talk_about_consent_has_its_own_time(town: Town) -> None:
    number = town.refer(consent_stage="no_not_asked")
    town.do(
        number, "triage_referral", priority="urgent", changed_advice="yes", override_reason="She is on her own now."
    )
    town.do(number, "record_consent", capacity_doubt="yes", choice="not_sought", not_sought_why="She was asleep.")
    town.do(number, "assess_capacity", conclusion="has")
    assert due(town, number, "record_consent") == london("2026-11-23 17:00")


def test_naming_a_coordinator_does_not_put_the_first_contact_off(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    town.do(number, "triage_referral", priority="high", changed_advice="yes", override_reason="She is on her own now.")
    clock.move_to(london("2026-11-17 16:00"))
    town.do(number, "allocate_coordinator")
    assert due(town, number, "first_contact") == london("2026-11-18 17:00")


def test_naming_a_coordinator_leaves_time_for_an_urgent_first_contact(town: Town) -> None:
    number = town.refer()
    town.do(
        number, "triage_referral", priority="urgent", changed_advice="yes", override_reason="She is on her own now."
    )
    named = next(task for task in town.open_tasks(number) if task.key == "allocate_coordinator")
    assert (named.escalation, named.due_at) == ("S", london("2026-11-16 11:00"))


def test_the_plan_is_promised_from_the_meeting_on(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    town.walk_until(number, "check_outcome_letters")
    clock.move_to(london("2026-11-18 10:00"))
    town.do(number, "check_outcome_letters")
    assert due(town, number, "draft_plan") == london("2026-11-30 17:00")
    clock.move_to(london("2026-11-27 10:00"))
    town.do(number, "draft_plan")
    assert due(town, number, "plan_conversation") == london("2026-12-07 17:00")
    town.walk_until(number, "agree_plan")
    assert due(town, number, "agree_plan") == london("2026-12-07 17:00")


def test_time_in_hospital_does_not_count_towards_a_promise(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    town.walk_until(number, "draft_plan")
    clock.move_to(london("2026-11-18 10:00"))
    town.press(number, "hospital", "Ifeoma", hospital="North", planned="emergency", admitted_at="2026-11-18T10:00")
    town.do(number, "draft_plan")
    clock.move_to(london("2026-11-30 10:00"))
    assert due(town, number, "plan_conversation") == london("2026-12-07 17:00")  # stopped, with thirteen days left
    town.press(number, "home", "Ifeoma", destination="usual_home", discharged_at="2026-11-30T10:00")
    assert due(town, number, "plan_conversation") == london("2026-12-17 17:00")
    town.walk_until(number, "agree_plan")
    assert due(town, number, "agree_plan") == london("2026-12-17 17:00")


def test_a_plan_made_anew_counts_from_the_review_that_asked_for_it(delivering: Town, clock: FixedClock) -> None:
    number = "ACM-000001"
    clock.move_to(london("2027-01-05 10:00"))
    run_everything(delivering.office)
    delivering.do(number, "review_person", risk_changed="same")
    delivering.do(number, "decide_after_review", decision="change_plan")
    assert due(delivering, number, "draft_plan") == london("2027-01-19 17:00")


def test_the_priority_is_that_of_the_table_until_triage_says_otherwise(town: Town) -> None:
    number = town.refer(carer_breakdown=True)
    assert town.case(number).priority == "high"
    town.do(
        number, "triage_referral", priority="urgent", changed_advice="yes", override_reason="She is on her own now."
    )
    assert town.case(number).priority == "urgent"


def test_a_reason_names_the_times_that_the_programme_has_set(town: Town) -> None:
    manager = town.office.desk(town.who("Shabana"))
    for key, value in {"due.first_contact.high": "3WD", "wait.mdt_high": "4WD"}.items():
        change_setting(manager, "acm", key, value)
    number = town.refer(admission_likely_7d=True)
    decided = town.ask(lambda s: s.scalars(select(DecisionRecord).where(DecisionRecord.table == "priority")).one())
    assert decided.explain == "An admission is likely within 7 days. Contact within 3 working days."
    assert decided.outputs["mdt_by"] == "4WD"
    assert town.case(number).stage == "triage"


def test_the_chair_has_as_long_as_the_rule_says(town: Town) -> None:
    number = town.refer()
    rule = town.ask(lambda s: s.scalars(select(DecisionRecord).where(DecisionRecord.table == "priority")).one())
    assert "MDT discussion within 20 working days" in rule.explain
    town.walk_until(number, "record_mdt_decision")
    assert due(town, number, "record_mdt_decision") == london("2026-12-14 17:00")


@pytest.mark.both_databases
def test_an_older_programme_is_told_the_words_of_today_and_keeps_its_values(town: Town) -> None:
    session = town.office.database.writing()
    setting = session.scalars(select(ProgrammeSetting).where(ProgrammeSetting.key == "phq2_flag")).first()
    assert setting is not None
    setting.note, setting.value = "As it was said once", "4"
    session.commit()
    added = add_new_settings(town.office.desk())
    session.refresh(setting)
    assert (added, setting.value) == (0, "4")
    assert setting.note == "As published (R33); the programme may set it"
    session.close()


def test_the_next_attempt_is_due_when_the_coordinator_said(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "first_contact")
    town.do(number, "first_contact", outcome="no_reply", next_attempt="2026-11-19T14:30")
    assert due(town, number, "try_again") == london("2026-11-19 14:30")
    town.do(number, "try_again", outcome="no_reply", next_attempt=None)
    assert due(town, number, "try_again") > london("2026-11-16 17:00")
