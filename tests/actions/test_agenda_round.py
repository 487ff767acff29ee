"""The agenda of a team's next meeting is sent round: by whom, to whom, once, and naming nobody on it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from tests.questions.test_agenda import NEXT, waiting
from workers.jobs import remind, send_notices
from workflows.actions.agenda_round import BEGUN, MEANWHILE, NOT_YOURS, NOTHING, Round, send_round
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.errors import NotAllowed, OutOfDate, RuleBroken
from workflows.casework.staff import StaffMember
from workflows.clock import FixedClock
from workflows.questions.agenda_round import agendas_ready, items_for_each, sent_round

AT = datetime(2026, 11, 17, 14, tzinfo=UTC)
READY = "The agenda of the meeting of 17 November 2026, 14:00, team East is ready: {}."


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service, on Monday 16 November at nine; East meets on Tuesdays."""
    found = SmallTown(office)
    found.meets("east", date(2026, 10, 6))
    return found


@pytest.fixture
def chair(town: SmallTown) -> UUID:
    """Who chairs the meetings of East; with others who take part, and some who do not."""
    for name, post in (
        ("Cora Coordinates", "care_coordinator east"),
        ("Tim Manages", "team_manager east"),
        ("Nora North", "care_coordinator north"),
        ("Max Manages", "service_manager"),
        ("Nia Nurse", "nurse east"),
    ):
        town.staff(name, post)
    return town.staff("Gil Lead", "gp_lead east")


def mails(town: SmallTown) -> list[tuple[str, str]]:
    """To whom which mail went, by name."""
    found = [file.read_text() for file in town.office.settings.mail_folder.glob("*.eml")]
    return sorted((mail.partition("To: ")[2].partition("\n")[0].partition(".")[0], mail) for mail in found)


def send(town: SmallTown, sender: UUID, times: int = 0, at: datetime = AT) -> int:
    """Send the agenda of East round, as its page does."""
    desk, east = town.desk(sender), town.teams["east"]
    return send_round(desk, east, Round(at, items_for_each(desk, east), times))


def heard(town: SmallTown) -> dict[str, str]:
    """What each was told of by email until now, on one line."""
    send_notices.work(town.office)
    return {to: " ".join(said.split()) for to, said in mails(town)}


def on_tuesday(town: SmallTown, clock: FixedClock) -> None:
    """The morning of the meeting."""
    clock.move_to(datetime(2026, 11, 17, 9, 5, tzinfo=UTC))
    remind.daily_digest(town.office)


@pytest.mark.both_databases
def test_those_who_take_part_hear_in_the_morning_that_it_is_ready_and_of_nobody_on_it(
    town: SmallTown, chair: UUID, clock: FixedClock
) -> None:
    waiting(town, given="Zebedee", family="Unlikely")
    assert send(town, chair) == 2
    assert heard(town) == {}
    on_tuesday(town, clock)
    told = heard(town)
    assert sorted(told) == ["cora", "tim"]
    assert READY.format("1 item") in told["cora"]
    assert f"/agenda/{town.teams['east']}" in told["cora"]
    assert "Unlikely" not in told["cora"]
    assert "ACM-" not in told["cora"]


def test_the_number_tells_nobody_of_a_person_who_left_them_out(town: SmallTown, chair: UUID, clock: FixedClock) -> None:
    waiting(town)
    without = waiting(town)
    with town.office.desk().looking() as session:
        cora = session.scalars(select(StaffMember.id).where(StaffMember.name == "Cora Coordinates")).one()
    town.shut_out(without, cora)
    send(town, chair)
    on_tuesday(town, clock)
    told = heard(town)
    assert READY.format("1 item") in told["cora"]
    assert READY.format("2 items") in told["tim"]
    assert sent_round(town.desk(cora), town.teams["east"], NEXT).items is None


def test_before_a_meeting_that_comes_before_the_morning_it_goes_at_once(
    town: SmallTown, chair: UUID, clock: FixedClock
) -> None:
    waiting(town)
    clock.move_to(datetime(2026, 11, 17, 9, 30, tzinfo=UTC))
    send(town, chair)
    assert sorted(heard(town)) == ["cora", "tim"]


def test_it_is_sent_again_only_by_somebody_who_knows_that_it_was(town: SmallTown, chair: UUID) -> None:
    waiting(town)
    send(town, chair)
    with pytest.raises(OutOfDate, match=MEANWHILE):
        send(town, chair)


def test_sent_again_it_says_how_many_items_there_were_before_and_the_trail_who_sent_it(
    town: SmallTown, chair: UUID, clock: FixedClock
) -> None:
    waiting(town)
    send(town, chair)
    waiting(town)
    send(town, chair, times=1)
    sent = sent_round(town.desk(chair), town.teams["east"], NEXT)
    assert (sent.may, sent.times, sent.by, sent.items) == (True, 2, "Gil Lead", 2)
    on_tuesday(town, clock)
    assert "2 items now, 1 when it was sent round before" in heard(town)["cora"]
    with town.office.desk().looking() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.act == "team sends its agenda round")).all()
    assert [(one.actor, one.detail["turn"]) for one in entries] == [("Gil Lead", 1), ("Gil Lead", 2)]


def test_an_empty_agenda_and_that_of_a_meeting_that_has_begun_go_to_nobody(town: SmallTown, chair: UUID) -> None:
    with pytest.raises(RuleBroken, match=NOTHING):
        send(town, chair)
    waiting(town)
    with pytest.raises(RuleBroken, match=BEGUN):
        send(town, chair, at=datetime(2026, 11, 16, 8, tzinfo=UTC))


def test_in_the_service_it_stands_until_the_meeting_for_those_who_take_part_alone(
    town: SmallTown, chair: UUID, clock: FixedClock
) -> None:
    waiting(town)
    send(town, chair)
    here, elsewhere = town.staff("Cia", "care_coordinator east"), town.staff("Nat", "care_coordinator north")
    assert [one.met_on for one in agendas_ready(town.desk(here))] == [NEXT]
    assert agendas_ready(town.desk(elsewhere)) == []
    clock.move_to(datetime(2026, 11, 18, 9, tzinfo=UTC))
    assert agendas_ready(town.desk(here)) == []


@pytest.mark.parametrize("post", ["care_coordinator east", "team_manager east", "gp_lead north", "nurse east"])
def test_only_who_chairs_or_coordinates_the_meetings_of_the_team_sends_it(town: SmallTown, post: str) -> None:
    desk = town.desk(town.staff("Some Body", post))
    with pytest.raises(NotAllowed, match=NOT_YOURS):
        send_round(desk, town.teams["east"], Round(AT, {}, 0))
