"""The answers on which diagrams and tables decide: they exist, with exactly the values that are known there."""

from __future__ import annotations

import pytest

from forms import Question
from tests.builders.filled_forms import catalogue


def question(key: str, field: str) -> Question:
    return next(each for each in catalogue().form(key).definition.questions if each.id == field)


def values(key: str, field: str) -> set[str]:
    return {choice.value for choice in question(key, field).choices}


ROWS = {
    ("F05", "exclusions"): {"name", "organisation", "user"},
    ("F07", "consulted"): {"person", "relation", "view", "date"},
    ("F07", "options"): {"option", "benefits", "burdens", "less_restrictive"},
    ("F13", "problems"): {"medicine", "issue", "action", "owner", "due"},
    ("F14", "risks"): {"category", "risk", "likelihood", "impact", "product", "controls", "owner", "review"},
    ("F16", "present"): {"user", "name", "role", "organisation", "arrived", "left"},
    ("F16", "actions"): {"what", "owner", "due", "priority", "tell_person"},
    ("F18", "goals"): {"statement", "why", "domain", "baseline", "target_date", "measure", "status", "confidence"},
    ("F01", "carer"): {"name", "relationship", "lives_with", "strain"},
}


@pytest.mark.parametrize(("where", "names"), ROWS.items())
def test_the_rows_of_a_list_hold_what_each_needs(where: tuple[str, str], names: set[str]) -> None:
    key, field = where
    assert names <= {inner.id for inner in question(key, field).fields}


DECISIONS = {
    ("F00", "nominate"): "yes no already_supported not_now",
    ("F01", "consent_stage"): "yes partly no_high_risk no_not_asked lacks_capacity",
    ("F01", "gp_registered"): "yes no temporary unknown",
    ("F01", "preventable"): "yes possibly no unknown",
    ("F02", "state"): "asked answered overdue withdrawn",
    ("F03", "verdict"): "accept signpost return transfer urgent",
    ("F03", "priority"): "emergency urgent high standard planned",
    ("F03b", "verdict"): "close continue safeguarding",
    ("F04", "decision"): "same different merge_request need_help",
    ("F05", "choice"): "given partial refused not_sought",
    ("F05", "given_by"): "person attorney deputy best_interests",
    ("F06", "conclusion"): "has lacks fluctuates_wait",
    ("F06", "attorney_kind"): "none lpa deputy unknown",
    ("F06", "attorney_decision"): "consents refuses unknown",
    ("F07", "decision"): "proceed not_proceed",
    ("F08", "approval"): "approved rejected",
    ("F08", "outcome"): "continue narrow end",
    ("F10", "outcome"): "spoke left_message no_reply wrong_number declined_now no_access not_supported",
    ("F10", "safe_and_well"): "yes concern unknown",
    ("F13", "outcome"): "no_change recommend_to_gp changed_by_prescriber",
    ("F14", "visit_rule"): "normal two_staff no_home_visits",
    ("F16", "decision"): """case_manage advice_to_referrer one_off_action refer_to_service defer_more_info not_suitable
        urgent_now continue step_down discharge""",
    ("F17", "status"): "open in_progress done not_needed blocked transferred",
    ("F17", "impact"): "helped no_change worse unknown",
    ("F19", "agreement"): "agrees partly does_not unable",
    ("F20b", "status"): "sent received accepted declined waiting started completed lost",
    ("F21", "decision"): "continue re_mdt change_plan discharge urgent",
    ("F21b", "decision"): "continue discharge re_mdt",
    ("F43", "follows"): "close go_on again",
    ("F22b", "decision"): "ucr same_day_gp social_care_duty huddle monitor",
    ("F23b", "la_decision"): "s42_yes s42_no other waiting",
    ("F24", "weekly_check"): "keep close",
    ("F24", "destination"): "usual_home temporary care_home hospice died other unknown",
    ("F24", "went_to"): "usual_home temporary care_home hospice died other unknown",
    ("F24b", "risk_changed"): "up same down unknown",
    ("F25", "chair_decision"): "agree not_agree",
    # what ends a case by itself (a death, a move, withdrawn consent) is no reason to choose in a planned discharge
    ("F25", "reason"): """goals_met needs_met_by_other_service unable_to_contact not_suitable_signposted
        moved_to_care_home long_hospital_stay disengaged_by_choice""",
}  # fmt: skip


@pytest.mark.parametrize(("where", "expected"), DECISIONS.items())
def test_a_diagram_finds_the_decisions_it_knows(where: tuple[str, str], expected: str) -> None:
    assert values(*where) == set(expected.split())


def test_the_eleven_factors_of_frailty_are_those_of_the_leaflet() -> None:
    assert values("F01", "frailty_factors") == {
        "cognitive_impairment", "falls", "functional_impairment", "mood_problems", "nutritional_compromise",
        "physical_inactivity", "polypharmacy", "drug_alcohol_misuse", "sensory_impairment", "social_isolation",
        "loneliness",
    }  # fmt: skip


def test_long_lists_are_complete() -> None:
    assert len(values("F01", "ethnicity") - {"not_stated", "not_asked"}) == 16
    assert "not_stated" in values("F01", "ethnicity")
    assert len(values("F01", "ltcs")) >= 25
    assert len(values("F23", "types")) == 10
    assert len(question("F14", "risks").fields[0].choices) == 11
