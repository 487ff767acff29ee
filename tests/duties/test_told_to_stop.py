"""Whoever had something in hand when an ending cut it off is told once, so that nobody phones about it any more."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from workflows.actions.notices import claim_notice
from workflows.actions.tasks import claim_task
from workflows.casework.notice import Letter, Notice
from workflows.casework.staff import StaffMember
from workflows.duties.correspondence import write_letter
from workflows.duties.register import on_behalf
from workflows.questions.known import known_for
from workflows.storage import cases


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def _promised(town: Town) -> str:
    """Walk a case to the assessment; Naomi is to do something, and Marta referred the person to a service."""
    number = walked_to(town, "assess_whole_person")
    town.press(number, "action", by="Siobhan", what="Order a stair rail", owner=str(town.who("Naomi").id))
    town.press(number, "service", by="Marta", service="befriending")
    return number


def _told(town: Town, kind: str) -> list[str]:
    query = select(StaffMember.name).join(Notice, Notice.staff_id == StaffMember.id).where(Notice.kind == kind)
    return list(town.ask(lambda session: session.scalars(query.order_by(StaffMember.name)).all()))


def _among(names: list[str], *some: str) -> list[int]:
    return [sum(one in name for name in names) for one in some]


def test_after_a_death_everybody_who_had_something_in_hand_is_told_once_and_again_when_it_was_a_mistake(
    town: Town,
) -> None:
    number = town.once(_promised)
    town.press(number, "death", by="Adaeze")
    told = _told(town, "person_died")
    assert _among(told, "Naomi", "Marta", "Tomasz") == [1, 1, 1]
    assert len(told) == len(set(told))
    confirming = next(task for task in town.open_tasks(number) if task.key == "confirm_death")
    claim_task(town.office.desk(town.who("Ifeoma")), confirming.id)
    town.press(number, "alive", by="Adaeze", how_known="She opened the door.")
    assert _among(_told(town, "death_taken_back"), "Naomi", "Marta", "Tomasz", "Ifeoma") == [1, 1, 1, 1]


@pytest.mark.both_databases
@pytest.mark.parametrize(("button", "by"), [("withdrawal", "Siobhan"), ("moved", "Siobhan"), ("error", "Adaeze")])
def test_who_had_something_in_hand_hears_that_it_is_off_their_list(town: Town, button: str, by: str) -> None:
    number = town.once(_promised)
    town.shut_out(number, "Marta")
    town.press(number, button, by=by)
    assert _among(_told(town, "work_cut_off"), "Naomi", "Marta", by) == [1, 0, 0]
    naomi = select(Notice.id).join(StaffMember, StaffMember.id == Notice.staff_id)
    here = (Notice.kind == "work_cut_off", StaffMember.name.contains("Naomi"))
    mail = claim_notice(town.office.desk(), town.ask(lambda session: session.scalars(naomi.where(*here)).one()))
    assert mail is not None  # it goes out although nothing more of the case is shared with her
    assert number in mail.body
    assert mail.body.endswith("/inbox")


@pytest.mark.both_databases
def test_who_was_told_to_stop_over_a_withdrawal_that_was_a_mistake_is_told_so(town: Town) -> None:
    number = town.once(_promised)
    with town.office.desk().work() as work:
        case = cases.by_number(work.session, number)
        for recipient in ("gp", "hospital"):
            write_letter(on_behalf(work, case), "L05", recipient).send("Ifeoma", work.now)
        work.commit()
    town.press(number, "withdrawal", by="Siobhan")
    with town.office.desk().work() as work:  # the practice is phoned, the hospital not yet
        told = select(Letter).where(Letter.template == "consent_withdrawn").order_by(Letter.recipient)
        practice, _ = work.session.scalars(told)
        practice.send("Ifeoma", work.now)
        work.commit()
    town.press(number, "not_withdrawn", by="Adaeze", how_known="It was meant for another case: I asked her.")
    told_of_it = _told(town, "withdrawal_taken_back")
    assert _among(told_of_it, "Naomi", "Marta") == [1, 1]
    assert len(told_of_it) == len(set(told_of_it))
    by_hand = select(Letter.recipient, Letter.status).where(Letter.template == "withdrawal_taken_back")
    assert town.ask(lambda session: session.execute(by_hand).all()) == [("gp", "ready")]
    query = select(Letter.recipient, Letter.status).where(Letter.template == "consent_withdrawn").order_by(Letter.id)
    assert town.ask(lambda session: session.execute(query).all()) == [("gp", "sent"), ("hospital", "overtaken")]


@pytest.mark.parametrize(("button", "confirms"), [("death", "confirm_death"), ("withdrawal", "confirm_withdrawal")])
def test_whoever_confirms_an_ending_reads_which_services_may_still_call(town: Town, button: str, confirms: str) -> None:
    number = town.once(_promised)
    town.press(number, button, by="Siobhan")
    asked = next(task for task in town.open_tasks(number) if task.key == confirms)
    known = known_for(town.office.desk(town.who(asked.assignee.name if asked.assignee else "Ifeoma")), asked.id)
    assert known.was_open == ("Order a stair rail", "Referral to Befriending")
