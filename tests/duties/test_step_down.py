"""The last contact before a case closes: nobody is let go in silence, and who is not well goes on with their plan."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders.moments import london
from tests.builders.walked_case import Town, stepping_down
from workflows.casework.care import Review
from workflows.casework.errors import AnswersRefused
from workflows.casework.notice import Letter
from workflows.casework.task import Task

CONTACT = "step_down_contact"


@pytest.fixture
def number(one_programme: Town) -> str:
    """A case of which the last contact is asked."""
    return str(one_programme.once(stepping_down))


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def asked(town: Town, number: str) -> Task:
    return next(task for task in town.open_tasks(number) if task.key == CONTACT)


@pytest.mark.parametrize(
    "heard", [{"reached": "nobody"}, {"how_are_they": "not_well"}, {"plan_holds": "no"}, {"plan_holds": "unknown"}]
)
def test_a_case_closes_over_bad_news_or_none_only_with_a_reason(town: Town, number: str, heard: dict[str, str]) -> None:
    with pytest.raises(AnswersRefused) as refused:
        town.do(number, CONTACT, why_close=None, **heard)
    assert set(refused.value.errors) == {"why_close"}
    town.do(number, CONTACT, why_close="Her daughter looks after her now.", **heard)
    assert town.case(number).closure_reason == "goals_met"


def test_where_nobody_was_reached_somebody_tries_again_on_the_day_they_named(town: Town, number: str) -> None:
    first, day = asked(town, number), town.office.desk().today.replace(year=2027, month=8, day=2)
    town.do(number, CONTACT, reached="nobody", follows="again", next_attempt=f"{day}T10:00")
    again = asked(town, number)
    assert again.id != first.id
    assert again.due_at == london(f"{day} 10:00")
    assert (again.assignee_id, town.case(number).stage) == (first.assignee_id, "step_down")


def test_whoever_was_heard_of_is_not_only_rung_again(town: Town, number: str) -> None:
    with pytest.raises(AnswersRefused) as refused:
        town.do(number, CONTACT, how_are_they="not_well", follows="again")
    assert set(refused.value.errors) == {"follows"}


@pytest.mark.both_databases
def test_who_is_not_well_goes_back_to_their_plan_with_a_review_and_the_same_coordinator(
    town: Town, number: str
) -> None:
    coordinator = town.case(number).coordinator_id
    town.do(number, CONTACT, how_are_they="not_well", plan_holds="no", follows="go_on")
    case = town.case(number)
    assert (case.stage, case.coordinator_id, case.closed_at) == ("active", coordinator, None)
    waiting = select(Review.due_at).where(Review.case_id == case.id, Review.done_at.is_(None))
    assert town.ask(lambda session: session.scalars(waiting).all()) == [case.next_review_at]
    told = select(Letter.recipient).where(Letter.case_id == case.id, Letter.template == "work_goes_on")
    assert town.ask(lambda session: session.scalars(told).all()) == ["gp"]
