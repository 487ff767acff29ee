"""What somebody did was refused because something in it failed: they are asked to do it once more."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from tests.actions.test_incidents import incidents, spoil
from tests.builders.walked_case import Town, walked_to
from workflows.actions import mending
from workflows.casework.audit import AuditEntry
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import NotAllowed, RuleBroken
from workflows.casework.incident import ACT
from workflows.casework.notice import Notice
from workflows.casework.staff import StaffMember
from workflows.desk import Desk

AGAIN = select(StaffMember.name, Notice.words).join(StaffMember, StaffMember.id == Notice.staff_id).where(
    Notice.kind == "act_again"
)  # fmt: skip


@pytest.fixture
def number(one_programme: Town) -> str:
    return str(one_programme.once(walked_to, "allocate_coordinator"))


@pytest.fixture
def manager(one_programme: Town) -> Desk:
    """Somebody who runs the service."""
    return one_programme.office.desk(one_programme.who("Shabana"))


@pytest.fixture
def refused(one_programme: Town, number: str) -> UUID:
    """An incident of an act that cannot stand anywhere."""
    spoil(one_programme, one_programme.ask(lambda session: session.scalars(select(CaseRun)).one()).id)
    with pytest.raises(RuleBroken):
        one_programme.do(number, "allocate_coordinator")
    (one,) = incidents(one_programme)
    assert one.kind == ACT
    return one.id


def doer(town: Town) -> str:
    """Who did what was refused."""
    entry = select(AuditEntry.actor).where(AuditEntry.act == "automatic step failed")
    return str(town.ask(lambda session: session.scalars(entry).one()))


def test_whoever_did_it_is_asked_once_a_day_and_it_stays_open_until_they_have(
    one_programme: Town, number: str, refused: UUID, manager: Desk
) -> None:
    for _ in range(2):
        mending.ask_to_repeat(manager, refused)
    ((who, said),) = one_programme.ask(lambda session: session.execute(AGAIN).all())
    assert said["link"].endswith(f"/cases/{number}")
    assert said["on"] == "16 November 2026"
    assert who == doer(one_programme)
    assert incidents(one_programme)[0].open


def test_nobody_is_asked_to_repeat_what_is_over(one_programme: Town, refused: UUID, manager: Desk) -> None:
    mending.settle(manager, refused, "Done by hand")
    with pytest.raises(RuleBroken, match="over already"):
        mending.ask_to_repeat(manager, refused)


def test_only_who_runs_the_service_asks(one_programme: Town, refused: UUID) -> None:
    with pytest.raises(NotAllowed):
        mending.ask_to_repeat(one_programme.office.desk(one_programme.who("Siobhan")), refused)


def test_whoever_the_person_has_left_out_since_is_not_told_of_the_case(
    one_programme: Town, number: str, refused: UUID, manager: Desk
) -> None:
    one_programme.shut_out(number, doer(one_programme))
    with pytest.raises(RuleBroken, match="Nobody can be asked"):
        mending.ask_to_repeat(manager, refused)
