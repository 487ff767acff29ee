"""When the next review is: what was agreed, and how late the rule lets it be."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from tests.loaded_town import DELIVERING
from webapp.cases.timeline_words import SENTENCES
from workers.rounds import run_everything
from workflows.actions.tasks import complete_task
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.diagram import DecisionRecord
from workflows.casework.errors import LookAgain, RuleBroken
from workflows.casework.notice import Letter
from workflows.casework.signing import signature
from workflows.casework.task import Task
from workflows.clock import FixedClock, at_london, london_day
from workflows.questions.case import case_page
from workflows.questions.known import known_for
from workflows.questions.prefill import starting_inputs

HOME = at_london(date(2026, 11, 16), time(9))


def in_delivery(town: Town, agreed: date) -> str:
    """A case whose plan is agreed, to be looked at again on a day."""
    number = str(town.once(walked_to, "draft_plan"))
    dates = {"valid_from": town.office.desk().today.isoformat(), "next_review": agreed.isoformat()}
    town.do(number, "draft_plan", **dates)
    town.do(number, "plan_conversation", **dates)
    while town.case(number).stage != "active":
        town.do(number, town.open_tasks(number)[0].key)
    return number


def next_review(town: Town, number: str) -> date:
    at = town.case(number).next_review_at
    assert at is not None
    return london_day(at)


@pytest.fixture
def today(town: Town) -> date:
    return town.office.desk().today


def test_a_review_takes_place_on_the_day_that_was_agreed(town: Town, today: date) -> None:
    agreed = today + timedelta(days=10)
    assert next_review(town, in_delivery(town, agreed)) == agreed


def test_a_review_can_be_done_from_the_morning_of_the_day_it_opens(delivering: Town, clock: FixedClock) -> None:
    due = delivering.case(DELIVERING).next_review_at
    assert due is not None
    a_week_before = london_day(due) - timedelta(days=7)
    for hour, asked in ((time(8, 55), False), (time(9, 5), True)):
        clock.move_to(at_london(a_week_before, hour))
        run_everything(delivering.office)
        assert ("review_person" in [task.key for task in delivering.open_tasks(DELIVERING)]) == asked


def test_the_rule_brings_a_late_review_forward_and_says_so(town: Town, today: date) -> None:
    agreed = today + timedelta(days=170)
    number = in_delivery(town, agreed)
    assert next_review(town, number) < agreed
    told = town.ask(lambda s: s.query(AuditEntry).filter_by(act="next review set").one())
    assert "sooner than the" in SENTENCES[told.act](told.detail)


def met_beside(town: Town, agreed: date) -> str:
    """Bring a case in delivery to the table by the button; what the timeline says of the review that it names."""
    town.press(DELIVERING, "mdt", "Ifeoma")
    town.do(DELIVERING, "record_mdt_decision", decision="continue", actions=None, next_review=agreed.isoformat())
    told = town.ask(lambda s: s.query(AuditEntry).filter_by(act="next review set").order_by(AuditEntry.id).all())
    words = SENTENCES[told[-1].act]
    assert callable(words)
    return words(told[-1].detail)


def test_a_review_moves_to_the_day_that_a_meeting_names(delivering: Town, today: date, clock: FixedClock) -> None:
    agreed = today + timedelta(days=10)
    assert met_beside(delivering, agreed) == f"Next review by {agreed.day} {agreed:%B %Y}"
    assert next_review(delivering, DELIVERING) == agreed
    clock.move_to(at_london(agreed, time(9, 5)))
    run_everything(delivering.office)
    assert "review_person" in [task.key for task in delivering.open_tasks(DELIVERING)]


@pytest.mark.both_databases
def test_a_meeting_that_names_a_day_too_late_for_a_review_is_told_so(delivering: Town, today: date) -> None:
    before = next_review(delivering, DELIVERING)
    named = today + timedelta(days=200)
    assert f", sooner than the {named.day} {named:%B %Y} that was agreed" in met_beside(delivering, named)
    assert next_review(delivering, DELIVERING) >= before


def test_a_case_open_for_long_is_reviewed_by_the_day_it_is_to_end(delivering: Town, clock: FixedClock) -> None:
    clock.advance(timedelta(weeks=27))
    run_everything(delivering.office)
    delivering.do(DELIVERING, "review_person", decision="continue", next_review=None)
    delivering.do(DELIVERING, "decide_after_review", decision="continue")
    end = delivering.office.desk().today + timedelta(days=7)
    assert next_review(delivering, DELIVERING) > end
    delivering.do(DELIVERING, "explain_long_stay", decision="continue", end_date=end.isoformat())
    assert next_review(delivering, DELIVERING) == end


def reviewed(town: Town, clock: FixedClock, number: str, **answers: Any) -> str:
    """Do the review that is due, and return the level of risk that the table advises after it."""
    due = town.case(number).next_review_at
    assert due is not None
    clock.move_to(due)
    run_everything(town.office)
    town.do(number, "review_person", **{"falls": None, "admissions": None, "ed_attendances": None, **answers})
    query = select(DecisionRecord.outputs).where(DecisionRecord.table == "risk_level").order_by(DecisionRecord.id)
    return str(town.ask(lambda session: session.scalars(query).all())[-1]["risk_level"])


@pytest.mark.parametrize(
    ("found", "level"),
    [({"falls": "3"}, "high"), ({"admissions": "3"}, "very_high"), ({"ed_attendances": "9"}, "high")],
)
def test_what_a_review_finds_counts_for_the_level_of_risk(
    delivering: Town, clock: FixedClock, found: dict[str, str], level: str
) -> None:
    assert delivering.case(DELIVERING).risk_level not in {"high", "very_high"}
    assert reviewed(delivering, clock, DELIVERING, **found) == level
    assert delivering.case(DELIVERING).risk_level == level


def test_a_strained_carer_and_a_stay_in_hospital_count_at_the_review(delivering: Town, clock: FixedClock) -> None:
    """The referral told of one admission, the hospital of a second."""
    stay = {"hospital": "North", "planned": "emergency", "admitted_at": "2026-11-16T09:00"}
    delivering.press(DELIVERING, "hospital", "Ifeoma", **stay)
    left = {"destination": "usual_home", "discharged_at": "2026-11-16T09:00"}
    delivering.press(DELIVERING, "home", "Ifeoma", **left)
    delivering.do(DELIVERING, "contact_after_hospital", medicines_changed="no", risk_changed="same")
    assert reviewed(delivering, clock, DELIVERING, carer_strain="yes") == "very_high"


def test_what_one_review_heard_is_not_taken_for_said_at_the_next(delivering: Town, clock: FixedClock) -> None:
    """The person wanted the support to end, stayed after all, and said nothing of it seven weeks later."""
    reviewed(delivering, clock, DELIVERING, person_wants_end="yes")
    delivering.do(DELIVERING, "decide_after_review", decision="continue", ongoing_service=None)
    reviewed(delivering, clock, DELIVERING, person_wants_end=None)
    query = select(DecisionRecord.inputs).where(DecisionRecord.table == "discharge_readiness")
    told = delivering.ask(lambda session: session.scalars(query.order_by(DecisionRecord.id)).all())
    assert [(each["person_wants_end"], each["capacity"]) for each in told] == [
        (True, "not_needed"),
        (False, "not_needed"),
    ]


def test_a_review_begins_with_the_last_contact_and_what_happened_in_hospital(
    delivering: Town, clock: FixedClock
) -> None:
    stay = {"hospital": "North", "planned": "emergency", "admitted_at": "2026-11-16T09:00"}
    delivering.press(DELIVERING, "hospital", "Ifeoma", **stay)
    delivering.press(DELIVERING, "home", "Ifeoma", destination="usual_home", discharged_at="2026-11-16T09:00")
    due = delivering.case(DELIVERING).next_review_at
    assert due is not None
    clock.move_to(due - timedelta(days=1))
    run_everything(delivering.office)
    spoke = clock.now() - timedelta(hours=1)
    at = spoke.strftime("%Y-%m-%dT%H:%M")
    delivering.do(DELIVERING, "contact_after_hospital", contacted_at=at, medicines_changed="no", risk_changed="same")
    (task,) = [one for one in delivering.open_tasks(DELIVERING) if one.key == "review_person"]
    desk = delivering.office.desk(delivering.who("Farah"))
    told = known_for(desk, task.id).last_contact
    assert told is not None
    assert (told.what, told.at) == ("After hospital", spoke.replace(second=0, microsecond=0))
    with desk.looking() as session:
        begun = starting_inputs(desk, session, session.get_one(Task, task.id), desk.forms.form("F21"))
    assert (begun["admissions"], begun["stable_weeks"]) == (["1"], [str((clock.now() - HOME).days // 7)])


def test_a_level_that_a_clinician_gave_lasts_until_a_review_finds_the_risk_lower(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    town.walk_until(number, "sign_assessment")
    why = "She is failing faster than any of the counts can tell."
    town.do(number, "sign_assessment", risk_override="very_high", risk_override_reason=why)
    while town.case(number).stage != "active":
        town.do(number, town.open_tasks(number)[0].key)
    assert town.case(number).risk_level == "very_high"
    clinician = town.office.desk(town.who("Siobhan"))
    (told,) = [one.instead for one in case_page(clinician, number).decisions if one.table == "risk_level"]
    assert told is not None
    assert (told.level, told.why) == ("very_high", why)
    (task, *_) = town.open_tasks(number)
    beside = [one.instead for one in known_for(clinician, task.id).reasons if one.table == "risk_level"]
    assert beside == ([told] if beside else [])
    for _ in range(2):
        assert reviewed(town, clock, number, risk_changed="same", decision="continue") != "very_high"
        assert town.case(number).risk_level == "very_high"
        town.do(number, "decide_after_review", decision="continue")
    advised = reviewed(town, clock, number, risk_changed="down")
    assert advised != "very_high"
    assert town.case(number).risk_level == advised
    assert not any(one.instead for one in case_page(clinician, number).decisions)


def test_a_consent_that_ends_at_a_review_is_a_withdrawal(delivering: Town, clock: FixedClock) -> None:
    due = delivering.case(DELIVERING).next_review_at
    assert due is not None
    clock.move_to(due)
    run_everything(delivering.office)
    delivering.do(DELIVERING, "review_person", consent_still_valid="no", decision=None)
    delivering.do(DELIVERING, "record_consent", choice="refused", serious_harm="no")
    assert delivering.case(DELIVERING).sharing_scope == "none"
    assert [task.key for task in delivering.open_tasks(DELIVERING)] == ["confirm_withdrawal"]
    with pytest.raises(RuleBroken, match="its journey ended with it"):  # nobody would ask for a review any more
        delivering.press(DELIVERING, "not_withdrawn", by="Adaeze", how_known="It was written into the wrong case.")


@pytest.mark.parametrize(("said", "scope"), [("no", "none"), ("changed", "limited"), ("yes", "full")])
def test_what_a_person_no_longer_agrees_to_at_a_review_is_not_shared_while_the_record_waits(
    delivering: Town, clock: FixedClock, said: str, scope: str
) -> None:
    reviewed(delivering, clock, DELIVERING, consent_still_valid=said, decision=None)
    case = delivering.case(DELIVERING)
    assert (case.sharing_scope, bool(case.sectors)) == (scope, scope == "full")
    invited = select(Letter.status).where(Letter.case_id == case.id, Letter.template == "L06")
    assert delivering.ask(lambda s: s.scalars(invited).all()) == ["overtaken"]  # whatever the record waits for
    gp = select(Letter.status).where(Letter.case_id == case.id, Letter.recipient == "gp")
    assert ("ready" in delivering.ask(lambda s: s.scalars(gp).all())) == (scope == "full")
    if scope != "full":
        (talk,) = [task for task in delivering.open_tasks(DELIVERING) if task.key == "record_consent"]
        assert talk.assignee_id == case.coordinator_id  # it is for whoever looks after the case by name
        delivering.do(DELIVERING, "record_consent", choice="given")
        assert delivering.case(DELIVERING).sharing_scope == "full"


def test_what_a_review_says_of_somebody_at_very_high_risk_does_not_wait_for_days_behind_the_record_of_consent(
    delivering: Town, clock: FixedClock
) -> None:
    with delivering.office.desk().work() as work:
        work.session.get_one(Case, delivering.case(DELIVERING).id).risk_level = "very_high"
        work.session.get_one(Case, delivering.case(DELIVERING).id).happened("risk level set")
        work.commit()
    reviewed(delivering, clock, DELIVERING, consent_still_valid="no", decision=None)
    (talk,) = [task for task in delivering.open_tasks(DELIVERING) if task.key == "record_consent"]
    assert london_day(talk.due_at) == delivering.office.desk().today


def test_consent_that_a_review_did_not_ask_about_is_asked_for_beside_the_work_that_goes_on(
    delivering: Town, clock: FixedClock
) -> None:
    for _ in range(2):
        reviewed(delivering, clock, DELIVERING, consent_still_valid="not_asked", decision=None)
        delivering.do(DELIVERING, "decide_after_review", decision="continue")
        assert [task.key for task in delivering.open_tasks(DELIVERING)].count("record_consent") == 1  # not a second one
    delivering.do(DELIVERING, "record_consent", choice="given")
    assert "record_consent" not in [task.key for task in delivering.open_tasks(DELIVERING)]
    assert delivering.case(DELIVERING).stage == "active"


@pytest.mark.parametrize(
    ("level", "weeks", "kept"), [("palliative", 4, 4), ("palliative", 20, 12), ("very_high", 4, 2)]
)
def test_near_the_end_of_life_a_later_day_agreed_with_the_person_counts(
    town: Town, clock: FixedClock, level: str, weeks: int, kept: int
) -> None:
    number = town.refer()
    town.walk_until(number, "sign_assessment")
    town.do(number, "sign_assessment", risk_override=level, risk_override_reason="Her nurse knows how she is.")
    town.walk_until(number, "draft_plan")
    days = {"valid_from": "2026-11-16", "next_review": (clock.now() + timedelta(weeks=weeks)).date().isoformat()}
    while town.case(number).stage != "active":
        key = town.open_tasks(number)[0].key
        town.do(number, key, **(days if key in {"draft_plan", "plan_conversation"} else {}))
    due = town.case(number).next_review_at
    assert due is not None
    assert due.date() == (clock.now() + timedelta(weeks=kept)).date()


def test_a_day_agreed_near_the_end_of_life_that_is_over_puts_no_review_off(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    town.walk_until(number, "sign_assessment")
    town.do(number, "sign_assessment", risk_override="palliative", risk_override_reason="Her nurse knows how she is.")
    town.walk_until(number, "draft_plan")
    days = {"valid_from": "2026-11-16", "next_review": (clock.now() + timedelta(weeks=1)).date().isoformat()}
    while town.case(number).stage != "active":
        key = town.open_tasks(number)[0].key
        town.do(number, key, **(days if key in {"draft_plan", "plan_conversation"} else {}))
    reviewed(town, clock, number, risk_changed="same")
    said = {"decide_after_review": {"decision": "discharge"}, "sign_discharge": {"chair_decision": "not_agree"}}
    key = ""
    while key != "sign_discharge":
        key = town.open_tasks(number)[0].key
        town.do(number, key, **said.get(key, {}))
    assert next_review(town, number) == (clock.now() + timedelta(weeks=2)).date()


def test_reviews_that_find_the_goals_where_they_were_are_counted(delivering: Town, clock: FixedClock) -> None:
    for _ in range(2):
        reviewed(delivering, clock, DELIVERING, goals=[{"statement": "Sleep in my bed", "status": "on_track"}])
        agreed = delivering.office.desk().today + timedelta(days=20)
        delivering.do(DELIVERING, "decide_after_review", decision="continue", next_review=agreed.isoformat())
    advised = select(DecisionRecord.inputs).where(DecisionRecord.table == "discharge_readiness")
    inputs = delivering.ask(lambda s: s.scalars(advised.order_by(DecisionRecord.id)).all())
    assert [one["unchanged_reviews"] for one in inputs] == [0, 1]


def test_the_last_contact_comes_up_on_the_morning_of_its_day(delivering: Town, clock: FixedClock) -> None:
    reviewed(delivering, clock, DELIVERING)
    said = {"decide_after_review": {"decision": "discharge"}, "sign_discharge": {"chair_decision": "agree"}}
    while delivering.case(DELIVERING).stage != "step_down":
        key = delivering.open_tasks(DELIVERING)[0].key
        delivering.do(DELIVERING, key, **said.get(key, {}))
    six_weeks_on = delivering.office.desk().today + timedelta(weeks=6)
    for hour, asked in ((time(8, 55), False), (time(9, 5), True)):
        clock.move_to(at_london(six_weeks_on, hour))
        run_everything(delivering.office)
        assert ("step_down_contact" in [task.key for task in delivering.open_tasks(DELIVERING)]) == asked


def looked_at_again(town: Town, by: str, key: str, **answers: Any) -> dict[str, str]:
    """What whoever completes a step of the case is asked to look at again."""
    (task,) = [one for one in town.open_tasks(DELIVERING) if one.key == key]
    actor, form = town.who(by), town.office.desk().forms.form(task.form_key)
    raw = town.answers(form, town.case(DELIVERING), {**signature(actor, key), **answers}, task.run_id)
    try:
        complete_task(town.office.desk(actor), task.id, raw, checked=())
    except LookAgain as doubt:
        return dict(doubt.warnings)
    return {}


def test_a_discharge_against_the_advice_is_asked_about_as_things_stand(delivering: Town, clock: FixedClock) -> None:
    concern = "A safeguarding concern is open. The safeguarding lead closes it first."
    why = f"The advice is: not ready for discharge. {concern}"
    reviewed(delivering, clock, DELIVERING)
    delivering.press(DELIVERING, "safeguarding", "Ifeoma")  # after the table was asked
    discharge = {"decision": "discharge", "next_review": None}
    assert looked_at_again(delivering, "Farah", "decide_after_review", **discharge) == {"decision": why}
    delivering.do(DELIVERING, "decide_after_review", **discharge)
    delivering.walk(DELIVERING, "discuss_discharge", "measure_at_discharge", "count_service_use")
    assert looked_at_again(delivering, "Zielinski", "sign_discharge", chair_decision="agree") == {"chair_decision": why}
    assert looked_at_again(delivering, "Zielinski", "sign_discharge", chair_decision="not_agree") == {}
