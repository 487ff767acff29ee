"""The companions and the endings, walked to each of their ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.diagrams.reading import drawings
from tests.diagrams.walking import Walk, every_duty
from workflows.duties.register import REGISTER


@pytest.mark.parametrize(
    ("answer", "end"),
    [("yes", "nomination_accepted"), ("no", "nomination_rejected"), ("already_supported", "nomination_rejected")],
)
def test_a_nomination_is_accepted_or_taken_off_the_list(answer: str, end: str) -> None:
    assert Walk("acm_nomination").do("review_nomination", nominate=answer).outcome.ended_at == end


def test_a_nomination_nobody_looks_at_lapses() -> None:
    walk = Walk("acm_nomination").wait(31)
    assert walk.outcome.ended_at == "nomination_expired"
    assert walk.open == set()


def test_a_nomination_with_an_open_concern_lapses_when_that_is_settled() -> None:
    walk = Walk("acm_nomination", case__concerns=[{"concern_open": True}, {"concern_open": False}]).wait(31)
    assert walk.given("case.expire_nomination") == []
    assert walk.tell("concern_settled").outcome.ended_at == "nomination_expired"


@pytest.mark.parametrize("tell", ["yes", "no"])
def test_a_new_referral_is_read_and_its_referrer_answered(tell: str) -> None:
    walk = Walk("acm_new_information", {"document_id": "a", "whole_referral": True})
    walk.do("look_at_new_information", tell_referrer=tell)
    assert walk.outcome.ended_at == "news_read"
    assert walk.given("intake.take_over_details") == [{"document_id": "a"}]
    assert walk.given("intake.answer_referrer") == [{"document_id": "a", "tell_referrer": tell}]


def test_other_details_of_somebody_who_comes_back_are_compared_and_nobody_is_answered() -> None:
    walk = Walk("acm_new_information", {"document_id": "a", "whole_referral": False}).do("compare_details")
    assert walk.outcome.ended_at == "details_settled"
    assert walk.given("intake.take_over_details") == [{"document_id": "a"}]
    assert walk.given("intake.answer_referrer") == []


@pytest.mark.parametrize(
    ("decision", "call"),
    [("ucr", "refer_to_ucr"), ("same_day_gp", "reach_gp_today"), ("social_care_duty", "reach_social_care_today")],
)
def test_an_urgent_concern_is_open_until_somebody_outside_acts(decision: str, call: str) -> None:
    walk = Walk("acm_urgent", {"danger_to_life": "no"}).do("acknowledge_urgent")
    for taken_on in ("no", "yes"):
        walk.do("decide_urgent", urgent_decision=decision)
        assert walk.open == {call}
        assert walk.step(call).properties["escalation"] == "S"
        assert walk.given("case.lower_flag") == []
        walk.do(call, taken_on=taken_on)
    assert walk.outcome.ended_at == "urgent_answered"
    assert walk.given("case.lower_flag") == [{"flag": "urgent"}]


def test_an_urgent_concern_that_goes_to_a_huddle_stays_until_the_huddle_has_decided() -> None:
    walk = Walk("acm_urgent", mdt__huddle_decided=[{"taken_on": "no"}, {"taken_on": "yes"}])
    walk.do("acknowledge_urgent").do("decide_urgent", urgent_decision="huddle")
    assert walk.given("case.lower_flag") == []
    walk.tell("mdt_case_decided").do("decide_urgent", urgent_decision="huddle")
    assert walk.tell("mdt_case_decided").outcome.ended_at == "urgent_answered"
    assert walk.given("case.lower_flag") == [{"flag": "urgent"}]


def test_a_watched_concern_is_looked_at_when_the_clinician_said() -> None:
    walk = Walk("acm_urgent").do("acknowledge_urgent")
    tomorrow = (walk.now + timedelta(days=1)).isoformat()
    walk.do("decide_urgent", urgent_decision="monitor", check_again=tomorrow).wait(1)
    walk.do("check_urgent_again", urgent_decision="monitor", check_again=None).wait(29)
    assert walk.open == set()
    assert walk.wait(1).open == {"check_urgent_again"}


def test_danger_to_life_raises_the_alarm_before_anything_else() -> None:
    walk = Walk("acm_urgent", {"danger_to_life": "yes"})
    assert {"kind": "danger_to_life", "to": "gp_lead, team_manager"} in walk.given("notices.tell")
    assert walk.open == {"acknowledge_urgent"}


def test_watching_closely_means_looking_again_until_something_is_decided() -> None:
    watch = {"urgent_decision": "monitor", "check_again": None}
    walk = Walk("acm_urgent").do("acknowledge_urgent").do("decide_urgent", **watch)
    walk.wait(31).do("check_urgent_again", **watch)
    walk.wait(31).do("check_urgent_again", urgent_decision="ucr", check_again=None)
    assert walk.open == {"refer_to_ucr"}


def test_a_safeguarding_concern_without_its_form_is_written_first() -> None:
    walk = Walk("acm_safeguarding", safeguarding__open={"concern_recorded": False})
    assert walk.step("send_safeguarding_concern").properties["escalation"] == "S"
    assert walk.do("send_safeguarding_concern").open == {"track_safeguarding"}


def test_a_safeguarding_concern_is_chased_until_the_lead_closes_it() -> None:
    walk = Walk("acm_safeguarding")
    for _ in range(3):
        assert walk.step("track_safeguarding").role == "safeguarding_lead"
        walk.do("track_safeguarding", safeguarding_closed="no").wait(31)
    walk.do("track_safeguarding", safeguarding_closed="yes")
    assert walk.outcome.ended_at == "safeguarding_over"
    assert "safeguarding.close" in [name for name, _ in walk.asked]


LEFT = "2026-11-16T08:00:00+00:00"


def _home_again() -> Walk:
    return Walk("acm_hospital").tell("hospital_discharge", discharged_at=LEFT, destination="usual_home")


def test_a_hospital_stay_pauses_the_clocks_and_resumes_them() -> None:
    walk = _home_again()
    order = [name for name, _ in walk.asked if name.startswith("clocks")]
    assert order == ["clocks.pause", "clocks.resume"]
    assert walk.open == {"contact_after_hospital"}
    assert walk.step("contact_after_hospital").properties["escalation"] == "S"


def test_leaving_hospital_brings_the_review_forward_before_anybody_rings() -> None:
    walk = _home_again()
    assert walk.passed.index("resume_clocks") < walk.passed.index("bring_review_forward")
    assert walk.open == {"contact_after_hospital"}
    assert walk.do("contact_after_hospital", medicines_changed="no", risk_changed="same").finished


def test_changed_medicines_and_a_higher_risk_are_taken_up() -> None:
    walk = _home_again().do("contact_after_hospital", medicines_changed="yes", risk_changed="up")
    assert walk.given("case.start") == [{"process": "acm_mdt", "beside": True}]
    assert walk.do("review_medicines_after_hospital").finished


def test_a_discharge_heard_of_first_needs_no_stay() -> None:
    walk = Walk("acm_hospital", hospital__admit={"admission_recorded": True, "already_discharged": True})
    assert walk.open == {"contact_after_hospital"}
    assert "clocks.pause" not in [name for name, _ in walk.asked]


def test_a_discharge_ends_whatever_was_open_during_the_stay() -> None:
    walk = Walk("acm_hospital").wait(31)
    assert walk.open == {"check_ward_letter", "check_hospital_stay", "decide_long_hospital_stay"}
    assert walk.tell("hospital_discharge", discharged_at=LEFT, destination="usual_home").open == {
        "contact_after_hospital"
    }


def test_the_stay_is_checked_every_week_and_may_end_that_way() -> None:
    walk = Walk("acm_hospital").wait(31).do("check_hospital_stay", still_in_hospital="yes")
    walk.wait(31).do("check_hospital_stay", still_in_hospital="no")
    assert walk.open == {"record_discharge"}
    assert walk.step("record_discharge").properties["escalation"] == "S"  # the contact waits for it
    assert walk.do("record_discharge", destination="hospice").open == {"contact_after_hospital"}


def test_a_discharge_that_is_told_while_somebody_finds_it_out_is_that_discharge() -> None:
    walk = Walk("acm_hospital").wait(31).do("check_hospital_stay", still_in_hospital="no")
    walk.tell("hospital_discharge", discharged_at=LEFT, destination="usual_home")
    assert walk.open == {"contact_after_hospital"}


def test_an_admission_heard_of_without_details_is_recorded_before_the_ward_is_told() -> None:
    walk = Walk("acm_hospital", hospital__admit={"admission_recorded": False, "already_discharged": False})
    assert walk.open == {"record_admission"}
    assert walk.do("record_admission").open == {"check_ward_letter"}


def test_a_long_hospital_stay_may_close_the_case() -> None:
    walk = Walk("acm_hospital").wait(31).do("decide_long_hospital_stay", stay_decision="close")
    assert walk.outcome.ended_at == "hospital_case_closed"
    assert walk.given("case.close") == [{"reason": "long_hospital_stay"}]


def test_a_hospital_stay_is_long_counted_from_the_admission() -> None:
    told_late = {"admission_recorded": True, "already_discharged": False, "long_stay_at": "2026-11-18T17:00:00+00:00"}
    assert "decide_long_hospital_stay" in Walk("acm_hospital", hospital__admit=told_late).wait(3).open


def test_a_long_hospital_stay_that_is_kept_is_asked_about_again() -> None:
    walk = Walk("acm_hospital").wait(31).do("decide_long_hospital_stay", stay_decision="keep")
    assert "decide_long_hospital_stay" in walk.wait(31).open


def test_a_long_stay_that_is_over_is_no_longer_decided_about() -> None:
    walk = Walk("acm_hospital").wait(31).do("decide_long_hospital_stay", still_in_hospital="no", stay_decision=None)
    assert walk.open == {"record_discharge"}


def test_a_move_from_hospital_into_a_care_home_begins_the_handover_once() -> None:
    left = "2026-11-16T09:00:00+00:00"
    home = {"destination": "care_home", "risk_level": "high", "left_hospital_at": left}
    walk = Walk("acm_hospital", hospital__discharge=home).tell(
        "hospital_discharge", discharged_at=LEFT, destination="care_home"
    )
    assert walk.open == {"contact_after_hospital"}
    assert walk.given("case.start") == [{"process": "acm_care_home", "once": True, "moved_at": left}]


def test_a_care_home_team_is_handed_what_we_know_and_a_discharge_that_waits_hears_it() -> None:
    walk = Walk("acm_care_home")
    assert walk.open == {"hand_over_to_care_home"}
    assert "care_home.bring_review_forward" in [name for name, _ in walk.asked]
    assert walk.do("hand_over_to_care_home").given("messages.send") == [{"name": "care_home_handed_over"}]


def test_a_care_home_team_that_has_the_case_since_the_move_is_not_asked_again() -> None:
    walk = Walk(
        "acm_care_home", care_home__begin={"handed_to_care_home": True, "moved_at": "2026-11-16T09:00:00+00:00"}
    )
    assert (walk.open, walk.outcome.ended_at) == (set(), "care_home_knows")


def test_where_somebody_went_is_found_out_beside_the_contact_and_asked_again_until_it_is_known() -> None:
    walk = Walk(
        "acm_hospital",
        hospital__discharge={"destination": "unknown", "risk_level": "high"},
        hospital__went_to={},
    ).tell("hospital_discharge", discharged_at=LEFT)
    assert walk.open == {"contact_after_hospital", "find_where_to"}
    assert walk.do("find_where_to", destination="unknown").open == {"contact_after_hospital", "find_where_to"}
    assert walk.do("find_where_to", destination="care_home").open == {"contact_after_hospital"}
    assert [given["process"] for given in walk.given("case.start")] == ["acm_care_home"]


def test_a_death_that_is_found_out_after_hospital_is_told_to_the_case() -> None:
    unknown = {"destination": "unknown", "risk_level": "high"}
    walk = Walk("acm_hospital", hospital__discharge=unknown, hospital__went_to={})
    walk.tell("hospital_discharge", discharged_at=LEFT).tell("hospital_destination_told", destination="died")
    assert walk.given("messages.send") == [{"name": "person_died"}]
    assert walk.open == {"contact_after_hospital"}  # until the ending takes it away


def test_a_death_in_hospital_is_told_to_the_case() -> None:
    walk = Walk("acm_hospital", hospital__discharge={"destination": "died", "risk_level": "high"})
    walk.tell("hospital_discharge", discharged_at=LEFT, destination="died")
    assert walk.given("messages.send") == [{"name": "person_died"}]
    assert "hospital.bring_review_forward" not in [name for name, _ in walk.asked]
    assert walk.open == set()


def test_a_changed_consent_is_in_force_at_once() -> None:
    assert Walk("acm_consent_change").outcome.ended_at == "consent_changed_end"


def test_a_changed_consent_that_leaves_no_basis_begins_the_withdrawal() -> None:
    walk = Walk("acm_consent_change", consent_basis={"consent_basis": "none", "may_proceed": "no"})
    assert walk.given("messages.send") == [{"name": "consent_withdrawn"}]


def test_an_override_ends_with_its_review() -> None:
    walk = Walk("acm_override_review")
    assert walk.open == {"tell_person_of_override", "review_override"}
    walk.do("review_override", override_outcome="end").do("tell_person_of_override")
    assert walk.finished
    assert walk.given("case.start") == [{"process": "acm_consent_change", "ask_again": True}]


def test_an_override_that_goes_on_is_reviewed_again() -> None:
    walk = Walk("acm_override_review").do("review_override", override_outcome="continue")
    assert "review_override" in walk.open


def test_an_override_ends_by_itself_on_its_last_day() -> None:
    walk = Walk("acm_override_review").wait(29)
    assert walk.open == {"tell_person_of_override"}
    assert walk.given("consent.end_override") == [{"outcome": "expired"}]


def test_the_chair_records_the_decision_and_the_case_hears_of_it() -> None:
    walk = Walk("acm_mdt_decision").do("record_mdt_decision")
    assert [name for name, _ in walk.asked] == ["mdt.record_decision", "mdt.create_actions", "messages.send"]
    assert walk.finished


@pytest.mark.parametrize("status", ["done", "not_needed"])
def test_an_action_ends_when_it_is_done_or_no_longer_needed(status: str) -> None:
    started = {"action_due_at": "2026-11-30T17:00:00+00:00", "owner": "", "promised": True}
    walk = Walk("acm_action", started, actions__refresh={"action_status": status, "postponements": 0})
    assert walk.do("do_action").outcome.ended_at == "action_done"


def test_an_action_put_off_three_times_goes_to_the_manager() -> None:
    walk = Walk(
        "acm_action",
        actions__refresh=[
            {"action_status": "in_progress", "postponements": 1, "postponed_too_often": False},
            {"action_status": "in_progress", "postponements": 3, "postponed_too_often": True},
            {"action_status": "not_needed", "postponements": 3, "postponed_too_often": True},
        ],
    )
    walk.do("do_action").do("do_action")
    assert walk.step("decide_postponed_action").role == "team_manager"
    assert walk.do("decide_postponed_action").finished


def test_a_blocked_action_is_told_and_stays_open() -> None:
    walk = Walk("acm_action", actions__refresh={"action_status": "blocked", "postponements": 0}).do("do_action")
    assert walk.given("notices.tell") == [{"kind": "action_blocked", "to": "coordinator, team_manager"}]
    assert walk.open == {"do_action"}


def test_a_referral_is_followed_until_its_outcome_is_known() -> None:
    waiting = {"service_status": "waiting", "service_finished": False, "service_to_settle": False}
    walk = Walk("acm_service_referral", services__refresh=[waiting, waiting, {"service_finished": True}])
    walk.do("send_service_referral", consent_ok="yes").tell("service_update")
    walk.wait(31).do("chase_service")
    walk.wait(31).tell("service_update")
    assert walk.outcome.ended_at == "service_finished_end"


def test_what_a_service_ends_by_itself_is_seen_to_by_whoever_asked_it() -> None:
    turned_down = {"service_finished": False, "service_to_settle": True}
    over = {"service_finished": True, "service_to_settle": False}
    walk = Walk("acm_service_referral", {"document_id": "1"}, services__refresh=[turned_down, over])
    walk.tell("service_update")
    assert walk.open == {"chase_service"}
    walk.do("chase_service")
    assert walk.outcome.ended_at == "service_finished_end"


def test_a_referral_already_sent_with_the_button_is_only_followed() -> None:
    walk = Walk("acm_service_referral", {"document_id": "1"})
    assert walk.open == set()
    assert walk.tell("service_update").finished


def test_whoever_referred_to_a_service_chases_it() -> None:
    walk = Walk("acm_service_referral", {"document_id": "1"}).wait(31)
    assert walk.step("chase_service").properties["assign"] == "requester"


def test_nothing_is_sent_to_a_service_the_person_does_not_want_to_share_with() -> None:
    walk = Walk("acm_service_referral").do("send_service_referral", consent_ok="no")
    assert walk.outcome.ended_at == "service_not_referred"


def test_a_confirmed_death_closes_the_case_after_a_day() -> None:
    walk = Walk("acm_death", {"closure_reason": "died"}).do("confirm_death", review_needed="yes").wait(31)
    assert walk.outcome.ended_at == "death_closed"
    assert {"kind": "death_review", "to": "safeguarding_lead, service_manager"} in walk.given("notices.tell")
    assert walk.given("case.close") == [{"reason": "died"}]
    assert walk.given("letters.send") == []


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_mistaken_death_is_taken_back(confirmed: bool) -> None:
    walk = Walk("acm_death")
    if confirmed:
        walk.do("confirm_death", review_needed="no")
    assert walk.tell("death_mistaken").outcome.ended_at == "case_restored"
    assert walk.open == set()


def test_a_mistaken_withdrawal_is_taken_back() -> None:
    walk = Walk("acm_withdrawal").tell("withdrawal_mistaken")
    assert walk.outcome.ended_at == "withdrawal_taken_back"
    assert walk.asked[-1][1]["to"] == "coordinator, team_manager, in_hand, told_by_hand"


@pytest.mark.parametrize("answer", ["yes", "no", "not_asked"])
def test_a_withdrawal_stops_sharing_first_and_does_the_paperwork_after(answer: str) -> None:
    walk = Walk("acm_withdrawal", {"closure_reason": "consent_withdrawn"})
    assert walk.asked[0][0] == "consent.stop_sharing"
    walk.do("confirm_withdrawal", single_services_continue=answer)
    assert walk.given("letters.send") == [{"template": "L10", "to": "person"}]
    assert walk.given("case.close") == [{"reason": "consent_withdrawn"}]
    assert ("tell_services_go_on" in walk.passed) is (answer == "yes")


def test_a_move_away_is_handed_over_when_the_person_agrees() -> None:
    walk = Walk("acm_moved_away").do("confirm_move", handover_consent="yes").do("hand_over_to_new_area")
    assert walk.given("letters.send") == [{"template": "L11", "to": "gp"}]
    assert walk.outcome.ended_at == "move_closed"


def test_a_move_away_without_agreement_sends_nothing() -> None:
    walk = Walk("acm_moved_away").do("confirm_move", handover_consent="no")
    assert walk.given("letters.send") == []
    assert walk.finished


@pytest.mark.parametrize("news", ["concern_settled", "urgent_answered"])
def test_closing_waits_while_a_concern_is_open(news: str) -> None:
    open_still = [{"concern_open": True}, {"concern_open": True}, {"concern_open": False}]
    walk = Walk("acm_closing", {"closure_reason": "goals_met"}, case__concerns=open_still)
    assert walk.tell(news).given("case.close") == []
    assert walk.tell(news).given("case.close") == [{"reason": "goals_met"}]
    assert walk.finished


def test_what_was_promised_is_asked_for_until_each_has_its_answer() -> None:
    some, none = {"promises_open": True}, {"promises_open": False}
    walk = Walk("acm_promises", case__promises=[some, some, none])
    assert not walk.do("settle_promises").finished
    assert walk.do("settle_promises").outcome.ended_at == "promises_settled"
    assert len(walk.given("case.settle_promises")) == 2


@pytest.mark.parametrize("concern", ["safeguarding", "urgent", "safety"])
def test_a_concern_left_open_by_an_ending_is_settled_before_the_case_closes(concern: str) -> None:
    walk = Walk("acm_left_open", {"concern": concern})
    assert walk.open == {f"settle_{concern}"}
    walk.do(f"settle_{concern}")
    assert walk.given("case.settle_concern") == [{"kind": concern}]
    assert walk.given("messages.send") == [{"name": "concern_settled"}]


def test_a_case_entered_in_error_is_marked_and_closed() -> None:
    walk = Walk("acm_entered_in_error", {"closure_reason": "error"}).do("explain_error")
    assert walk.given("case.raise_flag") == [{"flag": "entered_in_error"}]
    assert walk.given("case.close") == [{"reason": "error"}]


def test_both_managers_agree_to_a_transfer() -> None:
    walk = Walk("acm_transfer").do("prepare_transfer", to_team="west").do("release_case", released="yes")
    assert walk.step("accept_case").properties["not_by"] == "release_case"
    walk.do("accept_case", accepted="yes")
    assert walk.outcome.ended_at == "transferred"


@pytest.mark.parametrize(
    ("step", "answers"), [("release_case", {"released": "no"}), ("accept_case", {"accepted": "no"})]
)
def test_either_manager_may_refuse_a_transfer(step: str, answers: dict[str, str]) -> None:
    walk = Walk("acm_transfer", {"document_id": "1"})
    if step == "accept_case":
        walk.do("release_case", released="yes")
    assert walk.do(step, **answers).outcome.ended_at == "not_transferred"


def test_another_care_coordinator_is_named_and_takes_the_tasks_over() -> None:
    walk = Walk("acm_reallocation", {"priority": "standard"}).do("name_another_coordinator")
    assert walk.given("assessment.set_coordinator") == [{}]
    assert walk.finished


def test_somebody_checks_what_a_referral_about_somebody_else_had_led_to() -> None:
    walk = Walk("acm_separated").do("check_what_came")
    assert walk.outcome.ended_at == "what_came_checked"


def test_every_duty_the_walks_answer_is_a_real_one() -> None:
    assert every_duty() <= set(REGISTER)


def test_every_process_is_walked_in_some_test() -> None:
    walked = {
        "acm_case", "acm_episode", "acm_intake", "acm_consent", "acm_assessment", "acm_mdt", "acm_care_plan",
        "acm_delivery", "acm_discharge", "acm_nomination", "acm_urgent", "acm_safeguarding", "acm_hospital",
        "acm_hospital_stay", "acm_consent_change", "acm_override_review", "acm_mdt_decision", "acm_action",
        "acm_service_referral", "acm_death", "acm_withdrawal", "acm_moved_away", "acm_entered_in_error",
        "acm_transfer", "acm_new_information", "acm_closing", "acm_left_open", "acm_reallocation",
        "acm_separated", "acm_promises", "acm_care_home",
    }  # fmt: skip
    assert {drawing.process.get("id") for drawing in drawings()} == walked
