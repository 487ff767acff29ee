"""What a meeting decides either happens where the case stands, or is refused; its letters say no more than that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from tests.letters.test_letters import reading_age
from tests.loaded_town import DELIVERING
from workers.rounds import run_everything
from workflows.casework.errors import AnswersRefused
from workflows.casework.notice import Letter
from workflows.clock import FixedClock
from workflows.duties.correspondence import draft_letter
from workflows.duties.meeting_ways import WAYS
from workflows.duties.meeting_words import outcome_words
from workflows.duties.register import Asking
from workflows.storage import cases, runs

ENDS = ("one_off_action", "not_suitable", "step_down", "discharge")


def told(town: Town) -> str:
    """The newest letter to the person about a meeting."""
    query = select(Letter.text).where(Letter.template == "L04p").order_by(Letter.id.desc()).limit(1)
    return str(town.ask(lambda session: session.scalars(query).one()))


def decide(town: Town, number: str, decision: str, **said: Any) -> None:
    """A meeting asked for with the button decides."""
    town.press(number, "mdt", by="Farah")
    town.do(number, "record_mdt_decision", decision=decision, actions=[], **said)


def open_steps(town: Town, number: str) -> set[str]:
    return {task.key for task in town.open_tasks(number)}


@pytest.mark.parametrize("decision", ["continue", "step_down", "discharge"])
def test_what_only_a_review_decides_is_refused_at_the_first_meeting(town: Town, decision: str) -> None:
    number = town.once(walked_to, "record_mdt_decision")
    with pytest.raises(AnswersRefused) as refused:
        town.do(number, "record_mdt_decision", decision=decision, actions=[])
    assert set(refused.value.errors) == {"decision"}
    assert town.case(number).stage == "mdt"


@pytest.mark.parametrize(("begun", "refused"), [("assess_whole_person", ENDS), ("draft_plan", ENDS[2:])])
def test_a_meeting_beside_an_assessment_or_a_plan_being_made_ends_it_by_no_review(
    town: Town, begun: str, refused: tuple[str, ...]
) -> None:
    number = town.refer()
    town.walk_until(number, begun)
    town.press(number, "mdt", by="Farah")
    for decision in refused:
        with pytest.raises(AnswersRefused) as told_why:
            town.do(number, "record_mdt_decision", decision=decision)
        assert set(told_why.value.errors) == {"decision"}
    town.do(number, "record_mdt_decision", decision="case_manage", actions=[])
    assert "Together you will write down" not in told(town)
    assert begun in open_steps(town, number)


@pytest.mark.parametrize(
    ("decision", "words", "reason"),
    [
        ("not_suitable", "We found that this is not the right help for you.", "not_suitable_signposted"),
        ("one_off_action", "You do not need more from us now.", "needs_met_by_other_service"),
    ],
)
def test_a_meeting_ends_the_work_while_the_first_plan_is_made(
    town: Town, clock: FixedClock, decision: str, words: str, reason: str
) -> None:
    number = town.once(walked_to, "plan_conversation")
    town.press(number, "mdt", by="Farah")
    action = {"what": "Fit a rail", "owner": str(town.who("Farah").id), "due": "2026-11-30", "tell_person": "yes"}
    town.do(number, "record_mdt_decision", decision=decision, actions=[action] if decision == "one_off_action" else [])
    assert words in told(town)
    assert "We go on making your plan" not in told(town)
    assert {"plan_conversation", "agree_plan"}.isdisjoint(open_steps(town, number))
    for _ in range(12):  # letters to check, actions to do; then the case looks again whether they are done
        for task in town.open_tasks(number)[:1]:
            town.do(number, task.key)
        if not town.open_tasks(number) and town.case(number).open:
            clock.advance(timedelta(days=8))
            run_everything(town.office)
    assert (town.case(number).stage, town.case(number).closure_reason) == ("closed", reason)


def test_a_second_meeting_cannot_begin_a_plan_that_was_ended(town: Town) -> None:
    number = town.once(walked_to, "plan_conversation")
    decide(town, number, "not_suitable")
    town.press(number, "mdt", by="Farah")
    with pytest.raises(AnswersRefused):
        town.do(number, "record_mdt_decision", decision="case_manage")


def test_a_discharge_decided_beside_the_plan_is_a_review_at_once_and_told_as_one(delivering: Town) -> None:
    decide(delivering, DELIVERING, "discharge")
    assert "review_person" in open_steps(delivering, DELIVERING)
    assert "so we will stop" not in told(delivering)
    assert "We think that you may not need our help any more." in told(delivering)
    assert "Your worker will look at your plan with you now." in told(delivering)


@pytest.mark.parametrize("decision", ["advice_to_referrer", "refer_to_service"])
def test_help_that_comes_on_top_is_told_with_the_plan_that_goes_on(delivering: Town, decision: str) -> None:
    decide(delivering, DELIVERING, decision)
    assert "We carry on with your plan." in told(delivering)
    assert "You do not need more from us" not in told(delivering)
    query = select(Letter).where(Letter.template == "L04", Letter.recipient == "gp").order_by(Letter.id.desc()).limit(1)
    assert "The work goes on as planned." in delivering.ask(lambda session: session.scalars(query).one().text)


@pytest.mark.parametrize("where", WAYS)
def test_every_decision_that_is_possible_somewhere_has_words_that_can_be_read_at_eleven(where: str) -> None:
    for decision in WAYS[where]:
        assert all(outcome_words(decision, where, to_them=False)[:1])
        plain = " ".join(outcome_words(decision, where, to_them=True))
        assert reading_age(plain) <= 11, plain


@pytest.mark.parametrize("again", [{"user": "the chair"}, {"name": "dr tomasz  Zielinski"}])
def test_one_colleague_is_no_huddle(delivering: Town, again: dict[str, str]) -> None:
    delivering.press(DELIVERING, "urgent", "Ifeoma", danger_to_life="no")
    delivering.do(DELIVERING, "acknowledge_urgent")
    delivering.do(DELIVERING, "decide_urgent", decision="huddle")
    chair = str(delivering.who("Zielinski").id)
    twice = [{"user": chair}, {name: chair if name == "user" else said for name, said in again.items()}]
    with pytest.raises(AnswersRefused) as refused:
        delivering.do(DELIVERING, "record_mdt_decision", decision="continue", held_as="huddle", present=twice)
    assert set(refused.value.errors) == {f"present.1.{next(iter(again))}"}
    assert "urgent" in delivering.case(DELIVERING).flags


@pytest.mark.parametrize("source", ["gp", "self"])
def test_what_the_chair_writes_for_colleagues_never_comes_to_the_home(town: Town, source: str) -> None:
    number = town.refer(source=source)
    town.walk_until(number, "record_mdt_decision")
    owner, due = str(town.who("Siobhan").id), (town.office.desk().today + timedelta(days=3)).isoformat()
    rows = [
        {"what": what, "owner": owner, "due": due, "tell_person": told}
        for what, told in (("Ring the safeguarding lead", "no"), ("Order a frame", "yes"))
    ]
    words = {"rationale": "We fear that her son hits her.", "reason_to_person": "You want to feel safer at home."}
    town.do(
        number, "record_mdt_decision", decision="advice_to_referrer", advice="See her alone.", actions=rows, **words
    )
    with town.office.desk().work() as work:
        case = cases.by_number(work.session, number)
        draft_letter(Asking(work, case, runs.running(work.session, case.id)[0], {}), "L08p", "person")
        work.commit()
    query = select(Letter.recipient, Letter.template, Letter.text)
    letters = {(to, kind): text for to, kind, text in town.ask(lambda session: session.execute(query).all())}
    home = [("person", "L04p"), ("person", "L08p")] + ([("referrer", "L04")] if source == "self" else [])
    for one in home:
        assert "hits her" not in letters[one]
        assert "safeguarding" not in letters[one]
        assert "You want to feel safer at home." in letters[one]
    assert "• Order a frame" in letters["person", "L04p"]
    assert "See her alone." not in letters["person", "L04p"]
    for words_of_colleagues in ("hits her", "Ring the safeguarding lead", "• Order a frame", "See her alone."):
        assert words_of_colleagues in letters["gp", "L04"]


@pytest.mark.parametrize("until", ["discuss_discharge", "step_down"])
def test_a_meeting_takes_the_work_up_again_while_a_discharge_is_on_its_way(
    delivering: Town, clock: FixedClock, until: str
) -> None:
    """As after a hospital stay that raised the risk: the discharge stops, and the plan is reviewed again."""
    due = delivering.case(DELIVERING).next_review_at
    assert due is not None
    clock.move_to(due)
    run_everything(delivering.office)
    said = {"decide_after_review": {"decision": "discharge"}, "sign_discharge": {"chair_decision": "agree"}}
    while until not in open_steps(delivering, DELIVERING) | {delivering.case(DELIVERING).stage}:
        key = delivering.open_tasks(DELIVERING)[0].key
        delivering.do(DELIVERING, key, **said.get(key, {}))
    again = (delivering.office.desk().today + timedelta(days=14)).isoformat()
    decide(delivering, DELIVERING, "case_manage", next_review=again)
    case = delivering.case(DELIVERING)
    assert case.stage == "active"
    assert case.next_review_at is not None
    assert not {"discuss_discharge", "sign_discharge", "step_down_contact"} & open_steps(delivering, DELIVERING)
    assert "We carry on with your plan." in told(delivering)
    discharge = select(Letter.status).where(Letter.template.in_(("L08", "L08p")))
    assert set(delivering.ask(lambda session: session.scalars(discharge).all())) <= {"overtaken"}
