"""Whoever is on duty out of hours reads who may need help tonight, and what to know before anything is done."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.questions.out_of_hours import Crisis, OutOfHours, Paper, out_of_hours

CONTINGENCY = {"if_this": "She falls", "do_this": "Look at her hip first", "call": "Joan, 0161 496 0001"}


@pytest.fixture
def town(office: Office) -> SmallTown:
    return SmallTown(office)


@pytest.fixture
def nurse(town: SmallTown) -> UUID:
    return town.staff("Nia Nurse", "nurse east")


def page(town: SmallTown, who: UUID, team: str = "") -> OutOfHours:
    return out_of_hours(town.desk(who), team)


def why(found: OutOfHours) -> list[tuple[str, tuple[str, ...]]]:
    return [(sheet.head.strip.name, sheet.why) for sheet in found.sheets]


@pytest.mark.both_databases
def test_those_stand_there_who_may_need_help_the_most_urgent_first(town: SmallTown, nurse: UUID) -> None:
    town.case(given="Quiet")
    town.case(given="Grave", risk_level="very_high")
    town.case(given="Dying", risk_level="palliative")
    town.case(given="Told", flags=["safeguarding_open", "in_hospital"])
    safety = town.case(given="Safe")
    town.task(safety, escalation="S", due="+2h")
    urgent = town.case(given="Urgent", flags=["urgent"])
    town.task(urgent, escalation="S")
    town.case(given="Elsewhere", team="north", risk_level="very_high")
    found = page(town, nurse)
    assert why(found) == [
        ("Urgent Khan", ("urgent", "safety_task")),
        ("Safe Khan", ("safety_task",)),
        ("Told Khan", ("safeguarding_open",)),
        ("Grave Khan", ("very_high",)),
        ("Dying Khan", ("palliative",)),
    ]
    assert found.total == 5


@pytest.mark.both_databases
def test_each_says_what_to_do_where_papers_are_and_how_to_visit(town: SmallTown, nurse: UUID) -> None:
    case = town.case(risk_level="very_high", coordinator_id=nurse)
    town.task(case, name="Ring her", escalation="S", due="+2h", assignee_id=nurse)
    town.paper(case, "F14", {"visit_rule": "two_staff", "access_note": "Slow to the door"})
    town.paper(case, "F11", {"respect_exists": "yes", "plans_where": "Yellow folder in the hall"})
    said = {"contingency": [CONTINGENCY], "early_signs": "Stops eating", "communicate_in_crisis": "Speak slowly"}
    town.paper(case, "F18", said)
    town.on_leave(nurse)
    (sheet,) = page(town, nurse).sheets
    assert sheet.crisis == (Crisis("She falls", "Look at her hip first", "Joan, 0161 496 0001"),)
    assert (sheet.early_signs, sheet.communicate) == ("Stops eating", "Speak slowly")
    assert sheet.respect == Paper("Yes", "Yellow folder in the hall")
    assert (sheet.visits, sheet.getting_in) == ("Two staff together", "Slow to the door")
    assert [task.name for task in sheet.tasks] == ["Ring her"]
    assert sheet.coordinator_away.startswith("away until")


def test_the_plan_says_of_the_papers_what_the_assessment_does_not(town: SmallTown, nurse: UUID) -> None:
    case = town.case(risk_level="very_high")
    town.paper(case, "F18", {"other_plans": ["respect"], "other_plans_where": "With her GP"})
    (sheet,) = page(town, nurse).sheets
    assert sheet.respect == Paper("Yes", "With her GP")


def test_nobody_stands_there_who_has_died_is_closed_left_the_reader_out_or_shares_a_part_only(
    town: SmallTown, nurse: UUID
) -> None:
    partner = town.staff("Pat Partner", "vcse_partner east")
    town.case(given="Closed", risk_level="very_high", closed_at=town.now)
    town.shut_out(town.case(given="Private", risk_level="very_high"), nurse)
    assert page(town, nurse).sheets == ()
    town.case(given="Shared", risk_level="very_high")
    assert (len(page(town, nurse).sheets), page(town, partner).sheets) == (1, ())


@pytest.mark.both_databases
def test_a_concern_is_not_told_to_whom_it_names(town: SmallTown, nurse: UUID) -> None:
    case = town.case(flags=["safeguarding_open"])
    town.paper(case, "F23", {"alleged_colleagues": [{"colleague": str(nurse)}]})
    town.task(case, escalation="S", form_key="F23b")
    other = town.staff("Ola Other", "nurse east")
    assert (page(town, nurse).sheets, len(page(town, other).sheets)) == ((), 1)


def test_it_is_narrowed_to_a_team(town: SmallTown) -> None:
    both = town.staff("Bea Both", "nurse east", "nurse north")
    for team in ("east", "north"):
        town.case(given=team.capitalize(), team=team, risk_level="very_high")
    found = page(town, both, str(town.teams["north"]))
    assert (why(found), len(found.teams)) == ([("North Khan", ("very_high",))], 2)
    assert len(page(town, both, "no team").sheets) == 2
