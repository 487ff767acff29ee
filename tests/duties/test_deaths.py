"""A death, and the mistake of having reported one, is the person's: it is said in all their cases at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from tests.builders.ways_in import COORDINATOR, a_message, referral
from tests.loaded_town import DELIVERING
from workers.rounds import run_everything
from workflows.actions import messages
from workflows.actions.referrals import submit_referral
from workflows.casework.care import HospitalEpisode
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused
from workflows.casework.notice import Notice
from workflows.clock import FixedClock

BY, MANAGER, CONFIRM = "Ifeoma", "Adaeze", "confirm_death"


def two_programmes(town: Town) -> tuple[str, str]:
    """A person with a case in each programme."""
    return walked_to(town, "first_contact"), elsewhere(town)


def elsewhere(town: Town) -> str:
    desk = town.office.desk(town.who(COORDINATOR))
    number = submit_referral(desk, "mcm", referral(town, gp_registered="unknown", gp_practice=None)).case_number
    assert number
    return number


def open_keys(town: Town, number: str) -> list[str]:
    return [task.key for task in town.open_tasks(number)]


@pytest.fixture
def both(town: Town) -> tuple[str, str]:
    first, second = town.once(two_programmes)
    return str(first), str(second)


def test_a_death_reported_in_one_programme_stops_the_case_in_the_other(town: Town, both: tuple[str, str]) -> None:
    here, there = both
    town.press(here, "death", BY)
    assert open_keys(town, here) == open_keys(town, there) == [CONFIRM]
    assert town.case(there).outbound_stopped
    received = messages.receive(town.office.desk(town.who(COORDINATOR)), a_message("person_died"))
    assert received.status == "delivered"
    assert open_keys(town, there) == [CONFIRM]  # told again, it is one death


def test_a_death_in_hospital_stops_the_case_in_the_other_programme(town: Town, both: tuple[str, str]) -> None:
    here, there = both
    town.press(here, "hospital", BY)
    town.press(here, "home", BY, destination="died")
    assert open_keys(town, here) == open_keys(town, there) == [CONFIRM]


@pytest.mark.both_databases
def test_who_was_said_to_have_died_in_hospital_is_rung_and_looked_for_when_it_was_a_mistake(town: Town) -> None:
    number = str(town.once(walked_to, "first_contact"))
    town.press(number, "hospital", BY)
    town.press(number, "home", BY, destination="died")
    town.press(number, "alive", MANAGER)
    assert {"contact_after_hospital", "find_where_to"} <= set(open_keys(town, number))
    (stay,) = town.ask(lambda session: session.scalars(select(HospitalEpisode)).all())
    assert (stay.destination, town.case(number).clocks_paused_at) == ("unknown", None)
    town.do(number, "find_where_to", went_to="usual_home")
    assert town.ask(lambda session: session.scalars(select(HospitalEpisode.destination)).all()) == ["usual_home"]


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_mistaken_death_is_taken_back_in_every_case(
    town: Town, both: tuple[str, str], clock: FixedClock, confirmed: bool
) -> None:
    before = [open_keys(town, number) for number in both]
    town.press(both[0], "death", BY)
    if confirmed:
        for number in both:
            town.do(number, CONFIRM)
    town.press(both[0], "alive", MANAGER)
    assert [open_keys(town, number) for number in both] == before
    clock.advance(timedelta(hours=25))
    run_everything(town.office)
    assert [town.case(number).closed_at for number in both] == [None, None]
    assert not town.case(both[1]).person.dead


def test_where_a_case_closed_over_a_mistaken_death_its_people_are_told(
    town: Town, both: tuple[str, str], clock: FixedClock
) -> None:
    here, there = both
    town.press(here, "death", BY)
    town.do(there, CONFIRM)
    clock.advance(timedelta(hours=20))
    town.do(here, CONFIRM)
    clock.advance(timedelta(hours=5))
    run_everything(town.office)
    assert town.case(there).closure_reason == "died"
    town.press(here, "alive", MANAGER)
    told = select(Notice.case_id).where(Notice.kind == "closed_by_mistake")
    assert set(town.ask(lambda s: s.scalars(told).all())) == {town.case(there).id}


def test_what_came_in_while_a_death_stood_reported_ends_with_it(town: Town) -> None:
    number = town.once(walked_to, "first_contact")
    town.press(number, "death", BY)
    later = town.refer(question="She fell again last night")
    town.do(number, CONFIRM)
    assert open_keys(town, later) == [CONFIRM]


@pytest.mark.both_databases
def test_what_came_in_while_a_death_stood_reported_comes_home_when_it_was_wrong(town: Town) -> None:
    number = town.once(walked_to, "first_contact")
    before = open_keys(town, number)
    town.press(number, "death", BY)
    later = town.refer(question="She fell again last night")
    town.press(number, "alive", MANAGER)
    assert open_keys(town, later) == []
    assert town.case(later).closure_reason == "duplicate"
    assert sorted(open_keys(town, number)) == sorted([*before, "look_at_new_information"])
    open_cases = select(Case.number).where(Case.closed_at.is_(None))
    assert town.ask(lambda s: s.scalars(open_cases).all()) == [number]


def test_supervision_begins_nothing_in_a_case_that_comes_to_its_end(town: Town, clock: FixedClock) -> None:
    supervised = str(town.once(walked_to, "agree_plan"))
    ending = town.refer(nhs_number="999 000 1383")
    town.do(supervised, "agree_plan", agreement="agrees", agreed_by="person")
    town.press(ending, "death", BY)
    clock.advance(timedelta(days=36))
    run_everything(town.office)
    rows = [{"case_number": ending, "decision": "re_mdt", "note": ""}]
    coordinator = str(town.case(supervised).coordinator_id)
    with pytest.raises(AnswersRefused) as refused:
        town.do(supervised, "supervise_coordinator", coordinator=coordinator, cases=rows)
    assert "coming to its end" in refused.value.errors["cases.0.decision"]


@pytest.mark.parametrize(("ending", "asked"), [("withdrawal", "confirm_withdrawal"), ("moved", "confirm_move")])
def test_a_mistaken_death_brings_back_nothing_that_an_earlier_ending_had_ended(
    town: Town, ending: str, asked: str
) -> None:
    number = town.once(walked_to, "draft_plan")
    town.press(number, ending, MANAGER)
    silent = town.case(number).outbound_stopped
    assert open_keys(town, number) == [asked]
    town.press(number, "death", BY)
    town.press(number, "alive", MANAGER)
    assert open_keys(town, number) == [asked]
    assert town.case(number).outbound_stopped is silent


def test_a_mistaken_death_leaves_the_next_review_where_it_was(delivering: Town) -> None:
    before = delivering.case(DELIVERING).next_review_at
    delivering.press(DELIVERING, "death", BY)
    delivering.press(DELIVERING, "alive", MANAGER)
    assert before is not None
    assert delivering.case(DELIVERING).next_review_at == before
