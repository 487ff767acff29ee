"""While the person is in hospital reviews, promises and invitations wait; afterwards what was left goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.moments import london
from tests.builders.walked_case import Town
from tests.loaded_town import DELIVERING
from webapp.cases.presenters import date_sentence
from workers.rounds import run_everything
from workflows.actions.letters import mark_sent
from workflows.casework.care import Review
from workflows.casework.case import Case
from workflows.casework.diagram import Waiting
from workflows.casework.errors import RuleBroken
from workflows.casework.notice import Letter
from workflows.casework.task import Task
from workflows.clock import LONDON, FixedClock
from workflows.duties.clocks import put_off
from workflows.questions.waits import Awaited
from workflows.working_time import ENGLAND

Until = Callable[[str], None]


@pytest.fixture
def until(town: Town, clock: FixedClock) -> Until:
    """Let time pass in the office, the worker awake."""

    def wait(text: str) -> None:
        clock.move_to(london(text))
        assert not [one for one in run_everything(town.office) if one.failed]

    return wait


@pytest.fixture
def town(delivering: Town) -> Town:
    """The office with one case in delivery."""
    return delivering


@pytest.fixture
def number(town: Town) -> str:
    """That case: medium risk, its plan agreed on Monday 16 November 2026, its review due in eight weeks."""
    case = town.case(DELIVERING)
    assert (case.risk_level, case.next_review_at) == ("medium", london("2027-01-11 17:00"))
    return DELIVERING


def _newly_referred(town: Town) -> str:
    return town.refer(nhs_number="999 000 0026", family_name="Other")


def _admitted(town: Town, number: str) -> None:
    town.press(number, "hospital", "Ifeoma", hospital="North", planned="emergency", admitted_at=_now(town))


def _left(town: Town, number: str, destination: str = "usual_home") -> None:
    town.press(number, "home", "Ifeoma", destination=destination, destination_detail="x", discharged_at=_now(town))


def _now(town: Town) -> str:
    return town.office.clock.now().astimezone(LONDON).strftime("%Y-%m-%dT%H:%M")


def _open(town: Town, number: str) -> set[str]:
    return {task.key for task in town.open_tasks(number)}


def _task(town: Town, number: str, key: str) -> Task:
    return next(task for task in town.open_tasks(number) if task.key == key)


def _letters(town: Town, number: str, template: str) -> list[Letter]:
    query = select(Letter).join(Case).where(Case.number == number, Letter.template == template).order_by(Letter.id)
    found: list[Letter] = town.ask(lambda session: session.scalars(query).all())
    return found


def _timer(town: Town, number: str, key: str) -> datetime | None:
    query = select(Waiting.due_at).join(Case, Case.id == Waiting.case_id).where(Case.number == number)
    found: datetime | None = town.ask(lambda session: session.scalars(query.where(Waiting.key == key)).one())
    return found


def _review_due(town: Town, number: str) -> datetime:
    query = select(Review.due_at).join(Case, Case.id == Review.case_id).where(Case.number == number)
    found: datetime = town.ask(lambda session: session.scalars(query.order_by(Review.id.desc())).first())
    return found


# The review -----------------------------------------------------------------------------------


def test_no_review_comes_up_and_nobody_is_invited_while_the_person_is_in_hospital(
    town: Town, number: str, until: Until
) -> None:
    until("2026-12-21 10:00")
    _admitted(town, number)
    assert _timer(town, number, "review_opens") is None
    assert town.case(number).next_review_at is None
    until("2027-01-20 10:00")  # past the day on which the review would have come up, and past its due date
    assert "review_person" not in _open(town, number)
    assert _letters(town, number, "L06") == []


def test_a_standing_clock_brings_no_promise_forward() -> None:
    agreed = london("2026-11-29 17:00")  # a Sunday: four working days after the Sunday before, which is a Friday
    assert put_off(ENGLAND, agreed, london("2026-11-22 11:00"), london("2026-11-22 11:01")) == (agreed, None)


@pytest.mark.both_databases
def test_leaving_hospital_brings_the_review_to_ten_working_days_after_that_day(
    town: Town, number: str, until: Until
) -> None:
    until("2026-11-30 10:00")
    _admitted(town, number)
    until("2026-12-07 11:00")
    _left(town, number)
    due = london("2026-12-21 17:00")
    assert (_review_due(town, number), town.case(number).next_review_at) == (due, due)
    assert _timer(town, number, "review_opens") == london("2026-12-14 09:00")
    assert "review_person" not in _open(town, number)
    until("2026-12-14 09:00")
    assert _task(town, number, "review_person").due_at == due
    assert [letter.status for letter in _letters(town, number, "L06")] == ["ready"]


def test_a_review_that_was_nearer_than_that_keeps_the_working_days_it_had_left(
    town: Town, number: str, until: Until
) -> None:
    until("2026-12-31 10:00")  # six working days before the review is due, two before it opens
    _admitted(town, number)
    until("2027-02-01 11:00")
    _left(town, number)
    assert _review_due(town, number) == london("2027-02-09 17:00")
    assert _timer(town, number, "review_opens") == london("2027-02-02 09:00")


def test_a_review_already_begun_stops_and_goes_on_with_what_was_left(town: Town, number: str, until: Until) -> None:
    until("2027-01-05 10:00")
    assert _task(town, number, "review_person").due_at == london("2027-01-11 17:00")
    _admitted(town, number)
    assert _task(town, number, "review_person").paused_at is not None
    until("2027-01-25 09:00")
    _left(town, number)
    assert _task(town, number, "review_person").due_at == _review_due(town, number) == london("2027-01-29 17:00")
    assert town.case(number).next_review_at == london("2027-01-29 17:00")


def test_a_plan_agreed_while_the_person_is_in_hospital_sets_a_review_that_waits(town: Town, until: Until) -> None:
    number = _newly_referred(town)
    town.walk_until(number, "agree_plan")
    _admitted(town, number)
    until("2026-11-20 10:00")
    town.do(number, "agree_plan")
    assert town.case(number).next_review_at is None
    until("2027-02-01 09:00")
    assert "review_person" not in _open(town, number)
    _left(town, number)
    assert town.case(number).next_review_at == london("2027-02-15 17:00")


def test_a_discharge_heard_of_late_counts_from_the_day_of_leaving(town: Town, number: str, until: Until) -> None:
    until("2026-11-30 10:00")
    _admitted(town, number)
    until("2026-12-07 11:00")
    town.press(number, "home", "Ifeoma", destination="usual_home", discharged_at="2026-12-02T10:00")
    assert _review_due(town, number) == london("2026-12-16 17:00")


# Timers ---------------------------------------------------------------------------------------


def test_measures_wait_and_supervision_goes_on(town: Town, number: str, until: Until) -> None:
    until("2026-11-30 10:00")
    _admitted(town, number)
    assert _timer(town, number, "tools_repeat_due") is None
    assert _timer(town, number, "supervision_due") == london("2026-12-21 17:00")
    until("2027-02-22 10:00")
    assert "repeat_tools" not in _open(town, number)
    assert "supervise_coordinator" in _open(town, number)
    _left(town, number)
    # 16 November and twelve weeks is 8 February; on 30 November 47 working days of that were left.
    assert _timer(town, number, "tools_repeat_due") == london("2027-04-30 17:00")


def test_somebody_in_hospital_has_their_full_time_to_answer_our_letter(town: Town, until: Until) -> None:
    number = _newly_referred(town)
    town.walk_until(number, "first_contact")
    town.do(number, "assess_visit_risk")
    tries = [("2026-11-17", "phone"), ("2026-11-20", "text"), ("2026-11-25", "phone")]
    for (day, route), step in zip(tries, ("first_contact", "try_again", "try_again"), strict=True):
        until(f"{day} 10:00")
        town.do(number, step, outcome="no_reply", safe_and_well="unknown", route=route, at=f"{day}T09:30")
    assert _timer(town, number, "letter_unanswered") == london("2026-12-09 17:00")
    until("2026-12-02 10:00")
    _admitted(town, number)
    until("2026-12-20 10:00")
    assert _open(town, number) == {"check_ward_letter", "check_hospital_stay"}
    until("2026-12-21 10:00")
    _left(town, number)
    assert _timer(town, number, "letter_unanswered") == london("2026-12-30 17:00")  # five working days were left


def test_a_companion_that_begins_in_hospital_finds_the_clocks_stopped(town: Town, number: str, until: Until) -> None:
    _admitted(town, number)
    until("2026-11-20 09:00")
    town.press(number, "mdt", "Ifeoma")
    assert _timer(town, number, "mdt_waits_too_long") is None
    until("2026-11-30 09:00")
    _left(town, number)
    assert _timer(town, number, "mdt_waits_too_long") == london("2026-12-30 17:00")  # all of its twenty working days


# Tasks ----------------------------------------------------------------------------------------


def test_what_is_asked_because_of_the_stay_has_a_clock_that_runs(town: Town, number: str, until: Until) -> None:
    _admitted(town, number)
    ward = _task(town, number, "check_ward_letter")
    assert (ward.paused_at, ward.due_at) == (None, london("2026-11-17 17:00"))
    until("2026-11-23 17:00")
    assert _task(town, number, "check_hospital_stay").paused_at is None
    until("2026-12-14 17:00")
    assert _task(town, number, "decide_long_hospital_stay").paused_at is None


def test_finding_out_where_the_person_went_does_not_wait_for_itself(town: Town, number: str, until: Until) -> None:
    _admitted(town, number)
    until("2026-11-23 17:00")
    town.do(number, "check_hospital_stay", still_in_hospital="no")
    assert _task(town, number, "record_discharge").paused_at is None


def test_of_two_stays_the_clocks_stand_still_until_the_second_ends(town: Town, number: str, until: Until) -> None:
    _admitted(town, number)
    until("2026-11-23 17:00")
    _admitted(town, number)  # nobody told us the end of the first
    town.press(number, "home", "Ifeoma", destination="usual_home", discharged_at="2026-11-20T10:00")
    assert (town.case(number).flags, town.case(number).clocks_paused_at) == (
        ["in_hospital"],
        london("2026-11-16 09:00"),
    )
    _left(town, number)
    assert (town.case(number).flags, town.case(number).clocks_paused_at) == ([], None)


# Letters --------------------------------------------------------------------------------------


def test_an_invitation_not_yet_posted_waits_for_the_person_to_come_home(town: Town, number: str, until: Until) -> None:
    until("2027-01-04 17:30")
    (letter,) = _letters(town, number, "L06")
    assert letter.status == "ready"
    _admitted(town, number)
    assert [one.status for one in _letters(town, number, "L06")] == ["held"]
    with pytest.raises(RuleBroken):
        mark_sent(town.office.desk(town.who("Ifeoma")), letter.id)
    until("2027-01-18 10:00")
    _left(town, number)
    (letter,) = _letters(town, number, "L06")
    assert (letter.status, letter.written_at) == ("ready", london("2027-01-18 10:00"))
    assert "18 January 2027" in letter.text
    assert "22 January 2027" in letter.text  # five working days were left until the review is due
    assert mark_sent(town.office.desk(town.who("Ifeoma")), letter.id) is None


def test_nobody_is_invited_to_a_house_where_nobody_is(town: Town) -> None:
    number = _newly_referred(town)
    town.walk_until(number, "allocate_coordinator")
    _admitted(town, number)
    town.do(number, "allocate_coordinator")
    assert [letter.status for letter in _letters(town, number, "L02")] == ["held"]
    _left(town, number)
    assert [letter.status for letter in _letters(town, number, "L02")] == ["ready"]


def test_an_outcome_owed_to_the_person_is_sent_all_the_same(town: Town) -> None:
    number = _newly_referred(town)
    town.walk_until(number, "check_outcome_letters")
    _admitted(town, number)
    town.do(number, "check_outcome_letters")
    assert [letter.status for letter in _letters(town, number, "L04p")] == ["ready"]


def test_no_invitation_goes_to_somebody_who_died_in_hospital(town: Town, number: str, until: Until) -> None:
    until("2027-01-04 17:30")
    _admitted(town, number)
    _left(town, number, destination="died")
    assert [letter.status for letter in _letters(town, number, "L06")] == ["withheld"]
    assert _open(town, number) == {"confirm_death"}


def test_an_invitation_that_waits_is_stopped_by_a_death(town: Town, number: str, until: Until) -> None:
    until("2027-01-04 17:30")
    _admitted(town, number)
    town.press(number, "death", "Ifeoma")
    assert [letter.status for letter in _letters(town, number, "L06")] == ["withheld"]


# What people read -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("review_opens", "The next review waits until the person has left hospital."),
        ("review_missed", "Nobody counts the review as missed until the person has left hospital."),
        ("some_timer", "The clock of “Some timer” stands still."),
    ],
)
def test_a_date_that_stands_still_is_said_without_a_date(key: str, sentence: str) -> None:
    assert date_sentence(Awaited(key, "Some timer", None, None, london("2026-11-16 09:00"))) == sentence


def test_the_case_page_says_that_the_review_waits(town: Town, number: str) -> None:
    from workflows.questions.case import case_page

    _admitted(town, number)
    page: Any = case_page(town.office.desk(town.who("Ifeoma")), number)
    assert "The next review waits until the person has left hospital." in [
        date_sentence(one) for one in page.awaited if one.message is None
    ]
