"""Whose it is to see and to mend what failed: of their own programme, and nothing told to those left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from workflows.actions import mending
from workflows.actions.by_hand import standing
from workflows.casework.access import Actor, Post
from workflows.casework.base import new_id
from workflows.casework.errors import NotFound
from workflows.casework.incident import Incident
from workflows.duties import REGISTER
from workflows.questions.by_hand import process
from workflows.questions.incidents import TRIED, hidden_from, incident, queue
from workflows.questions.operations import board


@pytest.fixture
def number(town: Town, monkeypatch: pytest.MonkeyPatch) -> str:
    """A case that stands at a letter which cannot be written."""

    def fail(asking: Any, **given: Any) -> None:
        raise KeyError("x")

    number = str(town.once(walked_to, "allocate_coordinator"))
    monkeypatch.setitem(REGISTER, "letters.send", replace(REGISTER["letters.send"], perform=fail))
    town.do(number, "allocate_coordinator")
    return number


def incidents(town: Town) -> list[Incident]:
    found: list[Incident] = town.ask(lambda session: session.scalars(select(Incident)).all())
    return found


def test_who_runs_another_programme_neither_sees_nor_mends_it(town: Town, number: str) -> None:
    (one,) = incidents(town)
    elsewhere = Actor(town.who("Shabana").id, "Shabana", (Post("service_manager", new_id(), None),))
    desk = town.office.desk(elsewhere)
    found = queue(desk, TRIED)
    assert (found.rows, found.counts[TRIED], board(desk).standing) == ([], 0, 0)
    with pytest.raises(NotFound):
        incident(desk, one.id)
    assert one.run_id is not None
    with pytest.raises(NotFound):
        standing(desk, one.run_id)
    with pytest.raises(NotFound):
        process(desk, one.run_id)
    assert mending.try_all_again(desk, mending.Alike(one.process, one.step_key)) == 0
    (tried,) = mending.try_again(desk, [one.id])
    assert (tried.case_number, tried.said, incidents(town)[0].tries) == ("", mending.KEPT, 1)
    assert [row.number for row in queue(town.office.desk(town.who("Shabana")), TRIED).rows] == [number]
    assert [row.number for row in queue(town.office.desk(town.who("Robin")), TRIED).rows] == [number]


def test_who_is_left_out_learns_no_number_by_trying(town: Town, number: str) -> None:
    town.shut_out(number, "Shabana")
    desk, (one,) = town.office.desk(town.who("Shabana")), incidents(town)
    assert [row.number for row in queue(desk, TRIED).rows] == [""]
    (tried,) = mending.try_again(desk, [one.id])
    assert (tried.step, tried.case_number, tried.said) == ("", "", mending.KEPT)
    with pytest.raises(NotFound):
        mending.settle(desk, one.id, "Done by hand.")


@pytest.mark.both_databases
def test_whose_case_is_hidden_is_asked_of_the_cases_shown_and_of_no_others(town: Town, number: str) -> None:
    elsewhere = Actor(town.who("Shabana").id, "Shabana", (Post("service_manager", new_id(), None),))
    case_id, desk = town.case(number).id, town.office.desk(elsewhere)
    assert town.ask(lambda session: hidden_from(session, desk, [case_id, None])) == {case_id}
    assert town.ask(lambda session: hidden_from(session, desk, [new_id()])) == frozenset()
