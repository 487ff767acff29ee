"""What befalls a person and is recorded in one programme is heard in the other, as a message of a hospital is."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from tests.builders.ways_in import COORDINATOR, referral
from workflows.actions.referrals import submit_referral
from workflows.casework.care import HospitalEpisode
from workflows.casework.case import Case
from workflows.casework.message import Message
from workflows.casework.person import Person


def in_both(town: Town) -> tuple[str, str]:
    here = walked_to(town, "first_contact")
    raw = referral(town, gp_registered="unknown", gp_practice=None)
    return here, submit_referral(town.office.desk(town.who(COORDINATOR)), "mcm", raw).case_number


def keys(town: Town, number: str) -> list[str]:
    return [task.key for task in town.open_tasks(number)]


def parked(town: Town) -> list[str]:
    query = select(Message.parked_why).where(Message.status == "parked")
    return [str(why) for why in town.ask(lambda session: session.scalars(query).all())]


@pytest.mark.both_databases
def test_a_stay_in_hospital_begins_and_ends_in_both_programmes(town: Town) -> None:
    here, there = in_both(town)
    town.press(here, "hospital", "Siobhan", hospital="North", planned="emergency", admitted_at="2026-11-16T08:00")
    stay = select(HospitalEpisode).join(Case, Case.id == HospitalEpisode.case_id).where(Case.number == there)
    assert town.ask(lambda session: session.scalars(stay).one()).hospital == "North"
    assert town.case(there).in_hospital
    town.press(here, "home", "Siobhan", destination="usual_home", discharged_at="2026-11-16T08:30")
    assert not town.case(there).in_hospital
    assert "contact_after_hospital" in keys(town, there)
    assert parked(town) == []


def test_it_is_heard_of_somebody_without_an_nhs_number_too(town: Town) -> None:
    here, there = in_both(town)
    with town.office.desk().work() as work:
        person = work.session.get_one(Person, town.case(here).person_id)
        person.nhs_number = None
        person.happened("NHS number set aside: it belongs to somebody else")
        work.commit()
    town.press(here, "hospital", "Siobhan", hospital="North", planned="emergency", admitted_at="2026-11-16T08:00")
    assert town.case(there).in_hospital


def test_a_move_into_a_care_home_hands_the_case_over_in_both(town: Town) -> None:
    here, there = in_both(town)
    town.press(here, "care_home", "Siobhan", care_home="Elm House", stay="for_good", moved_on="2026-11-16")
    for number in (here, there):
        assert "hand_over_to_care_home" in keys(town, number), number


def test_a_new_home_elsewhere_is_compared_in_the_other_programme_and_ends_nothing_there(town: Town) -> None:
    here, there = in_both(town)
    town.press(here, "moved", "Siobhan", new_address="1 New Street", new_postcode="ZZ99 3VZ", moved_on="2026-11-16")
    assert "compare_details" in keys(town, there)
    assert not town.case(there).outbound_stopped


def test_what_cannot_be_carried_out_there_waits_for_somebody_of_that_programme(town: Town) -> None:
    here, _ = in_both(town)
    town.press(here, "hospital", "Siobhan", hospital="North", planned="emergency", admitted_at="2026-11-15T08:00")
    (why,) = parked(town)
    assert "before this case was opened" in why


def test_who_dies_in_hospital_is_reported_once_in_each(town: Town) -> None:
    here, there = in_both(town)
    town.press(here, "hospital", "Siobhan", hospital="North", planned="emergency", admitted_at="2026-11-16T08:00")
    town.press(here, "home", "Siobhan", destination="died", discharged_at="2026-11-16T08:30")
    assert town.case(there).outbound_stopped
    assert keys(town, there).count("confirm_death") == 1
    assert parked(town) == []
