"""What the tables are told about a case, in a real office."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from workers.rounds import run_everything
from workflows.actions.tasks import complete_task
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, DecisionRecord
from workflows.casework.errors import AnswersRefused, LookAgain
from workflows.casework.signing import signature
from workflows.clock import LONDON, FixedClock


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def reasons(town: Town, number: str, table: str) -> list[str]:
    """The reasons a table gave for a case, oldest first."""
    query = (
        select(DecisionRecord.reason_code)
        .join(Case, Case.id == DecisionRecord.case_id)
        .where(Case.number == number, DecisionRecord.table == table)
        .order_by(DecisionRecord.id)
    )
    found: list[str] = town.ask(lambda session: session.scalars(query).all())
    return found


def test_an_assessment_whose_sections_are_filled_in_gives_a_risk_level_before_it_is_signed(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "sign_assessment")
    town.do(number, "sign_assessment")
    assert reasons(town, number, "risk_level")[0] != "R_UNKNOWN"
    assert town.case(number).risk_level != "unknown"


def sign(town: Town, number: str, **said: str) -> None:
    """Sign an assessment as somebody does who reads what the page answers."""
    (task,) = town.open_tasks(number)
    doer = town._doer(task)
    told = {**signature(doer, task.key), **said}
    raw = town.answers(town.office.desk().forms.form(task.form_key), town.case(number), told)
    complete_task(town.office.desk(doer), task.id, raw, checked=())


def test_an_assessment_that_says_nothing_is_not_complete_and_its_risk_is_not_low(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "assess_whole_person")
    questions = town.office.desk().forms.form("F11").definition.questions
    blank = {question.id: None for question in questions if not question.required}
    for task in town.open_tasks(number):
        town.do(number, task.key, **(blank if task.form_key == "F11" else {}))
    town.walk_until(number, "sign_assessment")
    assert reasons(town, number, "risk_level")[-1] == "R_UNKNOWN"
    with pytest.raises(LookAgain) as unusual:
        sign(town, number)
    assert "The level of risk is not known" in unusual.value.warnings["risk_override"]
    sign(town, number, risk_override="medium", risk_override_reason="She was seen at home by two of us.")


def test_somebody_held_until_their_birthday_is_of_age_on_that_morning(town: Town, clock: FixedClock) -> None:
    number = town.refer(dob="2008-12-14")
    assert reasons(town, number, "eligibility") == ["E_UNDER_18"]
    states = town.ask(lambda session: session.scalars(select(CaseRun.state)).all())
    assert states
    assert not [told for state in states for told in ("2008-", "12-14", "birthday_at") if told in state]
    clock.move_to(datetime(2026, 12, 14, 9, 0, tzinfo=LONDON) + timedelta(minutes=5))
    run_everything(town.office)
    assert reasons(town, number, "eligibility") == ["E_UNDER_18", "E_OK"]
    assert town.case(number).stage == "triage"


@pytest.mark.parametrize(
    ("referral", "decided"),
    [
        ({"crisis_24h": True}, {"priority": "standard"}),
        ({}, {"priority": "high"}),
        ({}, {"verdict": "signpost", "priority": "standard"}),
    ],
)
def test_a_triage_that_departs_from_the_advice_says_so_and_why(
    town: Town, referral: dict[str, Any], decided: dict[str, Any]
) -> None:
    number = town.refer(**referral)
    with pytest.raises(AnswersRefused) as refused:
        town.do(number, "triage_referral", changed_advice="no", **decided)
    assert "The rules advise" in refused.value.errors["changed_advice"]
    town.do(number, "triage_referral", changed_advice="yes", **decided)


@pytest.mark.both_databases
def test_a_triage_that_follows_the_advice_gives_no_reason(town: Town) -> None:
    number = town.refer()
    town.do(number, "triage_referral", changed_advice="no", priority="standard")
    assert town.case(number).priority == "standard"


def told(town: Town, number: str, table: str) -> dict[str, Any]:
    """What a table was told the last time it was asked about a case."""
    query = (
        select(DecisionRecord.inputs)
        .join(Case, Case.id == DecisionRecord.case_id)
        .where(Case.number == number, DecisionRecord.table == table)
        .order_by(DecisionRecord.id.desc())
    )
    found: dict[str, Any] = town.ask(lambda session: session.scalars(query).first())
    return found


@pytest.mark.both_databases
def test_the_risk_takes_the_number_that_was_told_last_whichever_form_it_stands_in(
    town: Town, clock: FixedClock
) -> None:
    number = town.refer(ltcs=None, frailty_factors=None)
    town.walk_until(number, "assess_whole_person")
    town.do(number, "measure_wellbeing", tools_used=["scores"], cfs="3", falls_12m="2")
    clock.advance(timedelta(days=3))
    town.do(number, "assess_whole_person", cfs="8", falls_12m="0")
    town.walk_until(number, "sign_assessment")
    town.do(number, "sign_assessment")
    facts = told(town, number, "risk_level")
    assert (facts["cfs"], facts["falls_12m"]) == (8, 0)
    assert reasons(town, number, "risk_level")[-1] == "R_PALLIATIVE"
