"""Somebody dies whose case is closed: nothing goes to their home any more, and who refers them again is told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from tests.builders.ways_in import COORDINATOR, a_message
from workflows.actions import messages
from workflows.actions.companions import press
from workflows.casework.errors import AnswersRefused, NotAllowed, RuleBroken
from workflows.casework.message import Message
from workflows.casework.notice import Letter, Notice
from workflows.questions import messages as asked

MANAGER = "Adaeze"


def closed_today(town: Town) -> str:
    """A case that advice closed, with its letters still in the tray."""
    number = walked_to(town, "record_mdt_decision")
    town.do(number, "record_mdt_decision", decision="advice_to_referrer", actions=None)
    for key in ("check_outcome_letters", "check_discharge_letters"):
        town.do(number, key)
    assert not town.case(number).open
    assert "ready" in to_the_home(town, number)
    return number


@pytest.fixture
def number(town: Town) -> str:
    """The case of the quiet person, closed this morning."""
    return str(town.once(closed_today))


def to_the_home(town: Town, number: str) -> set[str]:
    case = town.case(number)
    query = select(Letter.status).where(Letter.case_id == case.id, Letter.audience == "person")
    return set(town.ask(lambda s: s.scalars(query).all()))


def told_of_a_death(town: Town) -> UUID:
    """A register told that they died."""
    done = messages.receive(town.office.desk(town.who(COORDINATOR)), a_message("person_died"))
    assert done.status == "parked"
    return town.ask(lambda s: s.scalars(select(Message.id)).one())


def settle(town: Town, message: UUID, **how: Any) -> None:
    messages.settle(town.office.desk(town.who(COORDINATOR)), message, "Phoned the practice", **how)


def test_a_death_told_of_after_closing_holds_letters_back_until_it_is_recorded(town: Town, number: str) -> None:
    message = told_of_a_death(town)
    assert "ready" not in to_the_home(town, number)
    with pytest.raises(AnswersRefused):
        settle(town, message)
    town.press(number, "death", COORDINATOR, review_needed="yes", review_kind=["learning"])
    assert town.case(number).person.dead
    assert town.ask(lambda s: s.scalars(select(Notice.id).where(Notice.kind == "death_review")).all())
    assert "ready" not in to_the_home(town, number)
    assert town.ask(lambda s: s.get_one(Message, message).status) == "settled"
    again = a_message("person_died", message_id="another")
    assert messages.receive(town.office.desk(town.who(COORDINATOR)), again).case_number == number


def test_a_wrong_notice_lets_the_letters_of_a_closed_case_go(town: Town, number: str) -> None:
    message = told_of_a_death(town)
    settle(town, message, mistaken=True)
    assert "ready" in to_the_home(town, number)
    assert not town.case(number).person.dead


def test_of_two_notices_of_a_death_the_second_goes_on_holding_the_letters_back(town: Town, number: str) -> None:
    message = told_of_a_death(town)
    messages.receive(town.office.desk(town.who(COORDINATOR)), a_message("person_died", message_id="another"))
    settle(town, message, mistaken=True)
    assert "ready" not in to_the_home(town, number)


def test_a_death_under_a_number_that_was_used_holds_the_letters_back_too(town: Town, number: str) -> None:
    sender = town.office.desk(town.who(COORDINATOR))
    for kind in ("ed_attendance", "person_died"):
        messages.receive(sender, a_message(kind, message_id="used"))
    assert "ready" not in to_the_home(town, number)


def test_a_record_of_a_death_after_closing_is_taken_back_by_a_manager(town: Town, number: str) -> None:
    town.press(number, "death", COORDINATOR)
    with pytest.raises(NotAllowed):
        town.press(number, "alive", COORDINATOR)
    town.press(number, "alive", MANAGER)
    assert not town.case(number).person.dead
    assert "ready" in to_the_home(town, number)
    with pytest.raises(RuleBroken, match="No death"):
        town.press(number, "alive", MANAGER)


def test_a_death_in_another_case_holds_back_the_letters_of_a_closed_one(town: Town, number: str) -> None:
    later = town.refer(question="She fell again last night")
    town.press(later, "death", COORDINATOR)
    assert "ready" not in to_the_home(town, number)
    town.press(later, "alive", MANAGER)
    assert "ready" in to_the_home(town, number)


def test_a_closed_case_takes_no_other_button(town: Town, number: str) -> None:
    with pytest.raises(RuleBroken, match="case is closed"):
        press(town.office.desk(town.who(COORDINATOR)), number, "contact", {})


def test_the_message_names_the_closed_case_in_which_the_death_is_recorded(town: Town, number: str) -> None:
    message = told_of_a_death(town)
    assert asked.full_message(town.office.desk(town.who(COORDINATOR)), message).record_in == number
