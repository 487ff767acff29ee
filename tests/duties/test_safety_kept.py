"""No safety step is dropped with a case: a closing waits for it, and who withdraws or moves leaves somebody asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from workers.jobs import wake_cases
from workflows.actions.programmes import change_setting
from workflows.casework.notice import Letter
from workflows.questions.known import known_for

URGENT = {
    "verdict": "accept",
    "priority": "urgent",
    "changed_advice": "yes",
    "override_reason": "She is on her own now.",
}


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def _open(town: Town, number: str) -> set[str]:
    return {task.key for task in town.open_tasks(number)}


def _later(town: Town, **time: int) -> None:
    town.office.clock.advance(timedelta(**time))
    wake_cases.work(town.office)


def _home_from_hospital(town: Town) -> str:
    number = walked_to(town, "draft_plan")
    town.press(number, "hospital", by="Ifeoma")
    town.press(number, "home", by="Ifeoma", destination="usual_home")
    return number


def _promised_a_huddle(town: Town) -> str:
    number = town.refer()
    town.do(number, "triage_referral", **URGENT)
    return number


@pytest.mark.parametrize(("button", "confirmed"), [("withdrawal", "confirm_withdrawal"), ("moved", "confirm_move")])
def test_who_withdraws_or_moves_with_a_safety_step_open_leaves_somebody_asked(
    town: Town, button: str, confirmed: str
) -> None:
    number = town.once(_home_from_hospital)
    town.press(number, button, by="Siobhan")
    asked = next(task for task in town.open_tasks(number) if task.key == "settle_safety")
    assert asked.escalation == "S"
    known = known_for(town.office.desk(town.who("Tomasz")), asked.id)
    assert [line.partition(",")[0] for line in known.cut_off] == ["Contact after hospital"]
    town.do(number, confirmed, handover_consent="no")
    assert town.case(number).open
    town.do(number, "settle_safety")
    assert not town.case(number).open


def test_a_huddle_that_an_urgent_referral_was_promised_is_a_safety_step_too(town: Town) -> None:
    number = town.once(_promised_a_huddle)
    town.press(number, "moved", by="Siobhan")
    asked = next(task for task in town.open_tasks(number) if task.key == "settle_safety")
    told = [line.partition(",")[0] for line in known_for(town.office.desk(town.who("Tomasz")), asked.id).cut_off]
    assert told == ["Name a care coordinator", "Record and sign the decision"]


def test_nobody_is_asked_about_a_safety_step_that_only_a_visit_of_ours_needs(town: Town) -> None:
    number = town.once(walked_to, "first_contact")
    assert "assess_visit_risk" in _open(town, number)
    town.press(number, "withdrawal", by="Siobhan")
    assert _open(town, number) == {"confirm_withdrawal"}


def test_after_a_death_nobody_is_asked_for_safety_steps_of_the_person(town: Town) -> None:
    number = town.once(_home_from_hospital)
    town.press(number, "death", by="Siobhan")
    assert _open(town, number) == {"confirm_death"}


def _given_up_in_hospital(town: Town) -> str:
    number = _promised_a_huddle(town)
    town.press(number, "hospital", by="Ifeoma")
    for _ in range(4):
        _later(town, days=8)
    town.do(number, "decide_long_hospital_stay", still_in_hospital="yes", weekly_check="close")
    return number


def _told_of_the_end(town: Town) -> list[tuple[str, str]]:
    query = select(Letter.recipient, Letter.status).where(Letter.template.in_(("L08", "L08p")))
    return [tuple(one) for one in town.ask(lambda session: session.execute(query.order_by(Letter.recipient)).all())]


def test_a_case_given_up_in_hospital_waits_for_the_safety_step_of_its_own_journey(town: Town) -> None:
    number = town.once(_given_up_in_hospital)
    assert town.case(number).open
    assert _told_of_the_end(town) == []  # nobody reads that the work has ended while it may go on
    nothing_agreed = {"record_mdt_decision": {"actions": None}}
    for key in ("record_mdt_decision", "allocate_coordinator", "first_contact"):
        assert key in _open(town, number)
        town.do(number, key, **nothing_agreed.get(key, {}))
    assert town.case(number).closure_reason == "long_hospital_stay"
    assert _told_of_the_end(town) == [("gp", "ready"), ("person", "ready"), ("referrer", "ready")]


def test_who_comes_home_before_the_case_given_up_is_closed_is_rung_and_the_case_goes_on(town: Town) -> None:
    number = town.once(_given_up_in_hospital)
    town.press(number, "home", by="Ifeoma", destination="usual_home")
    assert _told_of_the_end(town) == []
    town.walk(number, "contact_after_hospital", "allocate_coordinator", "first_contact")
    assert town.case(number).open
    assert town.case(number).flags == []


def test_a_case_does_not_close_over_a_request_to_share_without_consent(town: Town) -> None:
    change_setting(town.office.desk(town.who("Shabana")), "acm", "wait.consent_anniversary", "40D")
    number = walked_to(town, "record_mdt_decision")
    town.do(number, "record_mdt_decision", decision="advice_to_referrer", actions=None)
    town.do(number, "check_outcome_letters")
    _later(town, days=45)
    town.do(number, "record_consent", choice="refused", serious_harm="yes")
    town.do(number, "check_discharge_letters")
    assert "request_override" in _open(town, number)
    assert town.case(number).open


def test_what_an_ending_asks_is_asked_again_where_another_ending_comes_upon_it(town: Town) -> None:
    number = town.once(walked_to, "first_contact")
    town.press(number, "safeguarding", by="Siobhan")
    town.press(number, "withdrawal", by="Siobhan")
    town.press(number, "death", by="Tomasz")
    assert "settle_safeguarding" in _open(town, number)
    town.press(number, "alive", by="Adaeze", how_known="She opened the door.")
    keys = [task.key for task in town.open_tasks(number)]
    assert keys.count("settle_safeguarding") == 1
    assert "confirm_withdrawal" in keys


def test_a_death_notice_is_taken_back_while_the_case_waits_to_be_closed(town: Town) -> None:
    number = town.once(walked_to, "first_contact")
    town.press(number, "safeguarding", by="Siobhan")
    town.press(number, "death", by="Siobhan")
    town.do(number, "confirm_death")
    _later(town, days=3)  # the time to take it back is over, and nobody has said what becomes of the concern
    assert _open(town, number) == {"settle_safeguarding"}
    town.press(number, "alive", by="Adaeze", how_known="She opened the door.")
    assert "first_contact" in _open(town, number)
    assert not town.case(number).person.dead


@pytest.mark.parametrize(("button", "asked"), [("safeguarding", "settle_safeguarding"), ("urgent", "settle_urgent")])
def test_a_concern_in_a_case_entered_in_error_is_about_somebody_and_is_settled_before_it_closes(
    town: Town, button: str, asked: str
) -> None:
    number = town.once(walked_to, "first_contact")
    town.press(number, button, by="Siobhan")
    town.press(number, "error", by="Adaeze")
    town.do(number, "explain_error")
    assert _open(town, number) == {asked}
    town.do(number, asked)
    assert town.case(number).closure_reason == "error"


def test_a_referral_that_came_to_a_case_entered_in_error_is_read_all_the_same(town: Town) -> None:
    number = town.once(walked_to, "first_contact")
    town.refer(question="She fell again last night.")
    town.press(number, "error", by="Adaeze")
    town.do(number, "explain_error")
    assert _open(town, number) == {"look_at_new_information"}
    town.do(number, "look_at_new_information")
    assert town.case(number).closure_reason == "error"
