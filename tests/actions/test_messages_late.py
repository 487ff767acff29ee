"""Messages that come late or out of order change nothing that is known better by now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.actions.test_referred_again import on_a_list
from tests.builders.walked_case import Town, walked_to
from tests.builders.ways_in import COORDINATOR, a_message
from workflows.actions import messages
from workflows.actions.messages import Received
from workflows.casework.audit import AuditEntry
from workflows.casework.care import HospitalEpisode, ServiceUse
from workflows.casework.case import Case
from workflows.casework.notice import Letter, Notice
from workflows.clock import FixedClock

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TEN_DAYS = timedelta(days=10)


@pytest.fixture
def number(one_programme: Town) -> str:
    """A case that waits for the first contact."""
    return str(one_programme.once(walked_to, "first_contact"))


def send(town: Town, kind: str, at: datetime = NOW, **payload: Any) -> Received:
    desk = town.office.desk(town.who(COORDINATOR))
    return messages.receive(desk, a_message(kind, occurred_at=at, payload=payload))


def stays(town: Town) -> list[HospitalEpisode]:
    return list(town.ask(lambda s: s.scalars(select(HospitalEpisode).order_by(HospitalEpisode.id)).all()))


@pytest.mark.parametrize(
    ("told", "admitted", "known_as"),
    [
        ([("hospital_discharge", 1, {})], 72, 72),  # the way out was told first, and not since when
        ([("hospital_discharge", 1, {"admitted_at": (NOW + TEN_DAYS - timedelta(days=3)).isoformat()})], 72, 72),
        ([("hospital_admission", 20, {}), ("hospital_discharge", 1, {})], 21, 20),  # A&E an hour before the ward
        ([("hospital_admission", 72, {}), ("hospital_discharge", 1, {})], 10, 72),  # another ward
    ],
)
def test_an_admission_that_comes_after_its_discharge_leaves_the_person_at_home(
    one_programme: Town,
    number: str,
    clock: FixedClock,
    told: list[tuple[str, int, dict[str, str]]],
    admitted: int,
    known_as: int,
) -> None:
    clock.advance(TEN_DAYS)
    now = clock.now()
    for kind, hours, payload in told:
        assert send(one_programme, kind, now - timedelta(hours=hours), **payload).status == "delivered"
    late = send(one_programme, "hospital_admission", now - timedelta(hours=admitted), hospital="Royal")
    assert late.status == "delivered", late.parked_why
    (stay,) = stays(one_programme)
    assert (stay.admitted_at, stay.hospital) == (now - timedelta(hours=known_as), "Royal")
    case = one_programme.case(number)
    assert not case.in_hospital
    assert case.clocks_paused_at is None


def test_an_admission_long_before_a_stay_that_is_over_is_looked_at(
    one_programme: Town, number: str, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=20))
    now = clock.now()
    send(one_programme, "hospital_admission", now - timedelta(days=2))
    send(one_programme, "hospital_discharge", now - timedelta(days=1))
    late = send(one_programme, "hospital_admission", now - timedelta(days=9))
    assert "left it again" in (late.parked_why or "")
    assert len(stays(one_programme)) == 1


@pytest.mark.parametrize(("told", "known"), [("Died", "died"), ("deceased", "died"), (" Care home", "care_home")])
def test_where_somebody_went_from_hospital_is_read_in_the_words_of_others(
    one_programme: Town, number: str, told: str, known: str
) -> None:
    send(one_programme, "hospital_admission", NOW - timedelta(hours=5))
    assert send(one_programme, "hospital_discharge", destination=told).status == "delivered"
    assert [stay.destination for stay in stays(one_programme)] == [known]
    asked = [task.key for task in one_programme.open_tasks(number)]
    assert ("confirm_death" in asked, "contact_after_hospital" in asked) == (known == "died", known != "died")


@pytest.mark.parametrize("told", ["nursing home", "?", {"a": 1}])
def test_a_way_out_of_hospital_that_is_not_understood_ends_no_stay(
    one_programme: Town, number: str, told: object
) -> None:
    send(one_programme, "hospital_admission", NOW - timedelta(hours=5))
    assert "destination" in (send(one_programme, "hospital_discharge", destination=told).parked_why or "")
    assert [stay.discharged_at for stay in stays(one_programme)] == [None]


def test_a_way_out_of_hospital_from_before_the_admission_is_looked_at(one_programme: Town, number: str) -> None:
    send(one_programme, "hospital_admission")
    assert send(one_programme, "hospital_discharge", NOW - timedelta(days=9)).status == "parked"
    assert [stay.discharged_at for stay in stays(one_programme)] == [None]


LATE = {
    "gp_changed": {"practice": "X99999"},
    "moved": {"practice": "X99999"},
    "consent_withdrawn": {},
    "consent_changed": {"choice": "refused"},
    "hospital_admission": {},
    "hospital_discharge": {},
}


@pytest.mark.parametrize("kind", LATE)
def test_what_happened_before_the_case_was_opened_is_looked_at(one_programme: Town, number: str, kind: str) -> None:
    before = [task.key for task in one_programme.open_tasks(number)]
    late = send(one_programme, kind, NOW - timedelta(days=400), **LATE[kind])
    assert "12 October 2025, before this case was opened" in (late.parked_why or "")
    assert [task.key for task in one_programme.open_tasks(number)] == before
    assert not one_programme.case(number).outbound_stopped


@pytest.mark.parametrize("kind", ["person_died", "urgent_raised", "nhs111_contact"])
def test_a_death_and_danger_are_heard_however_late(one_programme: Town, number: str, kind: str) -> None:
    assert send(one_programme, kind, NOW - timedelta(days=9000)).status == "delivered"
    case, odd = one_programme.case(number), AuditEntry.act == "death told of before the case"
    said = one_programme.ask(lambda s: s.scalars(select(AuditEntry.case_id).where(odd)).all())
    assert said == ([case.id] if kind == "person_died" else [])


def test_a_newer_change_of_gp_is_not_undone_by_an_older_one(
    one_programme: Town, number: str, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=3))
    assert send(one_programme, "gp_changed", clock.now(), practice="ZZ004").status == "delivered"
    late = send(one_programme, "moved", clock.now() - timedelta(days=2), practice="X99999")
    assert "newer" in (late.parked_why or "")
    assert one_programme.case(number).person.practice_code == "ZZ004"


def test_what_the_person_said_since_stands(one_programme: Town, number: str, clock: FixedClock) -> None:
    clock.advance(timedelta(days=3))
    one_programme.press(number, "consent", "Siobhan", choice="given")
    late = send(one_programme, "consent_withdrawn", clock.now() - timedelta(days=2))
    assert "asked since, on 19 November 2026" in (late.parked_why or "")
    assert send(one_programme, "consent_withdrawn", clock.now()).status == "delivered"


def test_a_way_out_of_hospital_told_again_is_the_same(one_programme: Town, number: str) -> None:
    send(one_programme, "hospital_admission", NOW - timedelta(hours=5))
    for minutes in (60, 30):
        home = send(one_programme, "hospital_discharge", NOW - timedelta(minutes=minutes), destination="usual home")
        assert home.status == "delivered"
    other = send(one_programme, "hospital_discharge", destination="care_home")
    assert "another place" in (other.parked_why or "")
    assert len(stays(one_programme)) == 1


@pytest.mark.parametrize(("days", "told"), [((1, 100, 110), False), ((1, 50, 20, 27), True), ((40, 30, 57), True)])
def test_frequent_use_is_so_many_within_the_days_in_whatever_order_they_are_told(
    one_programme: Town, number: str, days: tuple[int, ...], told: bool
) -> None:
    for ago in days:
        send(one_programme, "nhs111_contact", NOW - timedelta(days=ago))
    query = select(Notice.id).where(Notice.kind == "frequent_use")
    assert bool(one_programme.ask(lambda s: s.scalars(query).all())) is told


def test_of_somebody_who_is_only_nominated_hospital_is_told_to_whoever_reviews_them(one_programme: Town) -> None:
    on_a_list(one_programme)
    listed = select(Case).where(Case.stage == "identified")
    number = one_programme.ask(lambda s: s.scalars(listed).one()).number
    for kind in ("hospital_admission", "hospital_discharge"):
        assert send(one_programme, kind).case_number == number
    assert "only nominated" in (send(one_programme, "consent_withdrawn").parked_why or "")
    assert [task.key for task in one_programme.open_tasks(number)] == ["review_nomination"]
    assert not one_programme.case(number).in_hospital
    assert stays(one_programme) == []
    assert one_programme.ask(lambda s: s.scalars(select(Letter)).all()) == []
    told = select(Notice.kind).where(Notice.kind == "hospital_while_nominated")
    assert one_programme.ask(lambda s: s.scalars(told).all())
    uses = select(ServiceUse.kind).order_by(ServiceUse.id)
    assert one_programme.ask(lambda s: s.scalars(uses).all()) == ["hospital_admission", "hospital_discharge"]
