"""The main process, walked from the referral to the closed case, by its usual way and its early endings."""

from __future__ import annotations

import pytest

from tests.diagrams.walking import Walk

NO_BASIS = {"consent_basis": "none", "may_proceed": "no"}


def _case(**answers: object) -> Walk:
    return Walk("acm_case", {"source": "referral"}, **answers)


def _triaged(**answers: object) -> Walk:
    return _case(**answers).do("triage_referral", triage_verdict="accept", priority="high")


def _contacted(**answers: object) -> Walk:
    walk = _triaged(**answers).do("allocate_coordinator").do("assess_visit_risk")
    return walk.do("first_contact", contact_outcome="spoke", safe_and_well="yes")


def _assessed(**answers: object) -> Walk:
    return _contacted(**answers).do("assess_whole_person").do("measure_wellbeing").do("sign_assessment")


def _decided(**answers: object) -> Walk:
    walk = _assessed(**answers).do("prepare_mdt").do("invite_to_mdt")
    return walk.tell("mdt_case_decided").do("check_outcome_letters")


def _planned(**answers: object) -> Walk:
    walk = _decided(**answers).do("draft_plan").do("plan_conversation")
    return walk.do("agree_plan", plan_agreement="agrees")


def _reviewed(walk: Walk, decision: str) -> Walk:
    walk.wait(31).do("review_person", consent_still_valid="yes")
    return walk.do("decide_after_review", review_decision=decision)


def _discharging() -> Walk:
    walk = _reviewed(_planned(), "discharge").do("discuss_discharge", discharge_reason="goals_met")
    return walk.do("measure_at_discharge").do("count_service_use")


@pytest.mark.parametrize("measures_done", ["yes", "no"])
def test_measures_that_are_done_or_will_not_be_are_no_task_at_the_end(measures_done: str) -> None:
    walk = _reviewed(_planned(), "discharge")
    walk.do("discuss_discharge", discharge_reason="goals_met", measures_done=measures_done)
    assert walk.open == {"count_service_use"}
    assert walk.do("count_service_use").open == {"sign_discharge"}


@pytest.mark.parametrize("heard", [True, False])
def test_the_letters_of_who_moves_into_a_care_home_wait_until_its_team_is_handed_the_case(heard: bool) -> None:
    walk = _planned().answer("care_home.hand_over", {"care_home_to_come": True}, {"care_home_to_come": False})
    walk = _reviewed(walk, "discharge").do("discuss_discharge", discharge_reason="moved_to_care_home")
    walk.do("measure_at_discharge").do("count_service_use").do("sign_discharge", chair_decision="agree")
    assert walk.open == set()
    walk = walk.tell("care_home_handed_over") if heard else walk.wait(31)
    assert walk.open == {"check_discharge_letters"}


def test_a_case_goes_from_referral_to_closed() -> None:
    walk = _discharging().do("sign_discharge", chair_decision="agree").do("check_discharge_letters")
    assert walk.open == set()
    walk.wait(31).do("step_down_contact", step_down_outcome="close")
    assert walk.outcome.ended_at == "case_ended"
    assert walk.given("case.close") == [{"reason": "goals_met"}]
    enters = {
        "intake.begin_triage": "triage",
        "assessment.begin": "assessment",
        "plan.begin": "planning",
        "discharge.step_down": "step_down",
    }
    stages = [enters.get(name) or given["stage"] for name, given in walk.asked if name in {*enters, "case.enter"}]
    assert stages == ["referred", "triage", "consent", "assessment", "mdt", "planning", "active", "step_down"]


def test_a_step_down_contact_that_reached_nobody_is_tried_again() -> None:
    walk = _discharging().do("sign_discharge", chair_decision="agree").do("check_discharge_letters").wait(31)
    assert walk.do("step_down_contact", step_down_outcome="again").open == {"step_down_contact"}
    assert walk.do("step_down_contact", step_down_outcome=None).open == {"step_down_contact"}
    assert walk.given("case.close") == []


def test_a_person_who_is_not_well_at_the_step_down_contact_goes_back_to_delivery_and_may_leave_it_again() -> None:
    walk = _discharging().do("sign_discharge", chair_decision="agree").do("check_discharge_letters").wait(31)
    walk.do("step_down_contact", step_down_outcome="go_on")
    assert walk.given("case.enter")[-1] == {"stage": "active"}
    assert {"kind": "work_goes_on", "to": "gp, referrer"} in walk.given("notices.tell")
    _reviewed(walk, "discharge").do("discuss_discharge", discharge_reason="goals_met", measures_done="yes")
    walk.do("count_service_use").do("sign_discharge", chair_decision="agree").do("check_discharge_letters")
    walk.wait(31).do("step_down_contact", step_down_outcome="close")
    assert walk.outcome.ended_at == "case_ended"


def test_the_referrer_is_acknowledged_before_anybody_works_on_the_referral() -> None:
    walk = _case()
    assert walk.given("letters.send") == [{"template": "L01", "to": "referrer"}]
    assert walk.open == {"triage_referral"}


def test_nobody_is_accepted_without_triage() -> None:
    assert "enter_consent" not in _case().passed


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("E_UNDER_18", "not_eligible_under_18"),
        ("E_NOT_LOCAL_GP", "not_eligible_gp"),
        ("E_NO_GP", "not_eligible_gp"),
        ("E_DECEASED", "died"),
    ],
)
def test_who_is_not_eligible_is_told_by_a_checked_letter_and_closed(code: str, reason: str) -> None:
    walk = _case(eligibility={"eligibility": "not_eligible", "reason_code": code}).do("check_rejection_letter")
    assert walk.given("letters.send")[-1] == {"template": "L03", "to": "referrer"}
    assert walk.given("case.close") == [{"reason": reason}]
    assert walk.finished


def test_a_duplicate_is_added_to_the_open_case() -> None:
    walk = _case(eligibility={"eligibility": "duplicate", "reason_code": "E_OPEN_CASE"})
    assert "add_to_open_case" in walk.passed
    assert walk.given("case.close") == [{"reason": "duplicate"}]


def test_whoever_has_an_open_case_is_not_judged_again() -> None:
    walk = _case(intake__open_case_check={"open_case": True, "near_birthday": False})
    assert "add_to_open_case" in walk.passed
    assert "decide_eligibility" not in walk.passed
    assert walk.given("case.close") == [{"reason": "duplicate"}]


def test_somebody_nearly_eighteen_may_be_held_until_the_birthday() -> None:
    young = {"eligibility": "not_eligible", "reason_code": "E_UNDER_18"}
    walk = _case(
        eligibility=[young, {"eligibility": "eligible", "reason_code": "E_OK"}],
        intake__open_case_check={"open_case": False, "near_birthday": True},
    )
    assert walk.open == set()
    assert walk.wait(60).open == {"triage_referral"}


def test_a_hold_that_is_not_wanted_ends_as_not_eligible() -> None:
    walk = _case(
        eligibility={"eligibility": "not_eligible", "reason_code": "E_UNDER_18"},
        intake__open_case_check={"open_case": False, "near_birthday": True},
    ).tell("referrer_reply")
    assert walk.do("check_rejection_letter").given("case.close") == [{"reason": "not_eligible_under_18"}]


def test_missing_information_is_asked_for_and_the_decision_made_again() -> None:
    walk = _case(
        eligibility=[{"eligibility": "needs_info", "reason_code": "E_GP_UNKNOWN"}, {"eligibility": "eligible"}]
    )
    walk.do("ask_referrer").tell("referrer_reply").do("record_referrer_reply")
    assert walk.open == {"triage_referral"}


@pytest.mark.parametrize("code", ["E_GP_UNKNOWN", "E_AGE_UNKNOWN"])
def test_what_is_urgent_is_triaged_at_once_whatever_information_is_missing(code: str) -> None:
    walk = _case(
        eligibility={"eligibility": "needs_info", "reason_code": code},
        intake__match_identity={"identity": "new", "haste": "urgent"},
        priority={"priority": "urgent"},
    )
    assert walk.open == {"triage_referral"}
    walk.do("triage_referral", triage_verdict="return", priority="urgent")
    assert walk.open == {"ask_referrer"}
    walk.do("ask_referrer").tell("referrer_reply").do("record_referrer_reply")
    assert walk.open == {"triage_referral"}


def test_a_silent_referrer_is_reminded_and_then_the_referral_goes_back() -> None:
    walk = _case(eligibility={"eligibility": "needs_info", "reason_code": "E_AGE_UNKNOWN"}).do("ask_referrer").wait(31)
    assert {"kind": "questions_reminder", "to": "referrer"} in walk.given("notices.tell")
    assert walk.do("check_rejection_letter").given("case.close") == [{"reason": "returned_incomplete"}]


def test_a_contradiction_about_who_it_is_stops_for_a_person() -> None:
    walk = _case(intake__match_identity={"identity": "unsure"})
    assert walk.open == {"check_identity"}
    assert walk.do("check_identity", identity_decision="different", first_look="different").open == {"triage_referral"}


def test_records_are_joined_only_after_a_second_look() -> None:
    walk = _case(intake__match_identity={"identity": "unsure"})
    walk.do("check_identity", identity_decision="merge_request", first_look="merge_request")
    assert walk.open == {"check_identity_again"}
    assert walk.do("check_identity_again", identity_decision="need_help").open == {"check_identity"}
    walk.do("check_identity", identity_decision="need_help", first_look="need_help")
    assert walk.do("check_identity_again", identity_decision="same").open == {"check_identity"}
    walk.do("check_identity", identity_decision="same", first_look="same")
    walk.do("check_identity_again", identity_decision="same")
    assert walk.given("intake.apply_identity") == [{"decision": "same"}]


@pytest.mark.parametrize("verdict", ["signpost", "return", "transfer", "urgent"])
def test_triage_may_say_something_other_than_yes(verdict: str) -> None:
    walk = _case().do("triage_referral", triage_verdict=verdict, priority="standard", triage_team="west")
    expected = {
        "signpost": "check_rejection_letter", "return": "ask_referrer",
        "transfer": "triage_referral", "urgent": "allocate_coordinator",
    }  # fmt: skip
    assert walk.open == {expected[verdict]}
    if verdict == "urgent":
        assert walk.given("case.start")[0]["process"] == "acm_urgent"


def test_danger_right_now_starts_the_urgent_path_before_anybody_triages() -> None:
    walk = _case(priority={"priority": "emergency"})
    assert "begin_emergency_path" in walk.passed
    assert walk.open == {"triage_referral"}


@pytest.mark.parametrize("priority", ["urgent", "high", "standard", "planned"])
def test_nothing_less_than_danger_starts_the_urgent_path_by_itself(priority: str) -> None:
    assert _case(priority={"priority": priority}).given("intake.raise_concern") == []


def test_what_is_urgent_does_not_wait_until_it_is_certain_who_the_person_is() -> None:
    walk = _case(intake__match_identity={"identity": "unsure", "haste": "urgent"})
    assert "raise_concern_at_once" in walk.passed
    assert walk.open == {"check_identity"}
    calm = _case(intake__match_identity={"identity": "unsure", "haste": "standard"})
    assert calm.given("intake.raise_concern") == []


@pytest.mark.parametrize("near", [True, False])
def test_an_urgent_referral_that_is_not_eligible_gets_its_answer_after_a_clinician_answered(near: bool) -> None:
    walk = _case(
        eligibility={"eligibility": "not_eligible", "reason_code": "E_UNDER_18"},
        intake__match_identity={"identity": "new", "haste": "urgent"},
        intake__open_case_check={"open_case": False, "near_birthday": near},
        intake__raise_concern=[{"concern_open": True}, {"concern_open": True}, {"concern_open": False}],
    )
    assert walk.open == set()
    assert not {"hold_until_birthday", "draft_rejection_letter"} & set(walk.tell("urgent_answered").passed)
    walk.tell("urgent_answered")
    assert ("hold_until_birthday" if near else "draft_rejection_letter") in walk.passed


def test_a_concern_that_was_answered_already_holds_no_letter_up() -> None:
    walk = _case(
        eligibility={"eligibility": "not_eligible", "reason_code": "E_NOT_LOCAL_GP"},
        intake__match_identity={"identity": "new", "haste": "urgent"},
        intake__raise_concern={"concern_open": False},
    )
    assert walk.open == {"check_rejection_letter"}


def test_an_answered_concern_tells_the_case() -> None:
    walk = Walk("acm_urgent", {"danger_to_life": "no"}).do("acknowledge_urgent")
    walk.do("decide_urgent", urgent_decision="ucr").do("refer_to_ucr", taken_on="yes")
    assert walk.given("messages.send") == [{"name": "urgent_answered"}]


def test_triage_that_says_urgent_does_not_raise_the_same_concern_twice() -> None:
    walk = _case().do("triage_referral", triage_verdict="urgent", priority="urgent")
    assert walk.given("case.start")[0]["once"] is True


@pytest.mark.parametrize(
    ("state", "seen"),
    [("withdrawn", "note_referral_withdrawn"), ("overdue", "check_rejection_letter"), ("asked", "wait_for_referrer")],
)
def test_only_an_answer_of_the_referrer_lets_the_referral_go_on(state: str, seen: str) -> None:
    walk = _case(eligibility={"eligibility": "needs_info", "reason_code": "E_AGE_UNKNOWN"}).do("ask_referrer")
    walk.tell("referrer_reply").do("record_referrer_reply", reply_state=state)
    assert seen in walk.open | set(walk.passed)
    assert "apply_referrer_reply" not in walk.passed
    assert walk.finished is (state == "withdrawn")


def test_an_emergency_that_triage_accepts_starts_the_urgent_path_all_the_same() -> None:
    walk = _case().do("triage_referral", triage_verdict="accept", priority="emergency")
    assert [one["process"] for one in walk.given("case.start")] == ["acm_urgent"]
    assert walk.open == {"allocate_coordinator"}


def test_a_referral_without_a_team_waits_in_a_queue_that_somebody_sees() -> None:
    walk = _triaged(routing={"routing": "unrouted"})
    assert walk.given("case.raise_flag") == [{"flag": "unrouted"}]
    walk.do("place_unrouted", chosen_team="east")
    assert walk.given("intake.assign_team") == [{"team": "east"}]


def test_a_practice_with_two_teams_is_given_to_one_by_a_person() -> None:
    walk = _triaged(routing={"routing": "choose"}).do("choose_team", chosen_team="north")
    assert walk.given("intake.assign_team") == [{"team": "north"}]


def test_without_a_basis_the_case_closes_and_the_referrer_is_thanked() -> None:
    walk = _triaged(consent_basis=NO_BASIS)
    assert walk.given("case.close") == [{"reason": "declined_at_offer"}]
    assert walk.given("letters.send")[-1]["template"] == "L03"
    assert walk.finished


@pytest.mark.parametrize("decision", ["advice_to_referrer", "one_off_action", "refer_to_service", "not_suitable"])
def test_advice_or_one_off_help_ends_by_the_short_discharge(decision: str) -> None:
    some, none = {"open_actions": 1}, {"open_actions": 0}
    walk = _decided(mdt__record_decision={"mdt_decision": decision, "deferrals": 0}, actions__refresh=[some, none])
    assert walk.open == set()
    walk.wait(31).do("check_discharge_letters")
    assert walk.finished
    assert "step_down_contact" not in walk.passed
    assert len(walk.given("case.close")) == 1


def test_a_discharge_the_chair_refuses_goes_back_to_delivery() -> None:
    walk = _discharging().do("sign_discharge", chair_decision="not_agree")
    assert not walk.finished
    assert walk.given("case.enter")[-1] == {"stage": "active"}


@pytest.mark.parametrize(
    ("message", "kind", "end"),
    [
        ("person_died", "died", "ended_died"),
        ("consent_withdrawn", "withdrawn", "ended_withdrawn"),
        ("moved_out_of_area", "moved", "ended_moved"),
        ("entered_in_error", "error", "ended_error"),
    ],
)
def test_an_ending_stops_the_case_at_once_wherever_it_stands(message: str, kind: str, end: str) -> None:
    for standing in (_case(), _contacted(), _assessed().do("prepare_mdt"), _planned().wait(31)):
        standing.tell(message)
        assert standing.finished
        assert standing.open == set()
        assert standing.outcome.waiting == ()
        assert standing.outcome.ended_at == end
        assert standing.given("endings.begin") == [{"kind": kind}]


def test_a_long_stay_is_looked_at_twice_without_holding_the_case() -> None:
    walk = _planned().wait(183)
    assert "explain_long_stay" in walk.open
    walk.do("explain_long_stay", long_stay_decision="discharge")
    assert {"name": "review_brought_forward"} in walk.given("messages.send")
    assert "decide_long_stay" in walk.wait(182).open
    assert walk.tell("person_died").finished


@pytest.mark.parametrize(("days", "question"), [(183, "explain_long_stay"), (365, "decide_long_stay")])
def test_nobody_asks_why_a_case_is_open_for_long_when_it_is_ending(days: int, question: str) -> None:
    walk = _planned().wait(days - 2)
    for asked in walk.open & {"explain_long_stay", "supervise_coordinator", "repeat_tools"}:
        walk.do(asked, long_stay_decision="continue")
    walk.answer("case.stage", {"stage": "step_down"}).wait(2)
    assert question not in walk.open


def test_consent_is_confirmed_every_year_as_long_as_the_case_is_open() -> None:
    walk = _planned().answer("consent.evidence", {"evidence_accepted": False, "high_risk": False})
    for _ in range(3):
        walk.wait(365)
        assert "record_consent" in walk.open
        walk.do("record_consent")
    walk.answer("consent_basis", NO_BASIS).wait(365).do("record_consent")
    assert {"name": "consent_withdrawn"} in walk.given("messages.send")
    assert walk.tell("consent_withdrawn").finished
