"""What the main process calls, walked through its branches: consent, contact, meeting, plan, reviews."""

from __future__ import annotations

import pytest

from tests.diagrams.walking import USUAL, Walk

FRESH = {"evidence_accepted": False, "high_risk": False}
WAITS = {
    "wait_conversation": "record_consent",
    "wait_capacity": "assess_capacity",
    "wait_bi": "decide_best_interests",
    "wait_override": "approve_override",
}
NOBODY = {"contact_attempts": 1, "contact_reached": False, "attempts_enough": False}
ENOUGH = {"contact_attempts": 3, "contact_reached": False, "attempts_enough": True}


def _basis(*found: str) -> list[dict[str, str]]:
    proceeds = {"explicit": "full", "explicit_limited": "limited", "public_interest_or_legal": "minimum"}
    return [
        {"consent_basis": one, "may_proceed": "wait" if one.startswith("wait") else proceeds.get(one, "no")}
        for one in found
    ]


def test_a_fresh_record_of_the_referrer_is_not_asked_for_again() -> None:
    walk = Walk("acm_consent")
    assert walk.outcome.ended_at == "consent_settled"
    assert "record_consent" not in walk.passed


@pytest.mark.parametrize(
    "why", [{"ask_again": True}, {"consent_still_valid": "no"}, {"consent_still_valid": "changed"}]
)
def test_a_fresh_record_does_not_count_once_consent_is_in_question(why: dict[str, object]) -> None:
    assert Walk("acm_consent", why).open == {"record_consent"}


@pytest.mark.parametrize(("waits", "step"), WAITS.items())
def test_what_is_missing_for_a_basis_is_found_out(waits: str, step: str) -> None:
    walk = Walk("acm_consent", consent_basis=_basis(waits, "explicit"))
    assert walk.open == {step}
    assert walk.do(step).outcome.ended_at == "consent_settled"


def test_a_refusal_without_feared_harm_ends_without_a_basis() -> None:
    walk = Walk("acm_consent", consent__evidence=FRESH, consent_basis=_basis("none"))
    walk.do("record_consent", serious_harm="no")
    assert walk.outcome.ended_at == "consent_without_basis"
    assert "request_override" not in walk.passed


def test_sharing_without_consent_takes_a_request_and_an_approval_before_a_basis_is_sought() -> None:
    walk = Walk("acm_consent", consent__evidence=FRESH, consent_basis=_basis("public_interest_or_legal"))
    walk.do("record_consent", serious_harm="yes").do("request_override")
    assert "decide_consent_basis" not in walk.passed
    assert walk.step("approve_override").properties["not_by"] == "request_override"
    walk.do("approve_override")
    assert walk.outcome.ended_at == "consent_settled"
    assert walk.given("case.start") == [{"process": "acm_override_review"}]


def test_a_referral_that_reports_high_risk_opens_the_request() -> None:
    walk = Walk("acm_consent", consent__evidence={"evidence_accepted": False, "high_risk": True})
    assert walk.open == {"request_override"}


def test_capacity_that_comes_and_goes_is_assessed_again_later() -> None:
    walk = Walk("acm_consent", consent_basis=_basis("wait_capacity", "explicit"))
    walk.do("assess_capacity", capacity_conclusion="fluctuates_wait")
    assert walk.open == set()
    assert walk.wait(31).open == {"assess_capacity"}


@pytest.mark.parametrize(("outcome", "end"), [("refuses", "consent_without_basis"), ("consents", "consent_settled")])
def test_an_attorneys_refusal_goes_to_the_caldicott_lead(outcome: str, end: str) -> None:
    walk = Walk("acm_consent", consent_basis=_basis("dispute", "explicit"))
    assert walk.step("settle_dispute").role == "caldicott"
    assert walk.do("settle_dispute", dispute_outcome=outcome).outcome.ended_at == end


def _assessing(**answers: object) -> Walk:
    walk = Walk("acm_assessment", {"priority": "urgent"}, **answers).do("allocate_coordinator")
    return walk.do("assess_visit_risk")


def _unreached(**answers: object) -> Walk:
    walk = _assessing(contact__count=[NOBODY, NOBODY, ENOUGH], **answers)
    for step in ("first_contact", "try_again", "try_again"):
        walk.do(step, contact_outcome="no_reply", safe_and_well="unknown")
    return walk


def test_nobody_waits_for_a_call_until_the_risk_of_a_visit_is_assessed() -> None:
    walk = Walk("acm_assessment", {"priority": "urgent"}).do("allocate_coordinator")
    assert walk.open == {"assess_visit_risk", "first_contact"}
    assert walk.step("assess_visit_risk").properties["escalation"] == "S"


def test_an_assessment_is_not_signed_before_the_risk_of_a_visit_is_assessed() -> None:
    walk = Walk("acm_assessment", {"priority": "high"}).do("allocate_coordinator")
    walk.do("first_contact", contact_outcome="spoke", safe_and_well="yes")
    walk.do("assess_whole_person").do("measure_wellbeing")
    assert walk.open == {"assess_visit_risk"}
    assert walk.do("assess_visit_risk").open == {"sign_assessment"}


def test_the_first_contact_counts_from_when_consent_was_settled() -> None:
    walk = Walk("acm_assessment", {"priority": "high"}, assessment__begin={"assessment_from": "then"})
    contact = walk.do("allocate_coordinator").step("first_contact")
    assert contact.data[contact.properties["due_from"]] == "then"


def test_after_enough_attempts_a_letter_goes_and_triage_decides() -> None:
    walk = _unreached()
    assert walk.given("letters.send")[-1] == {"template": "L07", "to": "person"}
    assert walk.open == set()
    assert walk.wait(31).open == {"decide_no_contact"}


def test_somebody_who_said_no_is_not_written_to_as_if_they_had_not_been_reached() -> None:
    walk = _assessing(contact__count=NOBODY).do("first_contact", contact_outcome="declined_now", safe_and_well="yes")
    assert walk.open == {"decide_no_contact"}
    assert "L07" not in [given["template"] for given in walk.given("letters.send")]
    assert walk.given("case.raise_flag") == []
    walk.do("decide_no_contact", no_contact_verdict="close")
    assert walk.given("case.plan_closure") == [{"reason": "declined_at_offer"}]


def test_closing_without_contact_takes_the_open_risk_assessment_along() -> None:
    walk = Walk("acm_assessment", {"priority": "high"}, contact__count=NOBODY).do("allocate_coordinator")
    walk.do("first_contact", contact_outcome="declined_now", safe_and_well="yes")
    assert "assess_visit_risk" in walk.open
    walk.do("decide_no_contact", no_contact_verdict="close")
    assert walk.outcome.ended_at == "person_not_reached"
    assert walk.open == set()


def test_news_from_the_referrer_leads_to_another_attempt() -> None:
    assert _unreached().tell("referrer_reply").open == {"try_again"}


def test_a_quiet_case_may_be_closed_by_triage_alone() -> None:
    walk = _unreached(case__flags={"safeguarding_open": False}).wait(31)
    walk.do("decide_no_contact", no_contact_verdict="close")
    assert walk.given("case.plan_closure") == [{"reason": "unable_to_contact"}]
    assert walk.outcome.ended_at == "person_not_reached"


@pytest.mark.parametrize(
    "danger", [{"case__flags": {"safeguarding_open": True}}, {"risk_level": {"risk_level": "very_high"}}]
)
def test_a_dangerous_case_is_not_closed_without_the_managers_signature(danger: dict[str, object]) -> None:
    walk = _unreached(**danger).wait(31).do("decide_no_contact", no_contact_verdict="close")
    assert walk.open == {"sign_off_no_contact"}
    assert walk.do("sign_off_no_contact", no_contact_verdict="continue").open == {"try_again"}


@pytest.mark.parametrize(
    "danger",
    [
        {"case__flags": [{"safeguarding_open": False}, {"safeguarding_open": True}]},
        {"risk_level": [{"risk_level": "high"}, {"risk_level": "very_high"}]},
    ],
)
def test_what_came_up_while_triage_was_deciding_counts_before_closing(danger: dict[str, object]) -> None:
    walk = _unreached(**danger).wait(31).do("decide_no_contact", no_contact_verdict="close")
    assert walk.open == {"sign_off_no_contact"}


def test_nobody_is_invited_once_the_person_refuses_to_be_discussed() -> None:
    walk = Walk("acm_mdt", {"document_id": "1"})
    assert walk.open == {"invite_to_mdt"}
    walk.tell("discussion_refused")
    assert walk.open == set()
    assert not walk.finished  # the chair decides without a discussion


def test_missing_somebody_may_raise_safeguarding_and_does_not_end_the_trying() -> None:
    walk = _unreached().wait(31).do("decide_no_contact", no_contact_verdict="safeguarding")
    assert walk.given("case.start") == [{"process": "acm_safeguarding"}]
    assert walk.open == {"try_again"}


def test_a_worry_at_the_first_contact_starts_the_urgent_path() -> None:
    walk = _assessing().do("first_contact", contact_outcome="spoke", safe_and_well="concern")
    assert walk.given("case.start")[0]["process"] == "acm_urgent"
    assert walk.given("case.lower_flag") == [{"flag": "no_contact"}]
    assert "assess_whole_person" in walk.open


def test_a_worry_at_an_attempt_that_failed_starts_the_urgent_path_too() -> None:
    walk = _assessing(contact__count=NOBODY).do("first_contact", contact_outcome="no_access", safe_and_well="concern")
    assert [one["process"] for one in walk.given("case.start")] == ["acm_urgent"]
    assert walk.open == {"try_again"}


def test_somebody_who_comes_back_is_asked_what_has_changed_before_they_are_assessed() -> None:
    walk = _assessing(assessment__needs={**USUAL["assessment.needs"], "with_us_before": True})
    walk.do("first_contact", contact_outcome="spoke", safe_and_well="yes")
    assert "ask_what_changed" in walk.open
    assert "assess_whole_person" not in walk.open
    assert "assess_whole_person" in walk.do("ask_what_changed").open


def test_the_professions_that_are_needed_contribute_side_by_side() -> None:
    needs = dict.fromkeys(("needs_nurse", "needs_therapist", "needs_mental_health", "needs_social_care"), True)
    walk = _assessing(assessment__needs={**needs, "needs_medication_review": True, "residence": "care_home"})
    walk.do("first_contact", contact_outcome="spoke", safe_and_well="yes")
    sections = {"assess_physical", "assess_function", "assess_cognition_mood", "assess_housing_money"}
    assert walk.open == sections | {"review_medicines", "assess_whole_person", "measure_wellbeing"}
    for step in sorted(walk.open):
        walk.do(step)
    assert walk.open == {"sign_assessment"}
    assert walk.do("sign_assessment").outcome.ended_at == "assessment_signed"


def _assessed(walk: Walk) -> Walk:
    walk.do("first_contact", contact_outcome="spoke", safe_and_well="yes")
    for step in sorted(walk.open):
        walk.do(step)
    return walk


FOUND = {"needs_medication_review": True, "medication_review_due": True}
NOT_KNOWN = {"needs_medication_review": False, "medication_review_due": False, "residence": "home"}


def test_medicines_that_the_assessment_found_are_reviewed_before_it_is_signed() -> None:
    walk = _assessed(_assessing(assessment__needs=[NOT_KNOWN, FOUND]))
    assert walk.open == {"review_medicines_found"}
    assert walk.step("review_medicines_found").role == "pharmacist"
    assert walk.do("review_medicines_found").open == {"sign_assessment"}
    assert "review_medicines" not in walk.passed


def test_medicines_are_reviewed_once_in_an_assessment() -> None:
    walk = _assessed(_assessing(assessment__needs=[FOUND, {**FOUND, "medication_review_due": False}]))
    assert "review_medicines" in walk.passed
    assert walk.open == {"sign_assessment"}


def test_an_assessment_that_finds_no_need_has_no_medication_review() -> None:
    walk = _assessed(_assessing(assessment__needs=NOT_KNOWN))
    assert len(walk.given("assessment.needs")) == 2
    assert walk.open == {"sign_assessment"}


def test_thoughts_of_self_harm_start_the_urgent_path_without_waiting_for_the_others() -> None:
    walk = _assessing().do("first_contact", contact_outcome="spoke", safe_and_well="yes")
    walk.do("assess_whole_person", self_harm="yes", safeguarding="yes")
    assert [one["process"] for one in walk.given("case.start")] == ["acm_urgent", "acm_safeguarding"]
    assert walk.open == {"measure_wellbeing"}


def test_a_deferred_case_is_listed_again_and_the_manager_hears_of_the_second_time() -> None:
    deferred = {"mdt_decision": "defer_more_info"}
    walk = Walk(
        "acm_mdt",
        mdt__record_decision=[
            {**deferred, "deferrals": 1, "deferred_too_often": False},
            {**deferred, "deferrals": 2, "deferred_too_often": True},
            {"mdt_decision": "discharge"},
        ],
    ).do("prepare_mdt")
    walk.tell("mdt_case_decided")
    assert walk.given("notices.tell") == []
    walk.tell("mdt_case_decided")
    assert walk.given("notices.tell") == [{"kind": "deferred_twice", "to": "team_manager"}]
    walk.tell("mdt_case_decided").do("check_outcome_letters")
    assert walk.outcome.ended_at == "mdt_decided"


def test_the_person_hears_the_outcome_before_the_others() -> None:
    walk = Walk("acm_mdt").do("prepare_mdt").tell("mdt_case_decided").do("check_outcome_letters")
    assert [one["template"] for one in walk.given("letters.send")] == ["L04p", "L04"]


def test_nobody_is_invited_to_a_discussion_that_the_person_does_not_want() -> None:
    walk = Walk("acm_mdt", mdt__list_on_agenda={"discuss_mdt": "no"}).do("prepare_mdt")
    assert walk.open == set()
    assert walk.tell("mdt_case_decided").open == {"check_outcome_letters"}


def test_a_decision_that_comes_before_the_invitations_are_out_is_not_lost() -> None:
    walk = Walk("acm_mdt").do("prepare_mdt")
    assert "invite_to_mdt" in walk.open
    walk.tell("mdt_case_decided").do("check_outcome_letters")
    assert walk.finished


def test_invitations_end_with_the_decision() -> None:
    walk = Walk("acm_mdt").do("prepare_mdt").tell("mdt_case_decided")
    assert walk.open == {"check_outcome_letters"}


def test_a_case_that_is_put_off_is_invited_to_once() -> None:
    put_off = {"mdt_decision": "defer_more_info", "deferred_too_often": False}
    walk = Walk("acm_mdt", mdt__record_decision=[put_off, put_off, {"mdt_decision": "continue"}]).do("prepare_mdt")
    for _ in range(2):
        walk.tell("mdt_case_decided")
        assert [step.key for step in walk.outcome.open_steps] == ["invite_to_mdt"]
    assert walk.tell("mdt_case_decided").open == {"check_outcome_letters"}


def test_a_meeting_asked_for_beside_the_case_is_prepared_and_leaves_the_stage_alone() -> None:
    walk = Walk("acm_mdt", {"beside": True})
    assert walk.open == {"prepare_mdt"}
    walk.do("prepare_mdt").tell("mdt_case_decided").do("check_outcome_letters")
    assert walk.finished
    assert walk.given("case.enter") == []


def test_a_huddle_only_waits_for_its_decision_and_tells_it_like_a_meeting() -> None:
    walk = Walk("acm_mdt", {"huddle": True, "mdt_late_at": "2026-12-14T17:00:00+00:00"})
    assert walk.open == set()
    walk.tell("mdt_case_decided").do("check_outcome_letters")
    assert [one["template"] for one in walk.given("letters.send")] == ["L04p", "L04"]
    assert walk.given("mdt.list_on_agenda") == []


def test_a_service_that_the_meeting_chose_is_asked_for() -> None:
    walk = Walk("acm_mdt", mdt__record_decision={"mdt_decision": "refer_to_service"}).do("prepare_mdt")
    walk.tell("mdt_case_decided")
    assert len(walk.given("services.refer")) == 1


def test_the_manager_hears_when_no_decision_comes() -> None:
    walk = Walk("acm_mdt").do("prepare_mdt").wait(31)
    assert walk.given("notices.tell") == [{"kind": "mdt_decision_late", "to": "team_manager"}]
    walk.tell("mdt_case_decided")
    assert "check_outcome_letters" in walk.open


def test_a_plan_the_person_does_not_agree_with_is_changed() -> None:
    walk = Walk("acm_care_plan").do("draft_plan").do("plan_conversation").do("agree_plan", plan_agreement="does_not")
    walk.do("revise_plan").do("agree_plan", plan_agreement="partly")
    assert walk.outcome.ended_at == "plan_in_force"
    assert [one["template"] for one in walk.given("letters.send")] == ["L05p", "L05", "L12"]


def test_reviews_go_round_as_often_as_it_takes() -> None:
    walk = Walk("acm_delivery")
    for _ in range(40):
        walk.wait(31).do("review_person", consent_still_valid="yes").do(
            "decide_after_review", review_decision="continue"
        )
    assert len(walk.outcome.state) < 40_000
    walk.wait(31).do("review_person", consent_still_valid="yes").do("decide_after_review", review_decision="discharge")
    assert walk.outcome.ended_at == "discharge_decided"


def test_a_person_whose_review_is_overdue_is_contacted_and_the_review_stays_open() -> None:
    walk = Walk("acm_delivery").wait(61)
    assert {"review_person", "contact_after_missed_review"} <= walk.open
    assert "review_person" in walk.do("contact_after_missed_review").open
    assert "contact_after_missed_review" not in walk.wait(61).open


def test_the_contact_after_a_missed_review_is_withdrawn_with_the_review() -> None:
    walk = Walk("acm_delivery").wait(61).do("review_person", consent_still_valid="yes")
    assert walk.given("messages.send") == [{"name": "review_held"}]
    assert "contact_after_missed_review" not in walk.tell("review_held").open
    assert "decide_after_review" in walk.open


def test_discharge_ends_supervision_and_measures_with_it() -> None:
    walk = Walk("acm_delivery").wait(31)
    assert walk.open == {"review_person", "supervise_coordinator", "repeat_tools"}
    walk.do("review_person", consent_still_valid="yes").do("decide_after_review", review_decision="discharge")
    assert walk.finished
    assert walk.open == set()


def test_a_caseload_that_was_discussed_meanwhile_is_not_asked_about_again() -> None:
    walk = Walk("acm_delivery", supervision__due=[{"supervision_due_now": False}, {"supervision_due_now": True}])
    assert "supervise_coordinator" not in walk.wait(31).open
    assert "supervise_coordinator" in walk.wait(31).open
    assert walk.given("supervision.due")[0] == {"asked_at": "supervise_coordinator"}


def test_supervision_comes_back() -> None:
    walk = Walk("acm_delivery").wait(31).do("supervise_coordinator")
    assert "supervise_coordinator" not in walk.open
    assert "supervise_coordinator" in walk.wait(31).open


def test_a_review_may_ask_the_meeting_again() -> None:
    walk = Walk("acm_delivery", mdt__record_decision={"mdt_decision": "step_down", "deferrals": 0}).wait(31)
    walk.do("review_person", consent_still_valid="yes").do("decide_after_review", review_decision="re_mdt")
    walk.do("prepare_mdt").tell("mdt_case_decided").do("check_outcome_letters")
    assert walk.outcome.ended_at == "discharge_decided"


def test_a_review_may_change_the_plan() -> None:
    walk = Walk("acm_delivery").wait(31)
    walk.do("review_person", consent_still_valid="yes").do("decide_after_review", review_decision="change_plan")
    walk.do("draft_plan").do("plan_conversation").do("agree_plan", plan_agreement="agrees")
    assert walk.given("case.enter")[-1] == {"stage": "active"}
    assert "review_person" in walk.wait(31).open


def test_a_review_that_finds_no_basis_begins_the_withdrawal() -> None:
    walk = Walk("acm_delivery", consent__evidence=FRESH, consent_basis=_basis("none")).wait(31)
    walk.do("review_person", consent_still_valid="no").do("record_consent")
    assert walk.given("messages.send") == [{"name": "review_held"}, {"name": "consent_withdrawn"}]
    assert "stop_sharing_at_review" in walk.passed


def test_a_review_set_anew_waits_for_its_new_day() -> None:
    walk = Walk("acm_delivery")
    later = "2026-12-28T17:00:00+00:00"
    walk.tell("review_set_anew", review_opens_at=later, next_review_at=later)
    assert "review_person" not in walk.wait(41).open
    assert walk.given("letters.send") == []
    assert walk.wait(2).step("review_person").data["next_review_at"] == later


def test_a_review_brought_forward_opens_at_once() -> None:
    walk = Walk("acm_delivery").tell("review_brought_forward")
    assert "review_person" in walk.open


@pytest.mark.parametrize("level", ["very_high", "palliative"])
def test_the_review_of_somebody_at_very_high_risk_is_a_matter_of_safety(level: str) -> None:
    walk = Walk("acm_delivery", risk_level={"risk_level": level}).wait(31)
    assert walk.step("review_person").data["risk_level"] == level
    assert "'S' if risk_level in" in walk.step("review_person").properties["escalation"]
