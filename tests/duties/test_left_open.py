"""No case ends over a concern about somebody's safety: closing waits, and an ending asks what becomes of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, advised, stepping_down, walked_to
from workflows.actions import by_hand
from workflows.actions.journey import follow_up
from workflows.casework.care import Action, SafeguardingConcern
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import AnswersRefused, RuleBroken
from workflows.casework.intervention import CANCEL
from workflows.casework.notice import Notice
from workflows.casework.staff import StaffMember
from workflows.desk import PendingStart
from workflows.duties.outcomes import CLOSED_ACTIONS
from workflows.questions.known import known_for
from workflows.storage import cases


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def _open(town: Town, number: str) -> list[str]:
    return [task.key for task in town.open_tasks(number)]


@pytest.mark.parametrize("settled", ["yes", "elsewhere"])
def test_a_refusal_is_recorded_and_the_case_closes_when_the_safeguarding_lead_has_settled_the_concern(
    town: Town, settled: str
) -> None:
    number = town.refer(consent_stage="no_not_asked", not_asked_reason="gone")
    town.walk_until(number, "record_consent")
    town.press(number, "safeguarding", by="Siobhan")
    town.do(number, "track_safeguarding", closed="no")  # five working days until it is chased
    town.do(number, "record_consent", choice="refused", serious_harm="no")
    assert town.case(number).sharing_scope == "none"
    assert _open(town, number) == ["track_safeguarding"]  # asked again at once
    assert "safeguarding_open" in town.case(number).flags
    town.do(number, "track_safeguarding", closed=settled, la_decision="s42_yes")
    assert (town.case(number).stage, town.case(number).flags) == ("closed", [])


@pytest.mark.parametrize(("button", "asked"), [("safeguarding", "settle_safeguarding"), ("urgent", "settle_urgent")])
def test_a_withdrawal_asks_at_once_what_becomes_of_an_open_concern(town: Town, button: str, asked: str) -> None:
    number = town.once(walked_to, "first_contact")
    town.press(number, button, by="Siobhan")
    town.press(number, "withdrawal", by="Siobhan")
    assert {(task.key, task.escalation) for task in town.open_tasks(number)} == {
        ("confirm_withdrawal", "A"), (asked, "S"),
    }  # fmt: skip
    town.do(number, "confirm_withdrawal")
    assert town.case(number).open
    town.do(number, asked)
    assert (town.case(number).closure_reason, town.case(number).flags) == ("consent_withdrawn", [])


@pytest.mark.parametrize(("button", "flag"), [("safeguarding", "safeguarding_open"), ("urgent", "urgent")])
def test_settling_what_an_ending_cut_off_settles_no_concern_raised_since(town: Town, button: str, flag: str) -> None:
    number = town.once(walked_to, "first_contact")
    town.press(number, button, by="Siobhan")
    town.press(number, "moved", by="Siobhan")
    town.press(number, button, by="Siobhan")
    town.do(number, f"settle_{button}")
    assert flag in town.case(number).flags
    concerns = select(SafeguardingConcern.closed_at).order_by(SafeguardingConcern.id)
    closed = [at is not None for at in town.ask(lambda session: session.scalars(concerns).all())]
    assert closed == ([True, False] if button == "safeguarding" else [])


@pytest.mark.parametrize(
    ("button", "confirmed"),
    [("withdrawal", "confirm_withdrawal"), ("moved", "confirm_move"), ("error", "explain_error"), ("death", "")],
)
def test_what_cannot_wait_is_raised_while_a_case_comes_to_its_end_and_the_case_waits_for_the_answer(
    town: Town, button: str, confirmed: str
) -> None:
    number = town.once(walked_to, "first_contact")
    town.press(number, button, by="Adaeze")
    town.press(number, "urgent", by="Adaeze", danger_to_life="no")
    assert "urgent" in town.case(number).flags
    if confirmed:
        town.do(number, confirmed, handover_consent="no") if button == "moved" else town.do(number, confirmed)
    assert town.case(number).open
    for key, said in (("acknowledge_urgent", {}), ("decide_urgent", {"decision": "ucr"}), ("refer_to_ucr", {})):
        town.do(number, key, **said)
    assert "urgent" not in town.case(number).flags
    assert town.case(number).open is (button == "death")  # which waits to be confirmed


def test_nothing_that_cannot_wait_is_raised_for_somebody_who_has_died(town: Town) -> None:
    number = town.once(walked_to, "first_contact")
    town.press(number, "death", by="Adaeze")
    town.do(number, "confirm_death")
    with pytest.raises(RuleBroken, match="coming to its end"):
        town.press(number, "urgent", by="Adaeze", danger_to_life="no")


def test_a_death_notice_taken_back_lets_the_concern_be_followed_as_before(town: Town) -> None:
    number = town.once(walked_to, "first_contact")
    town.press(number, "safeguarding", by="Siobhan")
    town.press(number, "death", by="Siobhan")
    assert "settle_safeguarding" in _open(town, number)
    town.do(number, "settle_safeguarding")
    town.press(number, "alive", by="Adaeze", how_known="She opened the door.")
    assert _open(town, number).count("track_safeguarding") == 1
    assert "safeguarding_open" in town.case(number).flags


def test_a_case_closes_only_after_the_contact_that_everybody_has_after_hospital(town: Town) -> None:
    number = town.once(advised)
    town.press(number, "hospital", by="Ifeoma")
    town.do(number, "check_discharge_letters")
    assert town.case(number).open  # they lie in hospital
    town.press(number, "home", by="Ifeoma", destination="usual_home")
    assert town.case(number).open
    town.do(number, "contact_after_hospital", medicines_changed="no", risk_changed="same")
    assert town.case(number).closure_reason == "not_suitable_signposted"


@pytest.mark.both_databases
def test_a_closing_is_told_when_a_hand_takes_away_what_it_waits_for(town: Town) -> None:
    number = town.once(advised)
    town.press(number, "hospital", by="Ifeoma")
    town.do(number, "check_discharge_letters")
    town.press(number, "home", by="Ifeoma", destination="usual_home")
    assert town.case(number).open
    admin, stay = town.office.desk(town.who("Shabana")), select(CaseRun.id).where(CaseRun.process == "acm_hospital")
    run_id = town.ask(lambda session: session.scalars(stay).one())
    stands = by_hand.standing(admin, run_id)
    (call,) = (one for one in stands.tokens if one.key == "contact_after_hospital")
    by_hand.carry_out(admin, run_id, by_hand.Hand(CANCEL, call.id), "She was called.", stands.version)
    assert town.case(number).closure_reason == "not_suitable_signposted"


@pytest.mark.parametrize("way_out", ["discharge", "withdrawal"])
def test_a_case_closes_only_after_somebody_has_read_the_referral_that_came_meanwhile(town: Town, way_out: str) -> None:
    number = town.once(advised)
    town.refer(question="She fell again last night.")
    if way_out == "withdrawal":
        town.press(number, "withdrawal", by="Siobhan")
    town.do(number, {"discharge": "check_discharge_letters", "withdrawal": "confirm_withdrawal"}[way_out])
    assert town.case(number).open
    assert "look_at_new_information" in _open(town, number)
    town.do(number, "look_at_new_information")
    assert not town.case(number).open


def test_whoever_plans_a_discharge_sees_what_was_promised_and_is_open(town: Town) -> None:
    number = town.once(walked_to, "draft_plan")
    while any(task.key == "do_action" for task in town.open_tasks(number)):
        town.do(number, "do_action")
    town.press(number, "action", by="Farah", what="Order a stair rail")
    with town.office.desk(town.who("Farah")).work() as work:
        case = cases.by_number(work.session, number)
        work.pending.append(PendingStart(case, "acm_discharge", {"short_discharge": False}, work.actor.id))
        follow_up(work)
        work.commit()
    asked = next(task for task in town.open_tasks(number) if task.key == "discuss_discharge")
    assert known_for(town.office.desk(town.who("Farah")), asked.id).promised == ("Order a stair rail",)


@pytest.mark.both_databases
def test_a_discharge_ends_with_an_answer_for_everything_that_was_promised(town: Town) -> None:
    number = town.once(stepping_down)
    town.press(number, "service", by="Rajesh", service="befriending")
    town.press(number, "action", by="Farah", what="Order a stair rail", owner=str(town.who("Tomasz").id))
    town.do(number, "step_down_contact")
    assert town.case(number).open
    rail = {"what": "Order a stair rail", "becomes": "handed_over", "handed_to": "Council"}
    with pytest.raises(AnswersRefused, match="answers") as refused:
        town.do(number, "settle_promises", promises=[rail])
    assert "Referral to" in refused.value.errors["promises"]
    town.do(number, "settle_promises")
    assert town.case(number).closure_reason == "goals_met"
    told = select(StaffMember.name).join(Notice, Notice.staff_id == StaffMember.id)
    names = town.ask(lambda session: session.scalars(told.where(Notice.kind == "promise_settled")).all())
    assert sorted(names) == ["Dr Tomasz Zielinski", "Rajesh Patel"]  # who was to do it, and who asked the service
    assert town.ask(lambda session: set(session.scalars(select(Action.status)))) <= CLOSED_ACTIONS
