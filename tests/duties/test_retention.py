"""How long the record of a closed case is kept: the longest time that counts for any part of it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from tests.duties.test_limits import set_to
from tests.webapp.desk_work import at_work, said
from webapp import create_app
from workflows.casework.programme import Team
from workflows.casework.staff import Membership, StaffMember

MENTAL_HEALTH = "Naomi Campbell"


def open_case(town: Town) -> str:
    """A case that is with its team."""
    number = town.refer()
    town.walk_until(number, "first_contact")
    return number


def closed(town: Town, number: str) -> date | None:
    """See a case that was opened in error to its end; returns until when its record is kept."""
    town.press(number, "error", "Adaeze Nwosu")
    while waiting := town.open_tasks(number):
        town.do(number, waiting[0].key)
    assert town.case(number).closure_reason == "error"
    return town.case(number).retain_until


def in_east(town: Town, role: str = "mh_practitioner") -> UUID:
    """Give the mental health practitioner a post in the team of the case; the one across the programme ends."""
    session = town.office.database.writing()
    member = session.scalars(select(StaffMember).where(StaffMember.name.contains(MENTAL_HEALTH))).one()
    east = session.scalars(select(Team).where(Team.key == "east")).one()
    for post in member.posts:
        if post.team_id is None:
            post.valid_to = date(2026, 5, 1)
    given = Membership(staff_id=member.id, role=role, programme_id=east.programme_id, team_id=east.id)
    session.add(given)
    session.commit()
    session.close()
    return given.id


def change(town: Town, post_id: UUID, **given: Any) -> None:
    session = town.office.database.writing()
    for name, value in given.items():
        setattr(session.get_one(Membership, post_id), name, value)
    session.commit()
    session.close()


def test_a_record_is_kept_for_the_programmes_years(town: Town) -> None:
    assert closed(town, open_case(town)) == date(2034, 11, 16)


@pytest.mark.both_databases
def test_a_record_with_mental_health_care_is_kept_for_longer(town: Town) -> None:
    in_east(town)
    number = open_case(town)
    town.press(number, "contact", MENTAL_HEALTH, type="phone")
    assert closed(town, number) == date(2046, 11, 16)


def test_the_longest_time_counts_whichever_it_is(town: Town) -> None:
    set_to(town, "retention_years", "25")
    in_east(town)
    number = open_case(town)
    town.press(number, "contact", MENTAL_HEALTH, type="phone")
    assert closed(town, number) == date(2051, 11, 16)


@pytest.mark.parametrize("other", [{"role": "nurse"}, {"valid_from": date(2026, 11, 17)}])
def test_only_a_post_held_on_the_day_of_writing_makes_it_mental_health_care(town: Town, other: dict[str, Any]) -> None:
    post = in_east(town)
    in_east(town, role="nurse")
    change(town, post, **other)
    number = open_case(town)
    town.press(number, "contact", MENTAL_HEALTH, type="phone")
    assert closed(town, number) == date(2034, 11, 16)


@pytest.mark.both_databases
def test_the_page_of_a_closed_case_says_until_when_its_record_is_kept(town: Town) -> None:
    number = open_case(town)
    closed(town, number)
    reader = town.who("Siobhan").id
    assert reader is not None
    page = said(at_work(create_app(town.office), reader).get(f"/cases/{number}"))
    assert "The record is kept until 16 November 2034." in page
