"""Consent recorded, narrowed and ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from workers.rounds import run_everything
from workflows.actions.discussions import must_be_agreed
from workflows.actions.new_settings import add_new_settings
from workflows.actions.tasks import claim_task, complete_task
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion, SharingOverride
from workflows.casework.diagram import Waiting
from workflows.casework.errors import AnswersRefused, LookAgain, NotAllowed
from workflows.casework.programme import SERVICE_SECTORS, Programme, ProgrammeSetting
from workflows.casework.roles import in_a_sentence
from workflows.casework.sectors import TEAM_SECTORS
from workflows.casework.task import Task
from workflows.clock import FixedClock
from workflows.duties.mdt import discussion_agreed
from workflows.duties.register import Asking
from workflows.duties.rungs import whose_it_is
from workflows.questions.finding import find_person
from workflows.questions.inbox import inbox
from workflows.questions.known import known_for
from workflows.storage import cases, runs

CANNOT_SAY = {"choice": "not_sought", "capacity_doubt": "yes"}


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def test_who_agreed_in_part_and_then_withdraws_is_not_shown_as_sharing_in_part(town: Town) -> None:
    number = town.refer(consent_stage="no_not_asked", not_asked_reason="She had gone.")
    town.walk_until(number, "record_consent")
    town.do(number, "record_consent", choice="partial", limits="Not my neighbour")
    assert town.case(number).flags == ["limited_sharing"]
    town.press(number, "withdrawal", by="Siobhan")
    assert (town.case(number).sharing_scope, town.case(number).flags) == ("none", [])


def referred(town: Town, **said: str) -> str:
    """A referral of somebody who was not asked yet, up to the conversation about consent."""
    said = said or {"consent_stage": "no_not_asked", "not_asked_reason": "She had gone."}
    number = town.refer(**said)
    town.walk_until(number, "triage_referral")
    town.do(number, "triage_referral")
    return number


def sees(town: Town, name: str, number: str) -> bool:
    """Whether a member of staff can open the case."""
    return bool(find_person(town.office.desk(town.who(name)), number).found)


def asks_to_override(town: Town, number: str, days: int = 14) -> None:
    """One person asks to share without consent with Farah, another approves it for some days."""
    farah = str(town.who("Farah").id)
    town.do(number, "record_consent", choice="refused", serious_harm="yes")
    town.do(number, "request_override", recipients=[{"name": "F. S.", "organisation": "Council", "user": farah}])
    last_day = town.office.desk().today + timedelta(days=days)
    town.do(number, "approve_override", approval="approved", expires_at=last_day.isoformat())


@pytest.mark.both_databases
def test_sharing_without_consent_is_approved_by_any_of_three_roles_and_mailed_to_the_first(town: Town) -> None:
    number = referred(town)
    town.do(number, "record_consent", choice="refused", serious_harm="yes")
    town.do(number, "request_override")
    task = next(task for task in town.open_tasks(number) if task.key == "approve_override")
    for name, theirs in {"Zielinski": True, "Obi": True, "Goldstein": True, "Nwosu": False}.items():
        pool = inbox(town.office.desk(town.who(name)), "pool").rows
        assert (task.id in [row.id for row in pool]) is theirs, name
    assert in_a_sentence(task.role) == "GP lead and MDT chair, Caldicott lead or safeguarding lead"
    with town.office.desk().work() as work:
        held = work.session.get_one(Task, task.id)
        assert [staff.name for staff in whose_it_is(work, held)] == ["Dr Tomasz Zielinski"]
    claim_task(town.office.desk(town.who("Obi")), task.id)


@pytest.mark.both_databases
def test_what_the_person_lists_is_whom_the_case_is_shared_with(town: Town) -> None:
    number = referred(town)
    assert sees(town, "Farah", number)  # until somebody asks, the team that takes the referral in
    town.do(number, "record_consent", choice="given", share_with=["gp", "community_health"])
    assert town.case(number).sharing_scope == "full"
    assert town.case(number).sectors == {"gp", "community_health"}
    assert [sees(town, name, number) for name in ("Siobhan", "Rajesh", "Farah", "Peggy")] == [True, True, False, False]
    town.press(number, "consent", by="Siobhan", choice="given", share_with=["community_health", "adult_social_care"])
    assert [sees(town, name, number) for name in ("Siobhan", "Farah", "Yasmin")] == [True, True, False]


def test_whoever_agreed_to_the_referral_agreed_to_the_team_it_is_made_to(town: Town) -> None:
    number = referred(town, consent_stage="yes", consent_date="2026-11-10", consent_by="Dr A", consent_how="verbal")
    assert town.case(number).sectors == TEAM_SECTORS
    assert [sees(town, name, number) for name in ("Farah", "Peggy")] == [True, True]


def test_limits_told_to_the_referrer_are_asked_for_again_before_anything_is_shared(town: Town) -> None:
    limits = {
        "consent_date": "2026-11-10",
        "consent_by": "Dr A",
        "consent_how": "verbal",
        "consent_limits": "Not Farah",
    }
    number = referred(town, consent_stage="partly", **limits)
    assert [task.key for task in town.open_tasks(number)] == ["record_consent"]
    assert town.case(number).sharing_scope == "none"


@pytest.mark.both_databases
def test_sharing_without_consent_reaches_those_named_and_ends_without_reaching_further(
    town: Town, clock: FixedClock
) -> None:
    number = referred(town)
    asks_to_override(town, number)
    assert (town.case(number).sharing_scope, town.case(number).sectors) == ("minimum", frozenset())
    seen = {name: sees(town, name, number) for name in ("Farah", "Marta", "Rajesh", "Tomasz", "Adaeze", "Emeka")}
    assert seen == {
        "Farah": True, "Marta": False, "Rajesh": False, "Tomasz": True, "Adaeze": True, "Emeka": True,
    }  # fmt: skip
    clock.advance(timedelta(days=15))
    run_everything(town.office)
    assert (town.case(number).sharing_scope, town.case(number).reach) == ("none", "named")
    assert [sees(town, name, number) for name in ("Farah", "Marta", "Tomasz")] == [False, False, True]


def test_sharing_without_consent_ends_where_the_person_withdraws(town: Town) -> None:
    number = referred(town)
    asks_to_override(town, number)
    town.press(number, "withdrawal", by="Adaeze")
    (override,) = town.ask(lambda session: session.scalars(select(SharingOverride)).all())
    assert (override.status, sees(town, "Farah", number)) == ("ended", False)


def test_narrowing_an_override_drops_who_is_not_named_again(town: Town) -> None:
    number = referred(town)
    asks_to_override(town, number)
    marta = [{"name": "M. K.", "organisation": "Therapy", "user": str(town.who("Marta").id)}]
    later = {"outcome": "narrow", "new_expires_at": "2026-12-01"}
    town.do(number, "review_override", narrowed_to="That she has no heating", still_with=marta, **later)
    assert [sees(town, name, number) for name in ("Farah", "Marta")] == [False, True]


def test_a_consent_that_takes_the_place_of_an_override_ends_its_names(town: Town) -> None:
    number = referred(town)
    asks_to_override(town, number)
    agreed = {"choice": "partial", "limits": "Not the council", "share_with": ["community_health"]}
    town.press(number, "consent", by="Tomasz", **agreed)
    assert [sees(town, name, number) for name in ("Farah", "Marta")] == [False, True]


@pytest.mark.both_databases
def test_the_programme_says_for_how_long_sharing_without_consent_may_last(town: Town, clock: FixedClock) -> None:
    number = referred(town)
    with pytest.raises(AnswersRefused) as refused:
        asks_to_override(town, number, days=29)
    assert "at most 28 days" in refused.value.errors["expires_at"]
    session = town.office.database.writing()
    for setting in session.scalars(select(ProgrammeSetting).where(ProgrammeSetting.key == "override_days")):
        setting.value = "40"
        setting.happened("setting changed")
    session.commit()
    session.close()
    town.do(number, "approve_override", approval="approved", expires_at="2026-12-15")
    kept = town.ask(lambda session: session.scalars(select(SharingOverride)).one())
    assert kept.expires_at.date().isoformat() == "2026-12-15"


def test_what_a_withdrawal_leaves_is_seen_only_by_those_who_look_after_it(town: Town) -> None:
    number = referred(town)
    town.do(number, "record_consent", choice="given")
    town.press(number, "withdrawal", by="Siobhan")
    assert [sees(town, name, number) for name in ("Ifeoma", "Tomasz", "Marta", "Farah")] == [True, True, False, False]


def test_harm_feared_at_a_change_of_consent_is_asked_about_before_the_case_ends(town: Town) -> None:
    number = referred(town)
    town.do(number, "record_consent", choice="given")
    town.press(number, "consent", "Ifeoma", choice="refused", serious_harm="yes")
    assert town.case(number).open
    assert "request_override" in {task.key for task in town.open_tasks(number)}
    town.walk(number, "request_override")
    town.do(number, "approve_override", approval="rejected")
    assert town.case(number).sharing_scope == "none"  # asked once: the refusal stands


@pytest.mark.parametrize(
    ("said", "waits_for", "with_whom"),
    [
        ({"choice": "refused", "serious_harm": "yes"}, "request_override", ("none", set())),
        ({"choice": "refused", "capacity_doubt": "yes"}, "assess_capacity", ("none", set())),
        ({"choice": "partial", "capacity_doubt": "yes", "limits": "Not the council", "share_with": ["gp", "housing"]},
         "assess_capacity", ("limited", {"gp"})),
    ],
)  # fmt: skip
def test_sharing_stops_as_soon_as_a_conversation_says_so_whatever_its_outcome_waits_for(
    town: Town, said: dict[str, Any], waits_for: str, with_whom: tuple[str, set[str]]
) -> None:
    number = referred(town)
    town.do(number, "record_consent", choice="given", share_with=["gp", "adult_social_care"])
    town.press(number, "consent", "Ifeoma", **said)
    asked = {task.key for task in town.open_tasks(number)}
    assert waits_for in asked
    assert "record_consent" not in asked  # the conversation has taken place
    assert (town.case(number).sharing_scope, town.case(number).sectors) == with_whom


def test_a_refusal_at_the_yearly_conversation_stops_the_sharing_before_anybody_decides_on_harm(
    town: Town, clock: FixedClock
) -> None:
    number = referred(town)
    town.do(number, "record_consent", choice="given", review_by="2026-12-01")
    clock.move_to(datetime(2026, 12, 1, 9, 30, tzinfo=UTC))
    run_everything(town.office)
    town.do(number, "record_consent", **REFUSES)
    assert "request_override" in {task.key for task in town.open_tasks(number)}
    assert town.case(number).sharing_scope == "none"


def test_who_does_not_want_to_be_discussed_is_decided_about_without_a_discussion(town: Town) -> None:
    number = referred(town)
    town.do(number, "record_consent", choice="partial", discuss_mdt="no", limits="No meeting about me")
    town.walk_until(number, "record_mdt_decision")
    assert {task.key for task in town.open_tasks(number)} == {"record_mdt_decision"}  # nobody is invited
    for way in ("meeting", "huddle"):
        with pytest.raises(AnswersRefused) as refused:
            town.do(number, "record_mdt_decision", held_as=way)
        assert "does not want to be discussed" in refused.value.errors["held_as"]
    two = [{"name": "Dr Example", "role": "gp_lead"}, {"name": "Sister Sample", "role": "nurse"}]
    alone = {"held_as": "no_discussion", "present": two, "decision": "case_manage", "actions": None}
    town.do(number, "record_mdt_decision", **alone)
    assert {task.key for task in town.open_tasks(number)} == {"check_outcome_letters"}


def test_sharing_without_consent_names_who_hears_of_it_so_no_meeting_discusses_the_person(town: Town) -> None:
    number = referred(town)
    asks_to_override(town, number)
    with town.office.desk().work() as work:
        case = cases.by_number(work.session, number)
        assert discussion_agreed(Asking(work, case, runs.running(work.session, case.id)[0], {})) == "no"
        must_be_agreed(work, case, "F16", {"held_as": "no_discussion"})
        with pytest.raises(AnswersRefused) as refused:
            must_be_agreed(work, case, "F16", {"held_as": "meeting"})
    assert "only those who are named" in refused.value.errors["held_as"]


def test_nobody_is_referred_to_a_service_that_the_person_left_out(town: Town) -> None:
    number = referred(town)
    gone = [{"name": "BEFRIENDING", "organisation": "A charity"}]
    town.do(number, "record_consent", choice="partial", limits="Not them", share_with=["gp", "vcse"], exclusions=gone)
    with pytest.raises(AnswersRefused) as refused:
        town.press(number, "service", "Ifeoma", service="befriending", consent_ok="yes", status="sent")
    assert "does not want" in refused.value.errors["consent_ok"]


def test_nobody_is_referred_to_a_service_that_the_person_did_not_agree_to_share_with(town: Town) -> None:
    number = referred(town)
    town.do(number, "record_consent", choice="partial", limits="Not housing", share_with=["gp", "vcse"])
    for service, consent_ok, why in (
        ("housing_options", "yes", "(Housing)"),
        ("befriending", "no", "Do not send"),
    ):
        with pytest.raises(AnswersRefused) as refused:
            town.press(number, "service", "Ifeoma", service=service, consent_ok=consent_ok, status="sent")
        assert why in refused.value.errors["consent_ok"]
    town.press(number, "service", "Ifeoma", service="befriending", consent_ok="yes", status="sent")


def test_the_services_of_an_older_database_are_told_apart_too(town: Town) -> None:
    with town.office.desk().work() as work:
        programme = work.session.scalars(select(Programme)).one()
        programme.content = {name: part for name, part in programme.content.items() if name != SERVICE_SECTORS}
        programme.happened("programme described", parts=[SERVICE_SECTORS])
        work.commit()
    add_new_settings(town.office.desk())
    content = town.ask(lambda session: session.scalars(select(Programme.content)).one())
    assert content[SERVICE_SECTORS]["housing_options"] == "housing"


def asked_again_on(town: Town, number: str, key: str = "consent_year_over") -> str:
    """The day for which the case waits, to ask about consent or capacity again."""
    query = select(Waiting.due_at).join(Case, Case.id == Waiting.case_id).where(Case.number == number)
    due: datetime = town.ask(lambda session: session.scalars(query.where(Waiting.key == key)).one())
    return due.date().isoformat()


def test_consent_is_asked_again_on_the_day_that_was_agreed(town: Town, clock: FixedClock) -> None:
    number = referred(town)
    town.do(number, "record_consent", choice="given", review_by="2026-12-01")
    assert asked_again_on(town, number) == "2026-12-01"
    clock.move_to(datetime(2026, 12, 1, 9, 30, tzinfo=UTC))
    run_everything(town.office)
    asked = [task for task in town.open_tasks(number) if task.key == "record_consent"]
    assert len(asked) == 1  # although the conversation is recent
    town.do(number, "record_consent", choice="given", review_by="2027-03-01", valid_from="2026-12-01")
    assert asked_again_on(town, number, "next_consent_year") == "2027-03-01"


def test_a_consent_of_months_ago_is_asked_about_a_year_after_it_was_given(town: Town, clock: FixedClock) -> None:
    """It is 16 November 2026. The conversation of today writes down what was decided in February."""
    number = referred(town)
    with pytest.raises(AnswersRefused) as refused:
        town.do(number, "record_consent", choice="given", valid_from="2026-02-02", review_by="2026-11-16")
    assert "review_by" in refused.value.errors
    with pytest.raises(AnswersRefused) as refused:
        town.do(number, "record_consent", choice="given", valid_from="2025-11-10", review_by="2027-03-01")
    assert "Ask the person again" in refused.value.errors["valid_from"]
    town.do(number, "record_consent", choice="given", valid_from="2025-12-01", review_by="2027-03-01")
    assert asked_again_on(town, number) == "2026-11-30"
    clock.move_to(datetime(2026, 12, 1, 9, 30, tzinfo=UTC))
    run_everything(town.office)
    assert "record_consent" in {task.key for task in town.open_tasks(number)}


def test_what_the_referrer_heard_counts_from_the_day_they_heard_it(town: Town) -> None:
    number = referred(town, consent_stage="yes", consent_date="2026-11-02")
    assert asked_again_on(town, number) == "2027-11-01"


def test_a_decision_for_somebody_is_looked_at_again_when_its_makers_said(town: Town) -> None:
    number = referred(town)
    town.do(number, "record_consent", **CANNOT_SAY)
    town.do(number, "assess_capacity", conclusion="fluctuates_wait", understand="unable", review_date="2026-11-20")
    assert asked_again_on(town, number, "wait_for_capacity") == "2026-11-20"


def test_the_day_of_a_best_interests_decision_counts_for_consent(town: Town) -> None:
    number = referred(town)
    town.do(number, "record_consent", **CANNOT_SAY)
    town.do(number, "assess_capacity", conclusion="lacks", understand="unable", attorney_kind="none")
    town.do(number, "decide_best_interests", decision="proceed", review_date="2027-01-04")
    assert asked_again_on(town, number) == "2027-01-04"


# Whom the person leaves out -------------------------------------------------------------------

REFUSES = {"choice": "refused", "serious_harm": "yes"}


def leaves_out(town: Town, name: str, number: str, step: str = "record_consent", **said: Any) -> None:
    """Somebody is left out in a conversation about consent."""
    row = {"name": name, "user": str(town.who(name).id)}
    answers = {"choice": "partial", "limits": "Not everybody", "exclusions": [row], **said}
    town.do(number, step, **answers)


def test_whom_a_person_left_out_stays_left_out_when_somebody_else_decides_for_them(town: Town) -> None:
    number = referred(town)
    leaves_out(town, "Rajesh", number)
    town.press(number, "consent", "Ifeoma", **CANNOT_SAY)
    town.do(number, "assess_capacity", conclusion="lacks", understand="unable", attorney_kind="none")
    town.do(number, "decide_best_interests", decision="proceed")
    assert town.case(number).sharing_scope == "full"
    assert [sees(town, name, number) for name in ("Rajesh", "Siobhan")] == [False, True]


@pytest.mark.both_databases
def test_whose_account_is_chosen_needs_no_name_typed_beside_it(town: Town) -> None:
    number = referred(town)
    leaves_out(town, "Rajesh", number, exclusions=[{"name": None, "user": str(town.who("Rajesh").id)}])
    assert not sees(town, "Rajesh", number)
    assert town.ask(lambda session: session.scalars(select(Exclusion.who)).all()) == ["Rajesh Patel"]


@pytest.mark.both_databases
def test_a_refusal_and_sharing_without_consent_let_nobody_in_who_was_left_out(town: Town) -> None:
    number = referred(town)
    leaves_out(town, "Farah", number)
    town.press(number, "consent", "Ifeoma", choice="given", capacity_doubt="no")
    assert not sees(town, "Farah", number)  # who does not speak of it takes nothing back
    farah = [{"who": "Farah", "why": "She helped after all"}]
    town.press(number, "consent", "Ifeoma", choice="given", capacity_doubt="no", exclusions_ended=farah)
    assert sees(town, "Farah", number)


def test_somebody_can_be_left_out_for_a_person_who_cannot_be_asked_and_is_so_at_once(town: Town) -> None:
    number = referred(town)
    leaves_out(town, "Rajesh", number, **CANNOT_SAY)
    assert {task.key for task in town.open_tasks(number)} == {"assess_capacity"}
    assert not sees(town, "Rajesh", number)
    asks = {"exclusions": [{"name": "Siobhan", "user": str(town.who("Siobhan").id)}], **REFUSES}
    town.press(number, "consent", "Ifeoma", **asks)
    assert [sees(town, name, number) for name in ("Rajesh", "Siobhan")] == [False, False]


@pytest.mark.parametrize(("seen", "asked"), [("yes", False), ("no", True)])
def test_an_attorney_agrees_for_the_person_once_somebody_has_seen_that_they_may(
    town: Town, seen: str, asked: bool
) -> None:
    number = referred(town)
    town.do(number, "record_consent", **CANNOT_SAY)
    attorney = {"attorney_kind": "lpa", "document_seen": seen, "attorney_decision": "consents"}
    town.do(number, "assess_capacity", conclusion="lacks", understand="unable", **attorney)
    assert ("decide_best_interests" in [task.key for task in town.open_tasks(number)]) is asked
    assert town.case(number).sharing_scope == ("none" if asked else "full")


def test_what_an_attorney_chose_is_not_taken_for_the_choice_of_a_person_who_can_choose(town: Town) -> None:
    number = referred(town)
    town.do(number, "record_consent", choice="given", given_by="attorney", capacity_doubt="yes")
    town.do(number, "assess_capacity", conclusion="has")
    assert [task.key for task in town.open_tasks(number)] == ["record_consent"]
    assert town.case(number).sharing_scope == "none"


def test_a_task_of_the_journey_tells_what_was_agreed_last_though_it_was_changed_beside_it(town: Town) -> None:
    number = referred(town)
    town.do(number, "record_consent", choice="given")
    town.walk_until(number, "assess_whole_person")
    before = basis_told(town, number)
    town.press(number, "consent", "Ifeoma", choice="partial", limits="Not housing", share_with=["gp"])
    assert "agreed to part" in basis_told(town, number) != before


def basis_told(town: Town, number: str) -> str:
    """What the page of a task of the journey says about the basis for sharing."""
    (task,) = [one for one in town.open_tasks(number) if one.key == "assess_whole_person"]
    told = known_for(town.office.desk(town.who("Farah")), task.id).reasons
    return next(reason.explain for reason in told if reason.table == "consent_basis")


def test_a_programme_that_relies_on_implied_consent_asks_nobody_until_they_opt_out(town: Town) -> None:
    with town.office.desk().work() as work:
        programme = work.session.scalars(select(Programme)).one()
        programme.consent_model = "opt_out"
        programme.happened("programme described", consent_model="opt_out")
        work.commit()
    number = referred(town)
    assert town.case(number).sharing_scope == "care_professionals"
    assert "record_consent" not in {task.key for task in town.open_tasks(number)}
    town.press(number, "consent", "Ifeoma", choice="refused", serious_harm="no")
    assert town.case(number).sharing_scope == "none"


def test_a_caldicott_lead_who_looks_into_sharing_can_raise_what_cannot_wait(town: Town) -> None:
    number = referred(town)
    town.press(number, "urgent", "Emeka")
    assert "acknowledge_urgent" in {task.key for task in town.open_tasks(number)}
    with pytest.raises(NotAllowed):
        town.press(number, "contact", "Emeka")


@pytest.mark.parametrize(
    ("written", "asked"),
    [("farah SIDDIQUI", True), ("Dr Siddiqui", True), ("Her neighbour Joe", False), ("Housing", False)],
)
def test_a_colleague_left_out_by_name_only_is_asked_about(town: Town, written: str, asked: bool) -> None:
    number = referred(town)
    task = next(task for task in town.open_tasks(number) if task.key == "record_consent")
    row = {"name": written, "user": None}
    said = {"choice": "partial", "capacity_doubt": "no", "limits": "Not everybody", "exclusions": [row]}
    raw = town.answers(town.office.desk().forms.form("F05"), town.case(number), said)
    try:
        complete_task(town.office.desk(town.who("Siobhan")), task.id, raw, checked=())
        told = {}
    except LookAgain as unusual:
        told = unusual.warnings
    assert ("Farah Siddiqui" in told.get("exclusions.0.user", "")) is asked
