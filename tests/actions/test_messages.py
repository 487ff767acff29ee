"""Messages from other systems: kept, delivered or parked; never lost, never done twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.builders.walked_case import Town, walked_to
from tests.builders.ways_in import COORDINATOR, a_message, referral, referral_answers
from workflows.actions import message_effects, messages
from workflows.actions.referrals import submit_referral
from workflows.casework.care import HospitalEpisode, ServiceUse
from workflows.casework.diagram import CaseRun, DecisionRecord
from workflows.casework.document import Document
from workflows.casework.errors import AnswersRefused, NotAllowed, OutOfDate, RuleBroken
from workflows.casework.message import MESSAGE_TYPES
from workflows.casework.notice import Notice
from workflows.casework.sectors import TEAM_SECTORS
from workflows.clock import FixedClock
from workflows.desk import Desk
from workflows.duties.onward_referrals import service_named, unanswered
from workflows.duties.open_promises import under_way_with_others
from workflows.questions import messages as asked


@pytest.fixture
def desk(town: Town) -> Desk:
    """The desk of a system that sends, in the name of somebody who looks after the queue."""
    return town.office.desk(town.who(COORDINATOR))


@pytest.fixture
def coordinator(town: Town) -> Desk:
    """The desk of somebody who looks after the queue."""
    return town.office.desk(town.who(COORDINATOR))


@pytest.fixture
def number(town: Town) -> str:
    """The case of the quiet person."""
    return str(town.once(Town.refer))


def test_every_type_of_message_has_an_effect() -> None:
    assert set(message_effects.EFFECTS) == set(MESSAGE_TYPES)


def test_an_unknown_type_is_refused(desk: Desk) -> None:
    with pytest.raises(RuleBroken):
        messages.receive(desk, a_message("weather"))


def test_a_message_about_nobody_known_is_parked(desk: Desk) -> None:
    done = messages.receive(desk, a_message("hospital_admission"))
    assert (done.status, done.parked_why) == ("parked", "Nobody with this NHS number is known here.")


def test_another_date_of_birth_stops_a_message(desk: Desk, number: str) -> None:
    done = messages.receive(desk, a_message("hospital_admission", dob=date(1950, 1, 1)))
    assert "another date of birth" in (done.parked_why or "")


def test_spaces_in_the_nhs_number_do_not_matter(coordinator: Desk, number: str) -> None:
    assert messages.receive(coordinator, a_message("ed_attendance", nhs_number="999 000 0018")).case_number == number


def test_a_message_sent_three_times_is_done_once(town: Town, desk: Desk, number: str) -> None:
    said = a_message("ed_attendance")
    answers = [messages.receive(desk, said) for _ in range(3)]
    assert [done.again for done in answers] == [False, True, True]
    assert {done.status for done in answers} == {"delivered"}
    assert town.ask(lambda s: s.scalar(select(func.count()).select_from(ServiceUse))) == 1


def test_a_message_over_which_something_broke_is_parked_and_delivered_when_it_is_sent_again(
    town: Town, desk: Desk, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = a_message("ed_attendance")
    with monkeypatch.context() as broken:
        broken.setitem(message_effects.EFFECTS, "ed_attendance", lambda _delivery: 1 / 0)
        assert messages.receive(desk, said).status == "parked"
    assert asked.parked_count(town.office.desk(town.who(COORDINATOR))) == 1
    assert messages.receive(desk, said).status == "delivered"


def test_what_a_message_says_must_be_sound(desk: Desk, number: str) -> None:
    done = messages.receive(desk, a_message("hospital_admission", payload={"hospital": "North", "planned": "perhaps"}))
    assert done.status == "parked"
    assert "planned" in (done.parked_why or "")
    assert messages.receive(desk, a_message("hospital_admission", payload={"hospital": {"a": 1}})).status == "parked"


def test_a_message_from_the_future_is_parked(desk: Desk, number: str) -> None:
    tomorrow = datetime(2026, 11, 17, 9, tzinfo=UTC)
    done = messages.receive(desk, a_message("ed_attendance", occurred_at=tomorrow))
    assert "future" in (done.parked_why or "")


def test_a_clock_a_little_ahead_is_forgiven(desk: Desk, number: str) -> None:
    soon = datetime(2026, 11, 16, 9, 5, tzinfo=UTC)
    assert messages.receive(desk, a_message("ed_attendance", occurred_at=soon)).status == "delivered"


def test_two_notices_of_one_admission_are_one_stay(town: Town, desk: Desk, number: str) -> None:
    messages.receive(desk, a_message("hospital_admission", payload={"hospital": "North"}))
    later = datetime(2026, 11, 16, 8, 50, tzinfo=UTC)
    messages.receive(desk, a_message("hospital_admission", occurred_at=later, payload={"hospital": "North, ward 7"}))
    assert town.ask(lambda s: s.scalar(select(func.count()).select_from(HospitalEpisode))) == 1


def test_an_admission_recorded_after_its_message_is_the_same_stay(town: Town, desk: Desk, number: str) -> None:
    messages.receive(desk, a_message("hospital_admission", payload={}))
    town.press(number, "hospital", "Siobhan", hospital="North", planned="emergency", admitted_at="2026-11-16T08:55")
    stays = town.ask(lambda s: [(one.hospital, one.planned) for one in s.scalars(select(HospitalEpisode))])
    assert stays == [("North", "emergency")]
    assert [task.key for task in town.open_tasks(number)].count("check_ward_letter") == 1


def test_a_discharge_before_its_admission_makes_both(town: Town, desk: Desk, number: str) -> None:
    told = {"hospital": "North", "admitted_at": "2026-11-14T10:00:00Z", "destination": "usual_home"}
    done = messages.receive(desk, a_message("hospital_discharge", payload=told))
    assert done.status == "delivered", done.parked_why
    stay = town.ask(lambda s: s.scalars(select(HospitalEpisode)).one())
    assert stay.admitted_at == datetime(2026, 11, 14, 10, tzinfo=UTC)
    assert stay.discharged_at == datetime(2026, 11, 16, 8, 30, tzinfo=UTC)


def test_a_death_reaches_every_case_of_the_person(town: Town, desk: Desk, coordinator: Desk, number: str) -> None:
    other = submit_referral(coordinator, "mcm", referral(town, gp_registered="unknown", gp_practice=None)).case_number
    assert messages.receive(desk, a_message("person_died", payload={"date": "2026-11-15"})).status == "delivered"
    for each in (number, other):
        assert town.case(each).outbound_stopped, each


def test_a_case_that_is_ending_keeps_nothing_from_another_of_the_same_person(
    town: Town, desk: Desk, coordinator: Desk, number: str
) -> None:
    other = submit_referral(coordinator, "mcm", referral(town, gp_registered="unknown", gp_practice=None)).case_number
    town.press(number, "withdrawal", "Siobhan")
    told = messages.receive(desk, a_message("hospital_admission", payload={"hospital": "North"}))
    assert told.status == "delivered", told.parked_why
    stays = town.ask(lambda s: s.scalars(select(HospitalEpisode.case_id)).all())
    assert stays == [town.case(other).id]


def test_anything_else_must_say_which_of_several_cases_it_means(
    town: Town, desk: Desk, coordinator: Desk, number: str
) -> None:
    submit_referral(coordinator, "mcm", referral(town, gp_registered="unknown", gp_practice=None))
    assert "more than one open case" in (messages.receive(desk, a_message("service_update")).parked_why or "")


@pytest.mark.parametrize(
    ("kind", "asked_for"),
    [
        ("urgent_raised", "acknowledge_urgent"),
        ("safeguarding_raised", "send_safeguarding_concern"),
        ("consent_withdrawn", "confirm_withdrawal"),
        ("consent_changed", "record_consent"),
    ],
)
def test_danger_and_a_withdrawal_are_heard_in_every_case_of_the_person(
    town: Town, desk: Desk, coordinator: Desk, number: str, kind: str, asked_for: str
) -> None:
    other = submit_referral(coordinator, "mcm", referral(town, gp_registered="unknown", gp_practice=None)).case_number
    done = messages.receive(desk, a_message(kind, payload={"what": "Not safe at home"}))
    assert done.status == "delivered", done.parked_why
    for each in (number, other):
        assert asked_for in [task.key for task in town.open_tasks(each)], each


def test_a_message_that_names_one_of_several_cases_is_for_that_one(
    town: Town, desk: Desk, coordinator: Desk, number: str
) -> None:
    other = submit_referral(coordinator, "mcm", referral(town, gp_registered="unknown", gp_practice=None)).case_number
    told = {"case_number": number, "danger_to_life": "no"}
    assert messages.receive(coordinator, a_message("urgent_raised", payload=told)).case_number == number
    assert "acknowledge_urgent" not in [task.key for task in town.open_tasks(other)]


def test_after_a_death_nothing_is_done_without_somebody_looking(town: Town, desk: Desk, number: str) -> None:
    messages.receive(desk, a_message("person_died", payload={"date": "2026-11-15"}))
    assert not town.case(number).person.dead  # reported, and not yet confirmed by anybody
    assert messages.receive(desk, a_message("hospital_admission", payload={"hospital": "North"})).status == "parked"
    town.do(number, "confirm_death", date="2026-11-15")
    assert town.case(number).person.dead
    assert messages.receive(desk, a_message("urgent_raised", payload={"what": "No answer"})).status == "parked"
    assert [task.key for task in town.open_tasks(number) if task.escalation == "S"] == []


def test_a_change_of_gp_asks_the_routing_table_again_and_keeps_what_it_said(town: Town, desk: Desk) -> None:
    number = str(town.once(walked_to, "allocate_coordinator"))
    assert messages.receive(desk, a_message("gp_changed", payload={"practice": "ZZ001"})).status == "delivered"
    query = select(DecisionRecord).where(DecisionRecord.table == "routing").order_by(DecisionRecord.id)
    first, again = town.ask(lambda s: s.scalars(query).all())
    assert (again.inputs, again.reason_code) == (first.inputs, "T_TEAM")
    assert town.case(number).person.practice_code == "ZZ001"
    assert "prepare_transfer" in {task.key for task in town.open_tasks(number)}


@pytest.mark.parametrize("told", ["zz004", " ZZ004 "])
def test_the_code_of_a_practice_may_be_written_in_any_way(town: Town, desk: Desk, number: str, told: str) -> None:
    assert messages.receive(desk, a_message("gp_changed", payload={"practice": told})).status == "delivered"
    case = town.case(number)
    assert case.person.practice_code == "ZZ004"
    assert not case.outbound_stopped
    assert "confirm_move" not in [task.key for task in town.open_tasks(number)]


@pytest.mark.parametrize("told", [["ZZ004"], {"code": "ZZ004"}, "Dr Smith, High Street", 4])
def test_what_is_no_code_of_a_practice_ends_no_case(town: Town, desk: Desk, number: str, told: object) -> None:
    done = messages.receive(desk, a_message("gp_changed", payload={"practice": told}))
    assert "not the code of a practice" in (done.parked_why or "")
    assert "confirm_move" not in [task.key for task in town.open_tasks(number)]


@pytest.mark.parametrize(("scope", "ends"), [("Full", True), ("everything", True), (None, True), ("Partial", False)])
def test_a_withdrawal_is_full_unless_it_says_that_it_is_partial(
    town: Town, desk: Desk, scope: str | None, ends: bool
) -> None:
    number = str(town.once(walked_to, "first_contact"))
    assert messages.receive(desk, a_message("consent_withdrawn", payload={"scope": scope})).status == "delivered"
    assert town.case(number).outbound_stopped is ends


@pytest.mark.parametrize(("kind", "name"), [("urgent_raised", "what"), ("safeguarding_raised", "what_happened")])
def test_a_concern_does_not_wait_because_it_is_long(town: Town, desk: Desk, number: str, kind: str, name: str) -> None:
    done = messages.receive(desk, a_message(kind, payload={name: "Not safe. " * 900, "danger_to_life": "YES"}))
    assert done.status == "delivered", done.parked_why
    paper = town.ask(lambda s: s.scalars(select(Document).where(Document.form_key.in_(("F22", "F23")))).one())
    assert paper.answers[name].startswith("Not safe. Not safe.")
    assert paper.answers[name].endswith("for the whole message.)")


@pytest.mark.parametrize("told", ["Yes", True])
def test_danger_to_life_is_heard_in_whatever_way_it_is_said(town: Town, desk: Desk, number: str, told: object) -> None:
    done = messages.receive(desk, a_message("urgent_raised", payload={"what": "On the bridge", "danger_to_life": told}))
    assert done.status == "delivered", done.parked_why
    assert town.ask(lambda s: s.scalars(select(Notice).where(Notice.kind == "danger_to_life")).all())


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({}, "send_safeguarding_concern"),
        ({"sent": False}, "send_safeguarding_concern"),
        ({"sent": "Yes"}, "track_safeguarding"),
    ],
)
def test_a_safeguarding_concern_is_with_the_local_authority_only_where_the_message_says_so(
    town: Town, desk: Desk, number: str, said: dict[str, object], asked: str
) -> None:
    done = messages.receive(desk, a_message("safeguarding_raised", payload={"what_happened": "Bruises", **said}))
    assert done.status == "delivered", done.parked_why
    concern = {"send_safeguarding_concern", "track_safeguarding"}
    assert concern & {task.key for task in town.open_tasks(number)} == {asked}


def test_news_of_a_service_names_its_referral(town: Town, desk: Desk, clock: FixedClock) -> None:
    number = str(town.once(walked_to, "draft_plan"))
    for _ in range(2):
        town.press(number, "service", "Siobhan")
        clock.advance(timedelta(minutes=1))
    papers = select(Document).where(Document.form_key == "F20b").order_by(Document.id)
    first, second = town.ask(lambda s: s.scalars(papers).all())
    waits = select(CaseRun.started_at).where(CaseRun.process == "acm_service_referral", CaseRun.status == "running")
    for said in ({}, {"referral": "another"}):
        assert messages.receive(desk, a_message("service_update", payload=said | {"status": "completed"})).parked_why
    told = {"status": "completed", "outcome": "She goes on Mondays.", "referral": str(second.id)}
    done = messages.receive(desk, a_message("service_update", payload=told, occurred_at=clock.now()))
    assert done.status == "delivered", done.parked_why
    assert town.ask(lambda s: s.scalars(waits).all()) == [first.completed_at]


def test_a_service_that_said_yes_is_not_taken_for_one_that_was_asked_later(
    town: Town, desk: Desk, clock: FixedClock
) -> None:
    number = str(town.once(walked_to, "draft_plan"))
    town.press(number, "service", "Siobhan", service="befriending")
    messages.receive(desk, a_message("service_update", payload={"status": "accepted"}, occurred_at=clock.now()))
    clock.advance(timedelta(hours=1))
    town.press(number, "service", "Siobhan", service="staying_well")
    case = town.case(number)
    waits = town.ask(lambda session: [service_named(session, run) for run in unanswered(session, case.id)])
    may_call = town.ask(lambda session: under_way_with_others(session, case))
    assert waits == ["staying_well"]
    assert may_call[-2:] == ["Referral to Befriending", "Referral to Staying Well team"]


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ({"status": "declined"}, True),
        ({"status": "lost", "outcome": "We never had it."}, True),
        ({"status": "completed"}, True),
        ({"status": "completed", "outcome": "Walks to the shop again."}, False),
    ],
)
def test_a_service_that_turns_somebody_down_or_does_not_say_what_came_of_it_is_followed_up(
    town: Town, desk: Desk, clock: FixedClock, told: dict[str, str], asked: bool
) -> None:
    number = str(town.once(walked_to, "draft_plan"))
    town.press(number, "service", "Siobhan")
    done = messages.receive(desk, a_message("service_update", payload=told, occurred_at=clock.now()))
    assert done.status == "delivered", done.parked_why
    chasing = [task for task in town.open_tasks(number) if task.key == "chase_service"]
    assert [task.assignee_id for task in chasing] == [town.who("Siobhan").id] * asked
    if asked:
        town.do(number, "chase_service", status="declined", outcome="The falls clinic takes her on instead.")
    running = select(CaseRun.id).where(CaseRun.process == "acm_service_referral", CaseRun.status == "running")
    assert not town.ask(lambda s: s.scalars(running).all())


def test_a_sender_cannot_decide_for_the_people_of_the_service(town: Town, desk: Desk, number: str) -> None:
    town_case = town.case(number)
    messages.receive(desk, a_message("referrer_reply", payload={"answer": "x", "identity_decision": "same"}))
    assert town.case(number).stage == town_case.stage


def test_a_referral_by_message_opens_a_case_once(town: Town, desk: Desk) -> None:
    told = {"programme": "acm", **referral_answers(town)}
    first = messages.receive(desk, a_message("referral_received", payload=told))
    second = messages.receive(desk, a_message("referral_received", payload=told))
    assert first.status == second.status == "delivered"
    assert first.case_number == second.case_number


def test_a_referral_that_is_not_right_is_parked_with_the_reason(desk: Desk) -> None:
    done = messages.receive(desk, a_message("referral_received", payload={"programme": "acm", "family_name": ["?"]}))
    assert done.status == "parked"
    assert "family_name" in (done.parked_why or "")


def test_the_coordinators_are_told_once_a_day(town: Town, desk: Desk) -> None:
    for _ in range(3):
        messages.receive(desk, a_message("hospital_admission"))
    told = town.ask(lambda s: s.scalars(select(Notice.address).where(Notice.kind == "message_unmatched")).all())
    assert len(told) == len(set(told)) > 0


def test_a_parked_message_is_delivered_when_the_reason_is_gone(town: Town, desk: Desk, coordinator: Desk) -> None:
    messages.receive(desk, a_message("ed_attendance"))
    row = asked.parked(coordinator).rows[0]
    assert messages.deliver_again(coordinator, row.id).status == "parked"
    number = town.refer()
    assert messages.deliver_again(coordinator, row.id).case_number == number
    assert asked.parked(coordinator).count == 0


def test_settling_needs_a_note_and_is_done_once(desk: Desk, coordinator: Desk) -> None:
    messages.receive(desk, a_message("ed_attendance"))
    row = asked.parked(coordinator).rows[0]
    with pytest.raises(AnswersRefused):
        messages.settle(coordinator, row.id, "  ")
    messages.settle(coordinator, row.id, "Phoned the hospital")
    with pytest.raises(OutOfDate, match="Ifeoma Adeyemi has already settled"):
        messages.settle(coordinator, row.id, "Again")


def test_the_queue_is_for_coordinators_and_managers(town: Town, desk: Desk, coordinator: Desk) -> None:
    messages.receive(desk, a_message("ed_attendance"))
    row, adviser = asked.parked(coordinator).rows[0], town.office.desk(town.who("Ashworth"))
    assert asked.parked_count(adviser) == 0
    for act in (
        lambda: asked.parked(adviser),
        lambda: asked.full_message(adviser, row.id),
        lambda: messages.settle(adviser, row.id, "x"),
        lambda: messages.deliver_again(adviser, row.id),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_queue_says_nothing_about_anybody(desk: Desk, coordinator: Desk) -> None:
    messages.receive(desk, a_message("ed_attendance"))
    row = asked.parked(coordinator).rows[0]
    assert set(vars(row)) == {"id", "type", "source", "occurred_at", "received_at", "why", "look_by", "late"}


def test_the_queue_comes_in_pages(desk: Desk, coordinator: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "PAGE", 2)
    for _ in range(3):
        messages.receive(desk, a_message("ed_attendance"))
    first = asked.parked(coordinator)
    second = asked.parked(coordinator, first.next_after)
    assert (len(first.rows), len(second.rows), first.count) == (2, 1, 3)
    assert second.next_after is None


def test_three_uses_of_emergency_services_in_four_weeks_are_told(town: Town, desk: Desk, number: str) -> None:
    for days in (20, 10, 0):
        at = datetime(2026, 11, 16, 8, tzinfo=UTC) - timedelta(days=days)
        messages.receive(desk, a_message("nhs111_contact", occurred_at=at))
    assert town.ask(lambda s: s.scalars(select(Notice).where(Notice.kind == "frequent_use")).all())


@pytest.mark.parametrize(
    ("kind", "payload", "reach"),
    [
        ("consent_changed", {"choice": "refused"}, ("none", frozenset())),
        ("consent_changed", {"choice": "partial"}, ("limited", frozenset())),
        ("consent_changed", {"choice": "declined"}, ("limited", frozenset())),
        ("consent_changed", {"choice": "given"}, ("full", TEAM_SECTORS)),
        ("consent_withdrawn", {"scope": "partial", "who": "her"}, ("limited", frozenset())),
    ],
)
def test_a_change_of_consent_told_by_others_narrows_at_once_and_the_person_is_asked(
    town: Town, desk: Desk, kind: str, payload: dict[str, str], reach: tuple[str, frozenset[str]]
) -> None:
    number = str(town.once(walked_to, "first_contact"))
    assert messages.receive(desk, a_message(kind, payload=payload)).status == "delivered"
    case = town.case(number)
    assert (case.sharing_scope, case.sectors) == reach
    assert "record_consent" in [task.key for task in town.open_tasks(number)]


def test_the_record_of_an_earlier_meeting_decides_nothing_now(town: Town, desk: Desk) -> None:
    number = str(town.once(walked_to, "check_outcome_letters"))
    town.press(number, "mdt", by="Siobhan")
    old = town.ask(lambda s: s.scalars(select(Document).where(Document.form_key == "F16")).one())
    for payload in ({}, {"document": str(old.id)}):
        done = messages.receive(desk, a_message("mdt_case_decided", payload=payload))
        assert "names no decision" in (done.parked_why or ""), payload
    assert "record_mdt_decision" in [task.key for task in town.open_tasks(number)]


def test_who_has_agreed_to_share_with_nobody_is_not_discussed(town: Town, desk: Desk) -> None:
    number = str(town.once(walked_to, "record_mdt_decision"))
    messages.receive(desk, a_message("consent_changed", payload={"choice": "refused"}))
    with pytest.raises(AnswersRefused) as refused:
        town.do(number, "record_mdt_decision", held_as="huddle")
    assert "does not want to be discussed" in refused.value.errors["held_as"]
