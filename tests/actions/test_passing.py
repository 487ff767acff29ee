"""A caseload is handed on: each case with what only its holder knows, read and confirmed by whoever has it next."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import func, or_, select

from tests.builders.colleagues import administration
from tests.builders.walked_case import Town, walked_to
from workers.jobs import pass_on
from workflows.actions import accounts, passing
from workflows.actions.passing import Written
from workflows.casework.care import Action
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused, NotFound
from workflows.casework.notice import Notice
from workflows.casework.passing import PassingNote
from workflows.casework.task import Task
from workflows.questions.first_to_read import first_to_read
from workflows.questions.passing import Pack, pack_of, received, still_theirs

KNOWN = "She lets nobody in before ten. Ring her sister first."


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def farahs(town: Town) -> str:
    """A case that Farah coordinates, with an agreed action of hers."""
    number = walked_to(town, "first_contact")
    town.press(number, "coordinator", "Adaeze", coordinator=str(staff_id(town, "Farah")))
    town.press(number, "action", "Adaeze", what="Ask about the boiler", owner=str(staff_id(town, "Farah")))
    return number


def staff_id(town: Town, name: str) -> UUID:
    found = town.who(name).id
    assert found is not None
    return found


def says(town: Town, number: str, to: str = "", by: str = "Farah") -> None:
    written = Written(KNOWN, staff_id(town, to) if to else None)
    passing.write_note(town.office.desk(town.who(by)), staff_id(town, "Farah"), number, written)


def hands_on(town: Town, by: str = "Adaeze") -> list[str | None]:
    results = passing.hand_on_all(town.office.desk(town.who(by)), staff_id(town, "Farah"))
    return [one.problem for one in results]


def the_pack(town: Town, by: str = "Farah") -> Pack:
    return pack_of(town.office.desk(town.who(by)), staff_id(town, "Farah"))


def left_with(town: Town, name: str) -> int:
    """How much still waits for somebody: cases, tasks, agreed actions, notes they have not read."""
    me = staff_id(town, name)
    theirs = (
        select(func.count()).select_from(Case).where(Case.coordinator_id == me, Case.closed_at.is_(None)),
        select(func.count()).select_from(Task).where(Task.assignee_id == me, Task.open),
        select(func.count()).select_from(Action).where(Action.owner_id == me, Action.status == "open"),
        select(func.count()).select_from(PassingNote).where(
            or_(PassingNote.to_id == me, PassingNote.from_id == me),
            PassingNote.read_at.is_(None), PassingNote.handed_at.is_(None) | (PassingNote.to_id == me),
        ),
    )  # fmt: skip
    return sum(town.ask(lambda session: [session.scalar(one) or 0 for one in theirs]))


@pytest.mark.both_databases
def test_a_case_goes_on_with_its_tasks_its_actions_and_what_only_its_holder_knew(town: Town) -> None:
    number = town.once(farahs)
    (before,) = the_pack(town).cases
    assert (before.coordinates, before.text) == (True, "")
    assert [one.what for one in before.goes.handover.actions] == ["Ask about the boiler"]
    says(town, number, to="Siobhan")
    assert the_pack(town, by="Adaeze").ready == 1
    assert hands_on(town) == [None]
    assert town.case(number).coordinator_id == staff_id(town, "Siobhan")
    assert left_with(town, "Farah") == 0
    action = town.ask(lambda s: s.scalars(select(Action)).one())
    assert (action.owner_id, the_pack(town).total) == (staff_id(town, "Siobhan"), 0)
    (passed,) = the_pack(town).passed
    assert (passed.number, passed.to, passed.read_at) == (number, "Siobhan Kelly", None)


@pytest.mark.both_databases
def test_the_receiver_is_told_finds_it_in_the_inbox_and_confirms(town: Town) -> None:
    number = town.once(farahs)
    says(town, number, to="Siobhan")
    hands_on(town)
    desk = town.office.desk(town.who("Siobhan"))
    told = town.ask(lambda s: s.scalars(select(Notice).where(Notice.kind == "cases_handed_on")).all())
    assert [one.staff_id for one in told] == [desk.actor.id]
    assert first_to_read(desk).handed == 1
    (found,) = received(desk)
    assert (found.number, found.sender, found.text) == (number, "Farah Siddiqui", KNOWN)
    assert found.goes is not None
    with pytest.raises(NotFound):
        passing.confirm_read(town.office.desk(town.who("Marta")), found.note_id)
    passing.confirm_read(desk, found.note_id)
    passing.confirm_read(desk, found.note_id)
    assert (received(desk), first_to_read(desk).handed) == ((), 0)
    assert the_pack(town).passed[0].read_at is not None


def test_whoever_leaves_prepares_it_and_a_manager_hands_it_on(town: Town) -> None:
    number = town.once(farahs)
    says(town, number, to="Siobhan")
    assert hands_on(town, by="Farah") == ["A manager of the team hands cases on."]
    for stranger in ("Marta", "Ifeoma"):
        with pytest.raises(NotFound):
            says(town, number, by=stranger)
        with pytest.raises(NotFound):
            the_pack(town, by=stranger)


def test_it_goes_to_nobody_who_could_not_carry_the_case(town: Town) -> None:
    number = town.once(farahs)
    town.shut_out(number, "Siobhan")
    for unfit in ("Siobhan", "Farah", "Ifeoma"):
        with pytest.raises(AnswersRefused) as refused:
            says(town, number, to=unfit)
        assert set(refused.value.errors) == {"to"}


def test_a_case_without_a_receiver_stays_and_is_counted(town: Town) -> None:
    number = town.once(farahs)
    says(town, number)
    assert hands_on(town) == []
    assert (the_pack(town).total, town.case(number).coordinator_id) == (1, staff_id(town, "Farah"))


def test_what_was_written_goes_with_the_case_however_another_coordinator_is_named(town: Town) -> None:
    number = town.once(farahs)
    says(town, number)
    town.press(number, "coordinator", "Adaeze", coordinator=str(staff_id(town, "Siobhan")))
    (found,) = received(town.office.desk(town.who("Siobhan")))
    assert found.text == KNOWN


@pytest.mark.both_databases
@pytest.mark.parametrize("prepared", ["", "Siobhan"])
def test_nothing_is_left_with_an_account_that_has_ended(town: Town, prepared: str) -> None:
    number = town.once(farahs)
    says(town, number, to=prepared)
    seen = still_theirs(administration(town.office), staff_id(town, "Farah"))
    assert (seen.cases, seen.tasks > 0) == (1, True)
    accounts.end_account(administration(town.office), staff_id(town, "Farah"))
    assert pass_on.work(town.office) == (1, 0)
    assert left_with(town, "Farah") == 0
    town.do(number, "name_another_coordinator", coordinator=str(staff_id(town, "Marta")))
    (found,) = received(town.office.desk(town.who("Marta")))
    assert found.text == KNOWN


def test_what_a_receiver_had_not_read_when_they_left_goes_on_to_the_next(town: Town) -> None:
    number = town.once(farahs)
    says(town, number, to="Siobhan")
    hands_on(town)
    accounts.end_account(administration(town.office), staff_id(town, "Siobhan"))
    assert pass_on.work(town.office) == (1, 0)
    assert left_with(town, "Siobhan") == 0
    town.do(number, "name_another_coordinator", coordinator=str(staff_id(town, "Marta")))
    (found,) = received(town.office.desk(town.who("Marta")))
    assert found.sender == "Farah Siddiqui"
