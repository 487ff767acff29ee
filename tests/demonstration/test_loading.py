"""The demonstration: loaded once, complete enough for every role, and never where real people are cared for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders.colleagues import hire
from tests.diagrams.reading import steps
from tests.programmes.shipped import PROGRAMMES, programme
from workflows import demonstration
from workflows.actions.sign_in import sign_in
from workflows.assembly import Office, open_office
from workflows.casework.access import ROLES
from workflows.casework.errors import NotAllowed, RuleBroken
from workflows.clock import FixedClock
from workflows.demonstration.loading import STAFF
from workflows.desk import Desk
from workflows.questions import people, programmes
from workflows.settings import Settings

GIVEN: list[dict[str, Any]] = json.loads(STAFF.read_text(encoding="utf-8"))["staff"]
# Roles that do a diagram's tasks in a neighbourhood: each has to have a holder in each team.
AT_THE_TABLE = {
    "coordinator", "triage", "care_coordinator", "gp_lead", "nurse", "social_worker", "pharmacist", "mh_practitioner",
    "therapist", "wellbeing_adviser", "social_prescriber", "vcse_partner", "team_manager",
}  # fmt: skip


def _earnest(office: Office) -> Desk:
    """The desk of the same database, set up to care for real people."""
    return replace(office.desk(), settings=replace(office.settings, demonstration=False))


def test_it_is_loaded_once(office: Office) -> None:
    assert not demonstration.loaded(office.desk())
    assert demonstration.load(office.desk()) == len(GIVEN)
    assert demonstration.load(office.desk()) == 0
    assert demonstration.loaded(office.desk())
    shown = people.demonstration_people(office.desk())
    assert len(shown) == len(GIVEN)
    assert all(any(post.today for post in member.posts) for member in shown)
    entered = sign_in(office.desk(), "siobhan.kelly@example.org", demonstration.PASSWORD, "192.0.2.1")
    assert "nurse" in entered.actor.roles
    assert len(programmes.all_programmes(office.desk(entered.actor))) == 1


def test_it_is_refused_where_it_is_not_a_demonstration(office: Office) -> None:
    earnest = _earnest(office)
    with pytest.raises(NotAllowed):
        demonstration.load(earnest)
    with pytest.raises(NotAllowed):
        people.demonstration_people(earnest)


def test_a_service_for_real_people_does_not_begin_on_a_demonstration(office: Office) -> None:
    demonstration.load(office.desk())
    with pytest.raises(RuleBroken, match="ROUNDTABLE_DATA"):
        demonstration.keep_apart(_earnest(office))
    demonstration.keep_apart(office.desk())


def test_a_demonstration_is_not_loaded_among_real_people(office: Office) -> None:
    hire(office, "Anna Bell")
    demonstration.keep_apart(_earnest(office))
    with pytest.raises(RuleBroken, match="ROUNDTABLE_DEMONSTRATION=no"):
        demonstration.load(office.desk())
    assert not demonstration.loaded(office.desk())


def test_a_new_database_may_become_either(settings: Settings, clock: FixedClock, tmp_path: Path) -> None:
    fresh = open_office(replace(settings, database_url=f"sqlite:///{tmp_path / 'new.db'}", demonstration=False), clock)
    demonstration.keep_apart(fresh.desk())
    fresh.migrate()
    demonstration.keep_apart(fresh.desk())
    fresh.close()


def test_every_role_has_somebody() -> None:
    assert {post["role"] for person in GIVEN for post in person["posts"]} == ROLES


TEAMS = [(key, team["key"]) for key in PROGRAMMES for team in programme(key)["teams"]]


@pytest.mark.parametrize(("key", "team"), TEAMS)
def test_every_step_of_every_team_has_somebody_and_the_second_of_two_somebody_else(key: str, team: str) -> None:
    holders: dict[str, set[str]] = {}
    for person in GIVEN:
        for post in person["posts"]:
            if post["programme"] == key and post["team"] in (team, None):
                holders.setdefault(post["role"], set()).add(person["name"])
    assert holders.keys() >= AT_THE_TABLE
    able: dict[str, set[str]] = {}
    for drawing, step, properties in steps():
        roles = {drawing.role_of(step.get("id", "")) or "", *properties.get("also", "").replace(" ", "").split(",")}
        able[step.get("id", "")] = {name for role in roles for name in holders.get(role, ())}
    for _, step, properties in steps():
        others = able[step.get("id", "")]
        assert others, step.get("id")
        assert all(others - {first} for first in able.get(properties.get("not_by", ""), ())), step.get("id")


def test_nobody_is_there_twice_and_all_addresses_are_made_up() -> None:
    addresses = [person["email"] for person in GIVEN]
    assert len(set(addresses)) == len(addresses)
    assert all(address.endswith("@example.org") for address in addresses)
