"""Limits are programme settings: changing one changes what happens."""

from __future__ import annotations

from sqlalchemy import select

from tests.builders.walked_case import Town
from workflows.casework.programme import Programme, ProgrammeSetting


def set_to(town: Town, key: str, value: str) -> None:
    session = town.office.database.writing()
    query = select(ProgrammeSetting).join(Programme).where(Programme.key == "acm", ProgrammeSetting.key == key)
    session.scalars(query).one().value = value
    session.commit()
    session.close()


def asked_of_the_manager(town: Town, number: str) -> bool:
    return any(task.process == "acm_action" and task.role == "team_manager" for task in town.open_tasks(number))


def postpone(town: Town, number: str, day: str) -> None:
    town.do(number, "do_action", status="in_progress", new_due=day, new_due_reason="The shop was closed.")


def an_action(town: Town) -> str:
    number = town.refer()
    town.press(number, "action", "Ifeoma", what="Fit a key safe", due="2026-11-20")
    return number


def test_the_third_postponement_of_an_action_goes_to_the_manager(town: Town) -> None:
    number = an_action(town)
    for day in ("2026-11-23", "2026-11-24"):
        postpone(town, number, day)
        assert not asked_of_the_manager(town, number)
    postpone(town, number, "2026-11-25")
    assert asked_of_the_manager(town, number)


def test_the_programme_may_allow_fewer_postponements(town: Town) -> None:
    set_to(town, "postponement_limit", "0")
    number = an_action(town)
    postpone(town, number, "2026-11-23")
    assert asked_of_the_manager(town, number)
