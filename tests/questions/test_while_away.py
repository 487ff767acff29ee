"""Whoever comes back from leave is told what was done for them, what moved, and what is new."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders.walked_case import Town, walked_to
from workflows.actions import accounts, cover, tasks
from workflows.casework.errors import NotFound
from workflows.questions.first_to_read import first_to_read
from workflows.questions.while_away import TOLD_FOR, WhileAway, while_away

FIRST, LAST = date(2026, 11, 17), date(2026, 11, 20)


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def farahs(town: Town) -> str:
    """A case that Farah coordinates, up to its first contact."""
    number = walked_to(town, "first_contact")
    town.press(number, "coordinator", "Adaeze", coordinator=str(town.who("Farah").id))
    return number


def goes(town: Town, who: str, covers: str) -> None:
    """It is the first day of their leave."""
    actor = town.who(who)
    assert actor.id is not None
    accounts.enter_leave(town.office.desk(actor), actor.id, FIRST, LAST, town.who(covers).id)
    town.office.clock.advance(timedelta(days=1))


def back(town: Town, days: int = 3) -> None:
    town.office.clock.move_to(datetime(2026, 11, 20, 9, tzinfo=UTC) + timedelta(days=days))


def told(town: Town, who: str = "Farah") -> WhileAway:
    desk = town.office.desk(town.who(who))
    leave_id = first_to_read(desk).leave_id
    assert leave_id is not None
    return while_away(desk, leave_id)


@pytest.mark.both_databases
def test_on_their_return_they_read_what_was_done_moved_and_asked(town: Town) -> None:
    number = town.once(farahs)
    goes(town, "Farah", covers="Marta")
    town.do(number, "first_contact")
    assess = next(task for task in town.open_tasks(number) if task.key == "assess_visit_risk")
    nurse = town.who("Siobhan").id
    assert nurse is not None
    tasks.reassign_task(town.office.desk(town.who("Adaeze")), assess.id, nurse, "Farah is away")
    back(town)
    found = told(town)
    assert (found.over, found.cover) == (True, "Marta Kowalczyk")
    assert [one.what for one in found.done] == ["First contact"]
    assert "“Risk assessment before any home visit” went to Siobhan Kelly: Farah is away" in [
        one.what for one in found.moved
    ]
    assert {one.case_number for one in (*found.done, *found.moved, *found.new)} == {number}


@pytest.mark.both_databases
def test_they_read_of_a_case_that_is_somebody_elses_now(town: Town) -> None:
    number = town.once(farahs)
    goes(town, "Farah", covers="Marta")
    town.press(number, "coordinator", "Adaeze", coordinator=str(town.who("Siobhan").id))
    back(town)
    assert "Care coordinator is now Siobhan Kelly" in [one.what for one in told(town).moved]


def test_the_inbox_leads_there_until_it_is_read(town: Town) -> None:
    goes(town, "Farah", covers="Marta")
    desk = town.office.desk(town.who("Farah"))
    assert first_to_read(desk).leave_id is None  # not back yet
    back(town)
    leave_id = told(town).leave_id
    cover.note_read(desk, leave_id)
    cover.note_read(desk, leave_id)
    assert first_to_read(desk).leave_id is None
    assert while_away(desk, leave_id).read


def test_after_two_weeks_nobody_is_led_there_any_more(town: Town) -> None:
    goes(town, "Farah", covers="Marta")
    back(town, TOLD_FOR.days + 1)
    assert first_to_read(town.office.desk(town.who("Farah"))).leave_id is None


def test_nobody_else_reads_it(town: Town) -> None:
    goes(town, "Farah", covers="Marta")
    back(town)
    leave_id = told(town).leave_id
    for stranger in ("Marta", "Adaeze"):
        with pytest.raises(NotFound):
            while_away(town.office.desk(town.who(stranger)), leave_id)
        with pytest.raises(NotFound):
            cover.note_read(town.office.desk(town.who(stranger)), leave_id)


def test_who_is_named_in_a_concern_is_told_nothing_of_what_followed_it(town: Town) -> None:
    number = town.once(farahs)
    goes(town, "Farah", covers="Marta")
    farah = str(town.who("Farah").id)
    town.press(number, "safeguarding", "Siobhan", alleged_colleagues=[{"colleague": farah}])
    back(town)
    said = " ".join(one.what for one in (*told(town).moved, *told(town).new, *told(town).done))
    assert "afeguarding" not in said
