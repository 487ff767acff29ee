"""Hospital and somebody who is only nominated: told to whoever reviews it, and a stay once they are accepted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.actions.test_referred_again import again, an_open_case, close, on_a_list
from tests.builders.walked_case import Town
from tests.builders.ways_in import COORDINATOR, a_message
from workflows.actions import messages
from workflows.casework.care import HospitalEpisode, ServiceUse
from workflows.casework.case import Case
from workflows.casework.notice import Letter, Notice
from workflows.clock import FixedClock

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
ADMITTED = {"hospital": "North", "planned": "emergency", "admitted_at": "2026-11-16T08:00"}
HOME = {"destination": "usual_home", "discharged_at": "2026-11-16T09:00"}


@pytest.fixture
def number(one_programme: Town) -> str:
    """Somebody who stands on a list, and was not looked at yet."""
    on_a_list(one_programme)
    return str(one_programme.ask(lambda s: s.scalars(select(Case.number).where(Case.stage == "identified")).one()))


def send(town: Town, kind: str, at: datetime = NOW, **payload: Any) -> None:
    desk = town.office.desk(town.who(COORDINATOR))
    done = messages.receive(desk, a_message(kind, occurred_at=at, payload=payload))
    assert done.status == "delivered", done.parked_why


def stays(town: Town) -> list[HospitalEpisode]:
    return list(town.ask(lambda s: s.scalars(select(HospitalEpisode).order_by(HospitalEpisode.id)).all()))


def asked(town: Town, number: str) -> set[str]:
    return {task.key for task in town.open_tasks(number)}


def accept(town: Town, number: str) -> None:
    town.do(number, "review_nomination", nominate="yes")


@pytest.mark.both_databases
def test_an_admission_that_a_colleague_records_begins_nothing_for_somebody_who_is_only_nominated(
    one_programme: Town, number: str
) -> None:
    one_programme.press(number, "hospital", "Ifeoma", **ADMITTED)
    assert asked(one_programme, number) == {"review_nomination"}
    assert (stays(one_programme), one_programme.case(number).clocks_paused_at) == ([], None)
    assert one_programme.ask(lambda s: s.scalars(select(Letter.id)).all()) == []
    told = select(Notice.id).where(Notice.kind == "hospital_while_nominated")
    assert one_programme.ask(lambda s: s.scalars(told).all())
    assert one_programme.case(number).in_hospital  # whoever reviews it sees so
    one_programme.press(number, "home", "Ifeoma", **HOME)
    assert not one_programme.case(number).in_hospital
    kinds = select(ServiceUse.kind).order_by(ServiceUse.at)
    assert one_programme.ask(lambda s: s.scalars(kinds).all()) == ["hospital_admission", "hospital_discharge"]
    accept(one_programme, number)
    assert stays(one_programme) == []


def test_somebody_nominated_who_died_in_hospital_is_not_reviewed(one_programme: Town, number: str) -> None:
    one_programme.press(number, "hospital", "Ifeoma", **ADMITTED)
    one_programme.press(number, "home", "Ifeoma", **HOME | {"destination": "died"})
    assert asked(one_programme, number) == {"confirm_death"}


@pytest.mark.parametrize("by_message", [True, False])
def test_accepting_somebody_who_lies_in_hospital_begins_their_stay(
    one_programme: Town, number: str, clock: FixedClock, by_message: bool
) -> None:
    if by_message:
        send(one_programme, "hospital_admission", NOW - timedelta(hours=1), hospital="North", planned={"a": 1})
        send(one_programme, "hospital_admission", hospital="North, ward 3")
    else:
        one_programme.press(number, "hospital", "Ifeoma", **ADMITTED)
    clock.advance(timedelta(days=1))
    accept(one_programme, number)
    (stay,) = stays(one_programme)
    assert (stay.hospital, stay.admitted_at) == ("North", NOW - timedelta(hours=1))
    assert stay.planned == ("unknown" if by_message else "emergency")
    case = one_programme.case(number)
    assert case.in_hospital
    assert case.clocks_paused_at == clock.now()
    assert "check_ward_letter" in asked(one_programme, number)
    one_programme.press(number, "home", "Ifeoma", **HOME | {"discharged_at": "2026-11-17T09:00"})
    assert "contact_after_hospital" in asked(one_programme, number)
    assert one_programme.case(number).clocks_paused_at is None


@pytest.mark.parametrize("told", [("admission", "discharge"), ("discharge", "admission")])
def test_somebody_who_was_moved_within_a_minute_is_in_hospital(
    one_programme: Town, number: str, told: tuple[str, str]
) -> None:
    send(one_programme, "hospital_admission", NOW - timedelta(minutes=30))
    for kind in told:
        send(one_programme, f"hospital_{kind}")
    accept(one_programme, number)
    assert len(stays(one_programme)) == 1


def test_a_referral_that_overtakes_the_nomination_takes_the_stay_over(one_programme: Town) -> None:
    close(one_programme, an_open_case(one_programme))
    on_a_list(one_programme)
    send(one_programme, "hospital_admission", NOW - timedelta(hours=1))
    referred = again(one_programme).case_number
    (stay,) = stays(one_programme)
    assert stay.case_id == one_programme.case(referred).id
    assert one_programme.case(referred).in_hospital


def test_so_does_a_case_that_was_open_already_when_the_nomination_is_accepted(one_programme: Town, number: str) -> None:
    one_programme.press(number, "hospital", "Ifeoma", **ADMITTED)
    referred = one_programme.refer()
    one_programme.walk(referred, "triage_referral")
    accept(one_programme, number)
    assert (one_programme.case(number).closure_reason, asked(one_programme, number)) == ("duplicate", set())
    assert one_programme.case(referred).in_hospital
    assert "check_ward_letter" in asked(one_programme, referred)


IN_HOSPITAL = {"in_hospital_now": True, "hospital_now": "North, ward 7", "hospital_since": "2026-11-14"}


def test_somebody_referred_from_a_hospital_bed_is_in_hospital_once_the_team_takes_them_on(one_programme: Town) -> None:
    referred = one_programme.refer(**IN_HOSPITAL)
    assert stays(one_programme) == []
    one_programme.do(referred, "triage_referral")
    (stay,) = stays(one_programme)
    assert (stay.hospital, stay.admitted_at) == ("North, ward 7", datetime(2026, 11, 14, tzinfo=UTC))
    case = one_programme.case(referred)
    assert (case.in_hospital, case.clocks_paused_at) == (True, NOW)
    assert "check_ward_letter" in asked(one_programme, referred)
    at = datetime(2026, 11, 14, 20, tzinfo=UTC)
    send(one_programme, "hospital_admission", at, hospital="North")  # the hospital tells of it afterwards
    assert len(stays(one_programme)) == 1


def test_nobody_is_taken_on_into_a_stay_that_was_told_to_be_over(one_programme: Town, clock: FixedClock) -> None:
    referred = one_programme.refer(**IN_HOSPITAL, discharged_14d=True)
    clock.advance(timedelta(hours=3))
    send(one_programme, "hospital_discharge", NOW + timedelta(hours=1), destination="usual home")
    one_programme.do(referred, "triage_referral")
    assert len(stays(one_programme)) == 1
    assert not one_programme.case(referred).in_hospital


def test_somebody_referred_from_home_is_not_in_hospital(one_programme: Town) -> None:
    referred = one_programme.refer()
    one_programme.do(referred, "triage_referral")
    assert stays(one_programme) == []
