"""A review that was not done by its day: the person is contacted, the sooner the higher their risk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.builders.moments import london
from tests.builders.walked_case import Town
from tests.loaded_town import DELIVERING
from workers.rounds import run_everything
from workflows.casework.diagram import DecisionRecord, Waiting
from workflows.casework.task import Task
from workflows.clock import FixedClock

CONTACT = "contact_after_missed_review"
Until = Callable[[str], None]


@pytest.fixture
def until(delivering: Town, clock: FixedClock) -> Until:
    """Let time pass in the office, the worker awake; the review of its case is due on Monday 11 January 2027."""

    def wait(text: str) -> None:
        clock.move_to(london(text))
        assert not [one for one in run_everything(delivering.office) if one.failed]

    return wait


def asked(town: Town) -> Task | None:
    return next((one for one in town.open_tasks(DELIVERING) if one.key == CONTACT), None)


def in_hospital(town: Town, since: str, till: str, until: Until) -> None:
    until(since)
    stay = {"hospital": "North", "planned": "emergency", "admitted_at": since.replace(" ", "T")}
    town.press(DELIVERING, "hospital", "Ifeoma", **stay)
    until(till)
    assert asked(town) is None
    left = {"destination": "usual_home", "destination_detail": "x", "discharged_at": till.replace(" ", "T")}
    town.press(DELIVERING, "home", "Ifeoma", **left)


def test_a_person_at_medium_risk_is_contacted_on_the_fifth_working_day(delivering: Town, until: Until) -> None:
    until("2027-01-18 08:55")
    assert asked(delivering) is None
    until("2027-01-18 09:05")
    task = asked(delivering)
    assert task is not None
    assert (task.form_key, task.escalation, task.due_at) == ("F20", "A", london("2027-01-18 17:00"))
    assert task.assignee_id == delivering.case(DELIVERING).coordinator_id
    delivering.do(DELIVERING, CONTACT)
    until("2027-03-01 09:05")
    assert [one.key for one in delivering.open_tasks(DELIVERING) if one.key in {CONTACT, "review_person"}] == [
        "review_person"
    ]


def test_a_person_at_very_high_risk_is_contacted_the_day_after(delivering: Town, until: Until) -> None:
    at_very_high_risk(delivering, until)
    until("2027-01-25 17:30")
    assert asked(delivering) is None
    until("2027-01-26 09:05")
    task = asked(delivering)
    assert task is not None
    assert (task.escalation, task.due_at) == ("S", london("2027-01-26 17:00"))


def test_the_contact_is_withdrawn_when_the_review_is_done(delivering: Town, until: Until) -> None:
    until("2027-01-18 09:05")
    assert asked(delivering) is not None
    delivering.do(DELIVERING, "review_person", risk_changed="same")
    assert asked(delivering) is None


def test_a_review_done_in_time_asks_for_no_contact(delivering: Town, until: Until) -> None:
    until("2027-01-11 10:00")
    delivering.do(DELIVERING, "review_person", risk_changed="same")
    until("2027-01-20 10:00")
    assert asked(delivering) is None


def test_nobody_counts_a_review_as_missed_while_the_person_is_in_hospital(delivering: Town, until: Until) -> None:
    in_hospital(delivering, "2027-01-05 10:00", "2027-01-25 09:00", until)
    # The review has its four working days left, until Friday 29 January; soon after hospital one day more.
    until("2027-02-01 08:55")
    assert asked(delivering) is None
    until("2027-02-01 09:05")
    assert asked(delivering) is not None


def at_very_high_risk(town: Town, until: Until) -> None:
    """The next review is due on Monday 25 January 2027, and can be done from the Monday before."""
    until("2027-01-11 10:00")
    town.do(DELIVERING, "review_person", falls=None, admissions="3", ed_attendances=None)
    town.do(DELIVERING, "decide_after_review", decision="continue", next_review="2027-01-25")
    assert town.case(DELIVERING).next_review_at == london("2027-01-25 17:00")


def test_after_a_long_stay_at_very_high_risk_the_contact_counts_from_the_day_the_review_has_then(
    delivering: Town, until: Until
) -> None:
    at_very_high_risk(delivering, until)
    until("2027-01-19 10:00")
    assert review(delivering).escalation == "S"
    in_hospital(delivering, "2027-01-20 10:00", "2027-03-01 09:00", until)
    # Of the review's clock three working days were left: it is due on Thursday 4 March.
    task = review(delivering)
    assert (task.due_at, task.paused_at) == (london("2027-03-04 17:00"), None)
    assert delivering.case(DELIVERING).next_review_at == task.due_at
    until("2027-03-05 08:55")
    assert asked(delivering) is None
    until("2027-03-05 09:05")
    contact = asked(delivering)
    assert contact is not None
    assert contact.escalation == "S"


def review(town: Town) -> Task:
    return next(one for one in town.open_tasks(DELIVERING) if one.key == "review_person")


def test_a_review_that_stands_still_is_not_chased_whatever_its_class(delivering: Town, until: Until) -> None:
    at_very_high_risk(delivering, until)
    until("2027-01-20 10:00")
    stay = {"hospital": "North", "planned": "emergency", "admitted_at": "2027-01-20T10:00"}
    delivering.press(DELIVERING, "hospital", "Ifeoma", **stay)
    assert review(delivering).paused_at is not None
    until("2027-02-10 10:00")
    assert review(delivering).level == 0


def test_a_day_named_while_the_review_can_be_done_already_moves_it_and_the_contact(
    delivering: Town, until: Until
) -> None:
    for day, named in (("2026-11-16", "2026-12-14"), ("2026-12-07", "2027-01-08")):
        until(f"{day} 10:00")
        delivering.press(DELIVERING, "mdt", "Ifeoma")
        delivering.do(DELIVERING, "record_mdt_decision", decision="continue", actions=None, next_review=named)
    due = london("2027-01-08 17:00")
    assert (review(delivering).due_at, delivering.case(DELIVERING).next_review_at) == (due, due)
    until("2027-01-15 08:55")
    assert asked(delivering) is None
    until("2027-01-15 09:05")
    assert asked(delivering) is not None


def test_the_end_of_a_case_open_for_long_brings_an_open_review_and_the_contact_forward(
    delivering: Town, until: Until
) -> None:
    until("2027-05-18 09:05")
    delivering.do(DELIVERING, "review_person", decision="continue", next_review=None, risk_changed="same")
    delivering.do(DELIVERING, "decide_after_review", decision="continue", next_review="2027-06-01")
    until("2027-05-26 10:00")
    assert review(delivering).due_at == london("2027-06-01 17:00")
    delivering.do(DELIVERING, "explain_long_stay", decision="continue", end_date="2027-05-28")
    assert review(delivering).due_at == london("2027-05-28 17:00")
    query = select(Waiting.due_at).where(Waiting.key == "review_missed")
    assert delivering.ask(lambda session: session.scalars(query).all()) == [london("2027-06-07 09:00")]


@pytest.mark.both_databases
def test_how_soon_is_kept_with_the_decision(delivering: Town) -> None:
    query = select(DecisionRecord.outputs).where(DecisionRecord.table == "review_interval")
    assert [said["missed_contact"] for said in delivering.ask(lambda session: session.scalars(query).all())] == ["5WD"]
