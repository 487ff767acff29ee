"""A meeting's letters that nobody has posted: what they say when the case goes elsewhere or ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from workers.jobs import wake_cases
from workflows.casework.notice import Letter
from workflows.duties.case import close as close_case
from workflows.duties.correspondence import draft_letter, send_letter
from workflows.duties.register import Asking
from workflows.storage import cases, runs


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
    assert "Your worker is" not in found["person"][1]  # who has the case no more
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


def discharged(town: Town) -> str:
    """A case with copies of its plan and a letter about medicines unposted, whose discharge letters are to be checked.

    A second meeting has decided since; nobody has read its letters yet.
    """
    number = town.refer()
    said = {"decide_after_review": {"decision": "discharge"}, "sign_discharge": {"chair_decision": "agree"}}
    while not any(task.key == "check_discharge_letters" for task in town.open_tasks(number)):
        waiting = town.open_tasks(number)
        if town.case(number).stage == "active" and not letters(town, "L15"):
            now(town, number, lambda asking: (send_letter(asking, "L15", "gp"), draft_letter(asking, "L04", "gp")))
        if waiting:
            town.do(number, waiting[0].key, **said.get(waiting[0].key, {}))
        else:
            town.office.clock.advance(timedelta(weeks=1))
            wake_cases.work(town.office)
    return number


def letters(town: Town, *templates: str) -> list[Letter]:
    query = select(Letter).where(Letter.template.in_(templates)).order_by(Letter.id)
    return list(town.ask(lambda session: session.scalars(query).all()))


def now(town: Town, number: str, act: Callable[[Asking], object]) -> None:
    with town.office.desk().work() as work:
        case = cases.by_number(work.session, number)
        act(Asking(work, case, runs.running(work.session, case.id)[0], {}))
        work.commit()


def test_a_discharge_retires_what_it_overtakes_and_not_what_still_has_to_be_told(town: Town) -> None:
    number = town.once(discharged)
    assert [one.template for one in letters(town, "L04", "L08", "L08p") if one.status == "draft"] == [
        "L08p",
        "L08",
        "L08",
    ]
    town.do(number, "check_discharge_letters")
    copies = [one for one in letters(town, "L05", "L05p") if one.recipient in ("gp", "person")]
    assert {(one.status, one.withheld_why) for one in copies} == {
        ("overtaken", "the discharge letter tells how the work ended")
    }
    now(town, number, lambda asking: close_case(asking, "goals_met"))
    assert {one.status for one in letters(town, "L12", "L14")} == {"overtaken"}
    (medicines,) = letters(town, "L15")
    assert medicines.status == "ready"
    assert "Since the review of medicines our work with the person has ended" in medicines.text
