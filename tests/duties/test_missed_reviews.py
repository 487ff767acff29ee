"""A review that was not done by its day: the person is contacted, the sooner the higher their risk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from tests.loaded_town import DELIVERING
from workers.rounds import run_everything
from workflows.casework.diagram import DecisionRecord
from workflows.casework.task import Task
from workflows.clock import LONDON, FixedClock

CONTACT = "contact_after_missed_review"
Until = Callable[[str], None]


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


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
    until("2027-01-11 10:00")
    delivering.do(DELIVERING, "review_person", falls=None, admissions="3", ed_attendances=None)
    delivering.do(DELIVERING, "decide_after_review", decision="continue", next_review="2027-01-25")
    assert delivering.case(DELIVERING).next_review_at == london("2027-01-25 17:00")
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
    until("2027-02-05 08:55")  # the review has its four working days left, until Friday 29 January, and five more
    assert asked(delivering) is None
    until("2027-02-05 09:05")
    assert asked(delivering) is not None


def test_how_soon_is_kept_with_the_decision(delivering: Town) -> None:
    query = select(DecisionRecord.outputs).where(DecisionRecord.table == "review_interval")
    assert [said["missed_contact"] for said in delivering.ask(lambda session: session.scalars(query).all())] == ["5WD"]
