"""Somebody on leave is covered, within what the cover may do; somebody who left is not waited for."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.builders.colleagues import administration
from tests.builders.walked_case import Town, walked_to
from workers.jobs import pass_on
from workflows.actions import accounts, tasks
from workflows.casework.errors import CaseworkError, NotAllowed
from workflows.casework.notice import Notice
from workflows.casework.staff import Absence, Membership
from workflows.casework.task import Task

FIRST, LAST = date(2026, 11, 16), date(2026, 12, 4)


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def away(town: Town, who: str, cover: str = "") -> None:
    staff = town.who(who)
    assert staff.id is not None
    accounts.enter_leave(town.office.desk(staff), staff.id, FIRST, LAST, town.who(cover).id if cover else None)


def the_task(town: Town, number: str, key: str) -> Task:
    return next(task for task in town.open_tasks(number) if task.key == key)


def test_what_lies_in_the_pool_of_somebody_on_leave_lies_in_that_of_their_cover(town: Town) -> None:
    number = town.once(walked_to, "first_contact")
    town.press(number, "urgent", "Farah")
    town.do(number, "acknowledge_urgent")
    urgent = the_task(town, number, "decide_urgent")
    with pytest.raises(CaseworkError):
        tasks.claim_task(town.office.desk(town.who("Li Na")), urgent.id)
    away(town, "Siobhan", cover="Li Na")
    tasks.claim_task(town.office.desk(town.who("Li Na")), urgent.id)
    assert the_task(town, number, "decide_urgent").assignee_id == town.who("Li Na").id


def test_a_manager_hands_it_over_to_the_cover(town: Town) -> None:
    number = town.once(walked_to, "first_contact")
    town.press(number, "urgent", "Farah")
    town.do(number, "acknowledge_urgent")
    away(town, "Siobhan", cover="Li Na")
    urgent, cover = the_task(town, number, "decide_urgent"), town.who("Li Na").id
    assert cover is not None
    tasks.reassign_task(town.office.desk(town.who("Adaeze")), urgent.id, cover, "Siobhan is away")
    assert the_task(town, number, "decide_urgent").assignee_id == cover


def test_covering_for_somebody_lends_nobody_their_authority(town: Town) -> None:
    number = town.once(walked_to, "record_mdt_decision")
    decision, chair = the_task(town, number, "record_mdt_decision"), town.who("Tomasz")
    tasks.claim_task(town.office.desk(chair), decision.id)
    with town.office.desk().work() as work:  # as leave stands that was entered when Ifeoma held his role
        who, cover = town.who("Tomasz").id, town.who("Ifeoma").id
        leave = Absence(staff_id=who, cover_id=cover, first_day=FIRST, last_day=LAST)
        leave.happened("leave entered", of="Tomasz")
        work.session.add(leave)
        work.commit()
    with pytest.raises(NotAllowed):
        tasks.complete_task(town.office.desk(town.who("Ifeoma")), decision.id, {})


@pytest.mark.parametrize("how", ["account", "posts"])
def test_what_somebody_who_left_was_to_do_goes_back_and_another_coordinator_is_asked_for(town: Town, how: str) -> None:
    number = town.once(walked_to, "first_contact")
    coordinator = town.case(number).coordinator_id
    assert coordinator is not None
    administrator = administration(town.office)
    if how == "account":
        accounts.end_account(administrator, coordinator)
    else:
        for post in town.ask(
            lambda s: s.scalars(select(Membership.id).where(Membership.staff_id == coordinator)).all()
        ):
            accounts.end_post(administrator, post, date(2026, 11, 15))
    assert pass_on.work(town.office) == (1, 0)
    assert pass_on.work(town.office) == (0, 0)
    assert town.case(number).coordinator_id is None
    assert {task.assignee_id for task in town.open_tasks(number)} == {None}
    assert "name_another_coordinator" in {task.key for task in town.open_tasks(number)}
    town.do(number, "first_contact")
    assert coordinator not in {task.assignee_id for task in town.open_tasks(number)}


def test_what_a_new_coordinator_on_leave_is_to_do_goes_to_no_cover_who_is_away_too(town: Town) -> None:
    number = town.once(walked_to, "first_contact")
    away(town, "Siobhan", cover="Farah")
    away(town, "Farah")
    town.press(number, "coordinator", "Adaeze", coordinator=str(town.who("Siobhan").id))
    assert {task.assignee_id for task in town.open_tasks(number)} == {None}


def test_what_a_coordinator_on_leave_is_to_do_goes_to_no_cover_whom_the_person_left_out(town: Town) -> None:
    number = town.once(walked_to, "assess_visit_risk")
    away(town, "Siobhan", cover="Farah")
    town.shut_out(number, "Farah")
    town.press(number, "coordinator", "Adaeze", coordinator=str(town.who("Siobhan").id))
    town.do(number, "assess_visit_risk")  # what opens next is for the coordinator
    assert {task.assignee_id for task in town.open_tasks(number)} == {None}


def test_news_for_a_coordinator_on_leave_goes_to_no_cover_whose_account_has_ended(town: Town) -> None:
    number = town.once(walked_to, "first_contact")
    coordinator, cover = town.case(number).coordinator_id, town.who("Siobhan")
    assert coordinator is not None
    assert cover.id is not None
    accounts.enter_leave(administration(town.office), coordinator, FIRST, LAST, cover.id)
    accounts.end_account(administration(town.office), cover.id)
    town.press(number, "hospital", "Ifeoma", admitted_at="2026-11-10T09:00")
    town.press(number, "death", "Ifeoma")
    told = town.ask(lambda s: s.scalars(select(Notice.staff_id).where(Notice.kind == "person_died")).all())
    assert coordinator in told
    assert cover.id not in told
