"""What may begin before anybody is named care coordinator: each of its tasks has somebody who can do it."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders.walked_case import Town, walked_to
from workflows.actions.buttons import BUTTONS
from workflows.casework.case import Case
from workflows.casework.ending import ENDINGS
from workflows.casework.task import Task
from workflows.storage import doers

WITH_CONSENT = "service"  # begins only once the person has agreed
COMPANIONS = [button.key for button in BUTTONS if button.starts and button.key != WITH_CONSENT]
ENDED_BY = [button.key for button in BUTTONS if button.sends in ENDINGS]
MANAGER = "Adaeze"  # may press every button in the East team
MOST_STEPS = 8  # of one companion; some go round for as long as nobody outside acts


@pytest.fixture
def number(town: Town) -> str:
    """A case in triage."""
    return str(town.once(walked_to, "triage_referral"))


def stuck(town: Town, number: str) -> list[str]:
    """The open tasks of a case that nobody who may know of it could do."""
    today = town.office.desk().today

    def look(session: Session) -> list[str]:
        tasks = session.scalars(select(Task).join(Case).where(Case.number == number)).all()
        return [task.key for task in tasks if doers.stuck(session, task, today)]

    found: list[str] = town.ask(look)
    return found


def go_through(town: Town, number: str, button: str) -> None:
    """Press a button and do what it asks for, as far as that goes; nothing may be stuck on the way."""
    before = {task.key for task in town.open_tasks(number)}
    town.press(number, button, MANAGER)
    for _ in range(MOST_STEPS):
        assert stuck(town, number) == []
        begun = [task.key for task in town.open_tasks(number) if task.key not in before]
        if not begun or begun == ["accept_case"]:  # somebody else than who released it
            return
        town.do(number, begun[0])


def test_no_companion_is_stuck_before_somebody_is_named(town: Town, number: str) -> None:
    for button in COMPANIONS:
        go_through(town, number, button)
    town.press(number, "home", MANAGER)
    assert "contact_after_hospital" in [task.key for task in town.open_tasks(number)]
    assert stuck(town, number) == []


@pytest.mark.parametrize("button", ENDED_BY)
def test_no_ending_is_stuck_before_somebody_is_named(town: Town, number: str, button: str) -> None:
    go_through(town, number, button)
    assert town.open_tasks(number) == []
