"""Naming a care coordinator: who is offered, in which order, and how much each already carries."""

from __future__ import annotations

import pytest

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.questions.task_form import task_form


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


def offered(town: SmallTown, by: str, form_key: str = "F09") -> list[str]:
    """The names beside the question, as somebody sees them at a task in East."""
    desk = town.desk(town.staff(by, "coordinator east"))
    task = town.task(town.case(), role="coordinator", form_key=form_key)
    return [choice.label for choice in task_form(desk, task).lookups["care_coordinator"]]


def test_key_workers_of_the_team_come_first_then_its_professionals_and_nobody_else(town: SmallTown) -> None:
    town.staff("Ann Nurse", "nurse east")
    town.staff("Zoe Key", "care_coordinator east", "social_worker east")
    town.staff("Bob Therapist", "therapist")
    for name, post in (
        ("Away Nurse", "nurse north"), ("Clara Clerk", "coordinator east"), ("Mo Manager", "team_manager east"),
        ("Gita GP", "gp_lead east"), ("Vic Volunteer", "vcse_partner east"), ("Cal Dicott", "caldicott"),
    ):  # fmt: skip
        town.staff(name, post)
    names = [label.partition(" (")[0] for label in offered(town, "Ida Admin")]
    assert names == ["Zoe Key", "Ann Nurse", "Bob Therapist"]


@pytest.mark.parametrize("form_key", ["F09", "F16"])
def test_beside_each_name_stands_what_the_colleague_carries(town: SmallTown, form_key: str) -> None:
    busy = town.staff("Busy Bee", "care_coordinator east")
    town.staff("Free Finch", "care_coordinator east")
    heavy = town.case(coordinator_id=busy)
    town.paper(heavy, "F09", {"weight": 4})
    town.case(coordinator_id=busy)
    town.case(coordinator_id=busy, closed_at=town.now, stage="closed")
    assert offered(town, "Ida Admin", form_key) == [
        "Busy Bee (2 cases, weight 5)",
        "Free Finch (0 cases, weight 0)",
    ]


def test_whom_the_person_does_not_want_is_not_offered(town: SmallTown) -> None:
    unwanted = town.staff("Una Wanted", "care_coordinator east")
    desk = town.desk(town.staff("Ida Admin", "coordinator east"))
    case = town.case()
    town.shut_out(case, unwanted)
    task = town.task(case, role="coordinator", form_key="F09")
    assert task_form(desk, task).lookups["care_coordinator"] == []
