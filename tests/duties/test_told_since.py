"""A meeting's letters that nobody has posted: what they say when the case goes elsewhere or ends."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from workflows.casework.notice import Letter


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def unposted(town: Town, decision: str) -> str:
    """A case whose meeting decided so, and whose outcome letters lie ready."""
    number = town.refer()
    town.walk_until(number, "record_mdt_decision")
    town.do(number, "record_mdt_decision", decision=decision, actions=[])
    town.walk_until(number, "check_outcome_letters")
    town.do(number, "check_outcome_letters")
    return number


def outcomes(town: Town) -> dict[str, Any]:
    """Status and text of the meeting's letters, by recipient."""
    query = select(Letter).where(Letter.template.in_(("L04", "L04p")))
    return {one.recipient: (one.status, one.text) for one in town.ask(lambda session: session.scalars(query).all())}


def close(town: Town, number: str) -> None:
    while town.open_tasks(number):
        town.do(number, town.open_tasks(number)[0].key)
    assert not town.case(number).open


def test_they_say_that_the_case_has_gone_to_another_team(town: Town) -> None:
    number = unposted(town, "case_manage")
    town.press(number, "transfer", by="Nwosu", kind="team", to_team="west")
    town.do(number, "release_case", released="yes")
    town.do(number, "accept_case", accepted="yes")
    found = outcomes(town)
    assert {status for status, _ in found.values()} == {"ready"}
    assert all("case has gone to" in text for _, text in found.values())
    assert found["person"][1].index("your case has gone to") < found["person"][1].index("Yours sincerely")


def test_an_answer_that_declines_stays_ready_as_it_is_when_its_case_closes(town: Town) -> None:
    number = unposted(town, "not_suitable")
    close(town, number)
    assert all(status == "ready" and "has ended" not in text for status, text in outcomes(town).values())


def test_one_that_promises_work_says_that_it_has_ended_where_no_other_letter_does(town: Town) -> None:
    number = unposted(town, "case_manage")
    town.press(number, "moved", by="Siobhan")
    close(town, number)
    found = outcomes(town)
    assert found.pop("gp")[0] == "overtaken"  # the handover letter tells them
    assert all(status == "ready" and "has ended, on 16 November 2026" in text for status, text in found.values())
