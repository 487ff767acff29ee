"""What runs beside the case's own process: meetings, huddles, referrals, urgent concerns, supervision, endings."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.builders.filled_forms import catalogue
from tests.builders.moments import london
from tests.builders.walked_case import Town
from tests.builders.ways_in import a_message
from tests.loaded_town import DELIVERING
from workers.rounds import run_everything
from workflows.actions import messages
from workflows.actions.lists import confirm_list, upload_list
from workflows.casework.access import Actor
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, DecisionRecord, Waiting
from workflows.casework.errors import AnswersRefused
from workflows.casework.notice import Letter, Notice
from workflows.casework.signing import must_be_signed_by
from workflows.casework.staff import StaffMember
from workflows.clock import FixedClock


def _open(town: Town, number: str) -> set[str]:
    return {task.key for task in town.open_tasks(number)}


def _running(town: Town, number: str) -> list[str]:
    query = select(CaseRun.process).join(Case).where(Case.number == number, CaseRun.status == "running")
    found: list[str] = town.ask(lambda session: session.scalars(query.order_by(CaseRun.id)).all())
    return found


def _letters(town: Town, number: str, template: str) -> int:
    query = select(Letter.id).join(Case).where(Case.number == number, Letter.template == template)
    return len(town.ask(lambda session: session.scalars(query).all()))


def _told(town: Town, number: str, kind: str) -> set[str]:
    query = select(StaffMember.name).join(Notice, Notice.staff_id == StaffMember.id).join(Case)
    return set(town.ask(lambda session: session.scalars(query.where(Case.number == number, Notice.kind == kind)).all()))


def _pass(town: Town, clock: FixedClock, text: str) -> None:
    clock.move_to(london(text))
    assert not [one for one in run_everything(town.office) if one.failed]


# Meetings -------------------------------------------------------------------------------------


def test_the_manager_hears_of_a_late_decision_counted_from_acceptance(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    town.do(number, "triage_referral")
    clock.move_to(london("2026-11-30 10:00"))  # ten of the twenty working days go into the assessment
    town.walk_until(number, "invite_to_mdt")
    query = select(Waiting.due_at).where(Waiting.key == "mdt_waits_too_long")
    assert town.ask(lambda session: session.scalars(query).one()) == london("2026-12-14 17:00")


def test_a_decision_written_down_later_keeps_the_day_of_its_meeting(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    town.walk_until(number, "record_mdt_decision")
    met = town.office.desk().today
    clock.advance(timedelta(days=3))
    town.do(number, "record_mdt_decision", decision="case_manage", actions=None, meeting=met.isoformat())
    letters = select(Letter.text).where(Letter.template == "L04p")
    assert f"Our team met on {met.day} {met:%B %Y}" in town.ask(lambda session: session.scalars(letters).one())


def test_the_invitation_is_no_longer_asked_for_once_the_chair_has_signed(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "record_mdt_decision")
    town.do(number, "record_mdt_decision", decision="case_manage", actions=None)
    assert _open(town, number) == {"check_outcome_letters"}


def test_one_decision_stands_once_in_the_timeline(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "record_mdt_decision")
    town.do(number, "record_mdt_decision", decision="case_manage", actions=None)
    query = select(AuditEntry.id).where(AuditEntry.act == "meeting decided")
    assert len(town.ask(lambda session: session.scalars(query).all())) == 1


def test_a_higher_risk_after_hospital_is_prepared_for_the_meeting_and_told(delivering: Town) -> None:
    number = DELIVERING
    delivering.press(number, "hospital", "Ifeoma", hospital="N", planned="elective", admitted_at="2026-11-16T09:00")
    delivering.press(number, "home", "Ifeoma", destination="usual_home", discharged_at="2026-11-16T09:00")
    delivering.do(number, "contact_after_hospital", medicines_changed="no", risk_changed="up")
    assert "prepare_mdt" in _open(delivering, number)
    assert delivering.case(number).stage == "active"
    before = _letters(delivering, number, "L04")
    delivering.walk(number, "prepare_mdt", "invite_to_mdt")
    delivering.do(number, "record_mdt_decision", decision="continue", actions=None)
    delivering.do(number, "check_outcome_letters")
    assert _letters(delivering, number, "L04") == before + 2
    assert delivering.case(number).stage == "active"


def test_the_outcome_of_a_huddle_is_told_like_that_of_a_meeting(delivering: Town) -> None:
    number = DELIVERING
    delivering.press(number, "urgent", "Ifeoma", danger_to_life="no")
    delivering.do(number, "acknowledge_urgent")
    delivering.do(number, "decide_urgent", decision="huddle")
    assert "prepare_mdt" not in _open(delivering, number)
    two = [{"name": "Dr Example", "role": "gp_lead"}, {"name": "Sister Sample", "role": "nurse"}]
    delivering.do(number, "record_mdt_decision", decision="continue", held_as="huddle", present=two, actions=None)
    assert "check_outcome_letters" in _open(delivering, number)


@pytest.mark.both_databases
def test_a_huddle_about_a_case_that_waits_for_its_meeting_decides_for_it(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "invite_to_mdt")
    town.press(number, "urgent", "Ifeoma", danger_to_life="no")
    town.do(number, "acknowledge_urgent")
    town.do(number, "decide_urgent", decision="huddle")
    assert _running(town, number).count("acm_mdt") == 0
    asked = next(task for task in town.open_tasks(number) if task.key == "record_mdt_decision")
    assert (asked.escalation, asked.due_at) == ("S", london("2026-11-17 17:00"))  # not on the day of the meeting
    assert _told(town, number, "huddle") == {"Dr Tomasz Zielinski", "Farah Siddiqui"}
    assert "urgent" in town.case(number).flags
    town.do(number, "record_mdt_decision", decision="case_manage", actions=None)
    assert [task.key for task in town.open_tasks(number)] == ["check_outcome_letters"]
    assert "urgent" not in town.case(number).flags


def test_a_meeting_asked_for_beside_a_case_that_is_listed_invites_and_tells_once(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "first_contact")
    town.press(number, "mdt", by="Siobhan")
    town.walk_until(number, "sign_assessment")
    town.walk(number, "sign_assessment", "prepare_mdt")  # the case comes to the meeting itself
    town.press(number, "mdt", by="Siobhan")
    assert [task.key for task in town.open_tasks(number)].count("invite_to_mdt") == 1
    town.do(number, "record_mdt_decision", decision="case_manage", actions=None)
    assert [task.key for task in town.open_tasks(number)] == ["check_outcome_letters"]


def test_nobody_signs_a_meetings_decision_in_the_name_of_somebody_else(town: Town) -> None:
    number = town.refer()
    town.walk_until(number, "record_mdt_decision")
    with pytest.raises(AnswersRefused) as refused:
        town.do(number, "record_mdt_decision", decision="case_manage", signed_by_chair=str(town.who("Siobhan").id))
    assert set(refused.value.errors) == {"signed_by_chair"}


def test_every_question_who_signs_takes_nobody_elses_name() -> None:
    forms = map(catalogue().form, catalogue().keys())
    asked = {each.id for form in forms for each in form.definition.questions if each.label.startswith("Who signs")}
    signer = Actor(uuid4(), "Dr Rao")
    refused = set()
    for step in ("sign_assessment", "record_mdt_decision", "sign_discharge"):
        with pytest.raises(AnswersRefused) as refusal:
            must_be_signed_by(signer, step, dict.fromkeys(asked, str(uuid4())))
        refused |= set(refusal.value.errors)
    assert refused == asked


def test_a_service_that_the_meeting_chose_is_referred_to_before_the_case_closes(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    town.walk_until(number, "record_mdt_decision")
    coordinator = town.case(number).coordinator_id
    town.do(number, "record_mdt_decision", decision="refer_to_service", actions=None)
    asked = next(task for task in town.open_tasks(number) if task.key == "send_service_referral")
    assert asked.assignee_id == coordinator
    town.do(number, "send_service_referral", consent_ok="yes")
    town.do(number, "check_outcome_letters")
    assert town.case(number).open
    _pass(town, clock, "2026-11-23 17:00")
    assert _open(town, number) == {"chase_service"}
    town.do(number, "chase_service", status="received")
    _pass(town, clock, "2026-11-30 17:00")
    assert _open(town, number) == set()
    told = a_message("service_update", dob=date(1941, 3, 27), payload={"status": "accepted"})
    assert messages.receive(town.office.desk(), told).status == "delivered"
    _pass(town, clock, "2026-12-07 17:00")
    assert _open(town, number) == {"check_discharge_letters"}
    town.do(number, "check_discharge_letters")
    assert not town.case(number).open


def test_the_words_of_an_action_are_read_where_they_stand_and_never_kept_by_the_engine(delivering: Town) -> None:
    owner, what = str(delivering.who("Siobhan").id), "Telephone her daughter Jane"
    delivering.press(DELIVERING, "action", "Ifeoma", what=what, owner=owner)
    asked = next(task for task in delivering.open_tasks(DELIVERING) if what in task.why)
    state = delivering.ask(lambda session: session.get_one(CaseRun, asked.run_id).state)
    assert "Jane" not in str(state) + str(asked.variables)


def test_what_is_owed_after_hospital_counts_from_the_day_of_leaving(delivering: Town) -> None:
    delivering.press(DELIVERING, "hospital", "Ifeoma", admitted_at="2026-11-09T08:00")
    delivering.press(DELIVERING, "home", "Ifeoma", destination="usual_home", discharged_at="2026-11-13T10:00")
    contact = next(task for task in delivering.open_tasks(DELIVERING) if task.key == "contact_after_hospital")
    assert contact.due_at == london("2026-11-17 17:00")  # two working days after that Friday


# Urgent concerns ------------------------------------------------------------------------------


def test_a_referral_that_tells_of_danger_is_an_urgent_concern_before_it_is_triaged(town: Town) -> None:
    number = town.refer(immediate_danger=True)
    assert {"triage_referral", "acknowledge_urgent"} == _open(town, number)
    assert "urgent" in town.case(number).flags
    town.do(number, "triage_referral", verdict="urgent", priority="emergency")
    assert _running(town, number).count("acm_urgent") == 1


def test_a_second_urgent_concern_keeps_the_mark_until_it_is_answered_too(delivering: Town) -> None:
    for _ in range(2):
        delivering.press(DELIVERING, "urgent", "Ifeoma", danger_to_life="no")
    for left in (["urgent"], []):
        delivering.do(DELIVERING, "acknowledge_urgent")
        delivering.do(DELIVERING, "decide_urgent", decision="same_day_gp")
        delivering.do(DELIVERING, "reach_gp_today", taken_on="yes")
        assert delivering.case(DELIVERING).flags == left


@pytest.mark.both_databases
def test_an_urgent_concern_waits_for_whoever_acts_today(delivering: Town, clock: FixedClock) -> None:
    delivering.press(DELIVERING, "urgent", "Ifeoma", danger_to_life="no")
    delivering.do(DELIVERING, "acknowledge_urgent")
    delivering.do(DELIVERING, "decide_urgent", decision="monitor", check_again="2026-11-17T10:00")
    query = select(Waiting.due_at).where(Waiting.key == "watch_closely")
    assert delivering.ask(lambda session: session.scalars(query).one()) == london("2026-11-17 10:00")
    _pass(delivering, clock, "2026-11-17 10:00")
    delivering.do(DELIVERING, "check_urgent_again", decision="ucr")
    call = next(task for task in delivering.open_tasks(DELIVERING) if task.key == "refer_to_ucr")
    assert (call.escalation, call.due_at) == ("S", london("2026-11-17 12:00"))
    assert delivering.case(DELIVERING).flags == ["urgent"]
    delivering.do(DELIVERING, "refer_to_ucr", taken_on="yes")
    assert delivering.case(DELIVERING).flags == []


# Supervision ----------------------------------------------------------------------------------


def test_a_coordinators_caseload_is_discussed_once_and_not_in_every_case(delivering: Town, clock: FixedClock) -> None:
    _pass(delivering, clock, "2026-11-23 09:00")
    other = delivering.refer(nhs_number="999 000 0026", family_name="Other")
    while delivering.case(other).stage != "active":
        delivering.do(other, delivering.open_tasks(other)[0].key)
    assert delivering.case(other).coordinator_id == delivering.case(DELIVERING).coordinator_id
    _pass(delivering, clock, "2026-12-21 17:00")
    assert "supervise_coordinator" in _open(delivering, DELIVERING)
    _pass(delivering, clock, "2026-12-29 17:00")  # the other case's own five weeks are over
    assert "supervise_coordinator" not in _open(delivering, other)
    delivering.do(DELIVERING, "supervise_coordinator")
    _pass(delivering, clock, "2027-02-02 17:00")
    assert len([number for number in (DELIVERING, other) if "supervise_coordinator" in _open(delivering, number)]) == 1


def test_the_next_supervision_takes_place_on_the_day_agreed_in_the_last(delivering: Town, clock: FixedClock) -> None:
    _pass(delivering, clock, "2026-12-21 17:00")
    delivering.do(DELIVERING, "supervise_coordinator", next_date="2027-01-12")
    _pass(delivering, clock, "2027-01-11 17:00")
    assert "supervise_coordinator" not in _open(delivering, DELIVERING)
    _pass(delivering, clock, "2027-01-12 09:00")
    assert "supervise_coordinator" in _open(delivering, DELIVERING)


# Endings --------------------------------------------------------------------------------------


def test_a_death_in_hospital_is_heard_even_where_nothing_but_a_nomination_runs(town: Town) -> None:
    desk = town.office.desk(town.who("Ifeoma"))
    rows = "nhs_number,family_name,given_name,dob,gp_practice\n999 000 0018,Khan,Ada,1941-03-27,ZZ003\n"
    confirm_list(desk, upload_list(desk, "acm", "efi_search", "list.csv", rows.encode()))
    run_everything(town.office)
    (number,) = town.ask(lambda session: session.scalars(select(Case.number)).all())
    for kind, payload in (
        ("hospital_admission", {"hospital": "North"}),
        ("hospital_discharge", {"destination": "died"}),
    ):
        told = a_message(kind, message_id=kind, dob=date(1941, 3, 27), payload=payload)
        done = messages.receive(town.office.desk(), told)
        assert done.status == "delivered", done.parked_why
    assert town.case(number).outbound_stopped
    assert _open(town, number) == {"confirm_death"}


# Tables ---------------------------------------------------------------------------------------


def test_a_table_is_told_how_things_stand_and_not_how_they_stood(town: Town, clock: FixedClock) -> None:
    """Before contact the marks of the case were looked at, and the process remembers; the concern came later."""
    number = town.refer()
    town.walk_until(number, "first_contact")
    town.do(number, "first_contact", outcome="declined_now")
    town.do(number, "decide_no_contact", verdict="continue")
    town.do(number, "try_again", outcome="spoke")
    while town.case(number).stage != "active":
        town.do(number, town.open_tasks(number)[0].key)
    town.press(number, "safeguarding", "Ifeoma")
    _pass(town, clock, "2027-01-05 10:00")
    town.do(number, "review_person")
    query = select(DecisionRecord.reason_code).where(DecisionRecord.table == "discharge_readiness")
    assert town.ask(lambda s: s.scalars(query).all()) == ["Q_SAFEGUARDING"]


def test_nobody_is_told_of_a_late_decision_while_the_person_is_in_hospital(town: Town, clock: FixedClock) -> None:
    number = town.refer()
    town.walk_until(number, "invite_to_mdt")
    town.press(number, "hospital", "Ifeoma", hospital="North", planned="emergency", admitted_at="2026-11-16T09:00")
    _pass(town, clock, "2026-12-30 10:00")
    query = select(Notice.id).where(Notice.kind == "mdt_decision_late")
    assert town.ask(lambda session: session.scalars(query).all()) == []
