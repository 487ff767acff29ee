"""Moved from one hospital to another, or admitted again: one stay is open, and the ward of now is written to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from tests.builders.ways_in import COORDINATOR, a_message, referral
from workflows.actions import messages
from workflows.actions.referrals import submit_referral
from workflows.casework.care import HospitalEpisode
from workflows.casework.notice import Letter
from workflows.clock import FixedClock
from workflows.duties.hospital_names import another_hospital

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.fixture
def number(one_programme: Town, clock: FixedClock) -> str:
    """A case that waits for the first contact; ten days later."""
    made = str(one_programme.once(walked_to, "first_contact"))
    clock.advance(timedelta(days=10))
    return made


def send(town: Town, kind: str, days: float, **payload: Any) -> None:
    """A message of so many days after the case was opened."""
    desk = town.office.desk(town.who(COORDINATOR))
    told = a_message(f"hospital_{kind}", occurred_at=NOW + timedelta(days=days), payload=payload)
    done = messages.receive(desk, told)
    assert done.status == "delivered", done.parked_why


def stays(town: Town) -> list[tuple[str, str | None]]:
    query = select(HospitalEpisode).order_by(HospitalEpisode.admitted_at, HospitalEpisode.id)
    return town.ask(lambda session: [(one.hospital, one.destination) for one in session.scalars(query)])


def keys(town: Town, number: str) -> list[str]:
    return [task.key for task in town.open_tasks(number)]


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("North", "North, ward 7", False),
        ("Fairfield General A&E", "Fairfield ward 5", False),
        ("not named", "South", False),
        ("The Royal", "Royal Infirmary", False),
        ("Fairfield General", "Salford Royal", True),
        ("North Hospital", "South Hospital", True),
    ],
)
def test_two_hospitals_are_told_apart_where_their_names_have_nothing_in_common(
    one: str, other: str, told: bool
) -> None:
    assert another_hospital(one, other) is told


def test_somebody_moved_to_another_hospital_on_the_same_day_is_written_to_there(
    one_programme: Town, number: str
) -> None:
    send(one_programme, "admission", 1, hospital="North")
    send(one_programme, "admission", 1.2, hospital="South")
    send(one_programme, "admission", 1, hospital="North")  # told again
    assert stays(one_programme) == [("North", "admitted_again"), ("South", None)]
    letters = select(Letter.status).where(Letter.template == "L09").order_by(Letter.id)
    assert one_programme.ask(lambda s: s.scalars(letters).all()) == ["overtaken", "draft"]
    send(one_programme, "discharge", 1.21, hospital="North Hospital")  # let go there after the South has written
    assert stays(one_programme) == [("North", "unknown"), ("South", None)]
    assert one_programme.case(number).in_hospital
    assert "contact_after_hospital" not in keys(one_programme, number)
    send(one_programme, "discharge", 3, hospital="South", destination="usual home")
    assert not one_programme.case(number).in_hospital
    assert keys(one_programme, number).count("contact_after_hospital") == 1


@pytest.mark.parametrize("order", [("admission", "discharge"), ("discharge", "admission")])
def test_leaving_one_hospital_and_coming_into_the_next_in_one_minute_is_being_moved(
    one_programme: Town, number: str, order: tuple[str, str]
) -> None:
    send(one_programme, "admission", 1, hospital="North")
    for kind in order:
        send(one_programme, kind, 4, **({"hospital": "South"} if kind == "admission" else {}))
    assert stays(one_programme) == [("North", "unknown"), ("South", None)]
    assert one_programme.case(number).in_hospital
    assert not {"contact_after_hospital", "find_where_to"} & set(keys(one_programme, number))
    send(one_programme, "discharge", 6, destination="usual home")
    assert keys(one_programme, number).count("contact_after_hospital") == 1


def test_two_admissions_of_one_minute_are_one_stay(one_programme: Town, number: str) -> None:
    for hospital in ("North", "South"):
        send(one_programme, "admission", 1, hospital=hospital)
    assert stays(one_programme) == [("North", None)]


def test_nobody_is_rung_after_a_stay_when_they_lie_in_hospital_again(one_programme: Town, number: str) -> None:
    send(one_programme, "admission", 1)
    send(one_programme, "discharge", 2)
    assert {"contact_after_hospital", "find_where_to"} <= set(keys(one_programme, number))
    send(one_programme, "admission", 4)
    assert not {"contact_after_hospital", "find_where_to"} & set(keys(one_programme, number))
    send(one_programme, "discharge", 5, destination="usual home")
    assert keys(one_programme, number).count("contact_after_hospital") == 1


def test_what_is_still_asked_after_the_contact_ends_with_the_next_admission(one_programme: Town, number: str) -> None:
    send(one_programme, "admission", 1)
    send(one_programme, "discharge", 2)
    one_programme.do(number, "contact_after_hospital", medicines_changed="yes")
    send(one_programme, "admission", 4)
    assert "find_where_to" not in keys(one_programme, number)
    assert "review_medicines_after_hospital" in keys(one_programme, number)


def test_an_admission_and_its_end_are_heard_in_both_programmes_of_a_person(town: Town, clock: FixedClock) -> None:
    here = str(town.once(walked_to, "first_contact"))
    raw = referral(town, gp_registered="unknown", gp_practice=None)
    there = submit_referral(town.office.desk(town.who(COORDINATOR)), "mcm", raw).case_number
    clock.advance(timedelta(days=10))
    send(town, "admission", 1, hospital="North")
    for number in (here, there):
        assert town.case(number).in_hospital
        assert "check_ward_letter" in keys(town, number)
    send(town, "discharge", 2, destination="usual home")
    for number in (here, there):
        assert not town.case(number).in_hospital
        assert "contact_after_hospital" in keys(town, number)
