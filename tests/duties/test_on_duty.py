"""Whoever is on duty at this moment: whom the rota names, their cover while they are away, or the triage clinicians."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.builders.small_town import SmallTown
from workers.jobs import remind
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.notice import Notice
from workflows.casework.programme import Practice, PracticeTeam
from workflows.casework.staff import Membership
from workflows.casework.task import Task
from workflows.duties.on_duty import on_duty_for

TRIAGE = ["Tess", "Tom"]


@pytest.fixture
def town(office: Office) -> SmallTown:
    """Two triage clinicians of East and a GP lead, on Monday 16 November."""
    town = SmallTown(office)
    town.staff("Gil", "gp_lead east")
    return town


@pytest.fixture
def tess(town: SmallTown) -> UUID:
    return town.staff("Tess", "triage east")


@pytest.fixture
def tom(town: SmallTown) -> UUID:
    return town.staff("Tom", "triage east")


def told(town: SmallTown, task_id: UUID) -> list[str]:
    """Who is on duty for a task, by name."""
    with town.office.desk().work() as work:
        return sorted(one.name for one in on_duty_for(work, work.session.get_one(Task, task_id)))


def today(town: SmallTown) -> date:
    return town.now.date()


@pytest.mark.both_databases
def test_where_nobody_is_named_it_is_the_triage_clinicians_otherwise_whom_the_rota_names(
    town: SmallTown, tess: UUID, tom: UUID
) -> None:
    task = town.task(town.case())
    assert told(town, task) == TRIAGE
    town.on_duty(tom, "east", today(town) - timedelta(days=1))
    assert told(town, task) == TRIAGE  # it was yesterday
    town.on_duty(tess, "east", today(town))
    assert told(town, task) == ["Tess"]


def test_the_rota_of_the_programme_counts_where_that_of_the_team_names_nobody(
    town: SmallTown, tess: UUID, tom: UUID
) -> None:
    task = town.task(town.case())
    town.on_duty(tom, "north", today(town))
    town.on_duty(town.staff("Nia", "nurse north"), "", today(town))
    assert told(town, task) == ["Nia"]
    town.on_duty(tess, "east", today(town))
    assert told(town, task) == ["Tess"]


def test_before_a_case_has_a_team_the_rota_of_its_practices_team_counts(town: SmallTown, tess: UUID, tom: UUID) -> None:
    case = town.case(team="")
    task = town.task(case)
    town.on_duty(tess, "east", today(town))
    town.on_duty(tom, "", today(town))
    assert told(town, task) == ["Tom"]
    practice = Practice(programme_id=town.programme_id, code="ZZ011", name="Copper Kettle Lane")
    practice.teams.append(PracticeTeam(team_id=town.teams["east"]))
    town.add(practice)
    session = town.session()
    session.get_one(Case, case).person.practice_code = "ZZ011"
    session.commit()
    session.close()
    assert told(town, task) == ["Tess"]


def test_while_somebody_is_on_leave_their_cover_is_on_duty_if_the_cover_may_be(
    town: SmallTown, tess: UUID, tom: UUID
) -> None:
    task = town.task(town.case())
    town.on_duty(tess, "east", today(town))
    town.on_leave(tess, tom)
    town.staff("Tim", "triage east")
    assert told(town, task) == ["Tom"]


@pytest.mark.parametrize("cover", ["", "coordinator east", "nurse north"])
def test_with_no_cover_who_may_it_is_as_if_nobody_were_named(
    town: SmallTown, tess: UUID, tom: UUID, cover: str
) -> None:
    task = town.task(town.case())
    town.on_duty(tess, "east", today(town))
    town.on_leave(tess, town.staff("Cora", cover) if cover else None)
    assert told(town, task) == ["Tom"]


def test_somebody_whom_the_person_left_out_is_not_told_whatever_the_rota_says(
    town: SmallTown, tess: UUID, tom: UUID
) -> None:
    case = town.case()
    town.on_duty(tess, "east", today(town))
    town.shut_out(case, tess)
    assert told(town, town.task(case)) == ["Tom"]


def test_whoever_works_here_still_but_not_as_a_clinician_is_on_duty_no_more(town: SmallTown, tom: UUID) -> None:
    tess = town.staff("Tess", "triage east", "coordinator east")
    town.on_duty(tess, "east", today(town))
    session = town.session()
    ended = {"valid_to": today(town) - timedelta(days=1)}
    session.query(Membership).filter_by(staff_id=tess, role="triage").update(ended)
    session.commit()
    session.close()
    assert told(town, town.task(town.case())) == ["Tom"]


def test_a_safety_task_that_falls_due_tells_the_one_on_duty_and_no_other_triage_clinician(
    town: SmallTown, tess: UUID, tom: UUID
) -> None:
    nurse = town.staff("Nia", "nurse east")
    town.on_duty(tess, "east", today(town))
    town.task(town.case(), escalation="S", assignee_id=nurse, due="-1h", due_unit="H")
    remind.climb(town.office)
    with town.office.desk().looking() as session:
        assert {one.staff_id for one in session.query(Notice)} == {nurse, tess}
