"""Limits are programme settings: changing one changes what happens."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from workflows.casework.audit import AuditEntry, chain_of
from workflows.casework.case import Case
from workflows.casework.programme import Programme, ProgrammeSetting

ADVICE_ONLY = "below quorum: advice only, listed again"


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


@pytest.mark.both_databases
def test_the_programme_may_allow_fewer_postponements(town: Town) -> None:
    set_to(town, "postponement_limit", "0")
    number = an_action(town)
    postpone(town, number, "2026-11-23")
    assert asked_of_the_manager(town, number)


def decided(town: Town, **answers: Any) -> Case:
    """A case about which the meeting has just decided, with these answers on the chair's form."""
    number = town.refer()
    town.walk_until(number, "record_mdt_decision")
    town.do(number, "record_mdt_decision", **{"decision": "case_manage", **answers})
    return town.case(number)


def acts_of(town: Town, case: Case) -> list[str]:
    query = select(AuditEntry.act).where(AuditEntry.chain == chain_of(case.id))
    found: list[str] = town.ask(lambda session: session.scalars(query).all())
    return found


@pytest.mark.parametrize(
    ("quorum", "there", "counts"),
    [
        ({}, {"health_present": "1", "social_care_present": "1"}, True),
        ({}, {"health_present": "5", "social_care_present": "0"}, False),
        ({"quorum_social": "0"}, {"health_present": "1", "social_care_present": "0"}, True),
        ({"quorum_health": "2"}, {"health_present": "1", "social_care_present": "1"}, False),
        ({"quorum_health": "0", "quorum_social": "0"}, {"roles_present": ["chair"]}, False),
    ],
)
def test_a_meeting_below_the_programmes_quorum_can_only_advise(
    town: Town, quorum: dict[str, str], there: dict[str, Any], counts: bool
) -> None:
    for key, value in quorum.items():
        set_to(town, key, value)
    case = decided(town, **there)
    assert (ADVICE_ONLY in acts_of(town, case)) is not counts


@pytest.mark.both_databases
def test_what_is_urgent_waits_for_no_quorum(town: Town) -> None:
    case = decided(town, decision="urgent_now", health_present="0")
    assert ADVICE_ONLY not in acts_of(town, case)
