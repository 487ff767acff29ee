"""What the forms refuse because it is missing or contradicts itself, and what they only warn about."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.filled_forms import LOOKUPS, TODAY, catalogue, filled, read_filled, thresholds

COUNTED_NOTHING = {"source": "manual", "completeness": "complete"}
REFUSED = [
    ("F00", {"score_name": None}, "score_name"),
    ("F01", {"phone": None, "email": None, "alt_contact": None}, "phone"),
    ("F01", {"risk_admission": None, "frailty_flag": None}, "risk_admission"),
    ("F01", {"consent_date": None}, "consent_date"),
    ("F01", {"consent_by": None}, "consent_by"),
    ("F01", {"consent_how": None}, "consent_how"),
    ("F01", {"consent_stage": "no_high_risk", "high_risk_reason": None}, "high_risk_reason"),
    ("F01", {"nhs_available": "no", "nhs_number_reason": None}, "nhs_number_reason"),
    ("F01", {"nhs_number": "999 999 9999"}, "nhs_number"),
    ("F01", {"views_obtained": "no", "views_reason": None}, "views_reason"),
    ("F01", {"dob": "2026-11-17"}, "dob"),
    ("F01", {"dob": "1899-12-31"}, "dob"),
    ("F01", {"meds_count": "61"}, "meds_count"),
    ("F01", {"services_now": ["none", "falls"]}, "services_now"),
    ("F02", {"state": None, "standard_questions": None, "questions": None}, "standard_questions"),
    ("F03", {"changed_advice": "yes", "override_reason": None}, "override_reason"),
    ("F03", {"changed_advice": "yes", "override_reason": "Too short"}, "override_reason"),
    ("F03", {"verdict": "urgent", "priority": "planned"}, "priority"),
    ("F03b", {"wnb_considered": None}, "wnb_considered"),
    ("F03b", {"welfare_check": "no"}, "verdict"),
    ("F04", {"differing_fields": ["nhs_number"]}, "decision"),
    ("F05", {"review_by": "2026-11-01"}, "review_by"),
    ("F05", {"discuss_mdt": "no"}, "discuss_mdt"),
    ("F05", {"exclusions": [{"name": "A. Neighbour"}]}, "choice"),
    ("F06", {"retain_evidence": "Forgot at once"}, "retain_evidence"),
    ("F06", {"conclusion": "fluctuates_wait", "review_date": None}, "review_date"),
    ("F07", {"consulted": None}, "consulted"),
    ("F07", {"disagreement": True, "disagreement_plan": None}, "disagreement_plan"),
    ("F08", {"harm": "They may come to harm"}, "harm"),
    ("F08", {"items": None}, "items"),
    ("F08", {"expires_at": "2026-12-15"}, "expires_at"),
    ("F08", {"new_expires_at": "2026-12-15"}, "new_expires_at"),
    ("F08", {"outcome": "narrow", "still_with": None}, "still_with"),
    ("F08", {"person_told": "no", "not_told_why": None}, "not_told_why"),
    ("F09", {"weight": "6"}, "weight"),
    ("F10", {"at": "2026-11-17T09:00"}, "at"),
    ("F11", {"cfs_date": None}, "cfs_date"),
    ("F11", {"body": {"weight": "19"}}, "body.weight"),
    ("F11", {"risk_override": "high", "risk_override_reason": None}, "risk_override_reason"),
    ("F13", {"high_risk": ["none", "opioid"]}, "high_risk"),
    ("F14", {"visit_rule": "two_staff", "visit_reason": None}, "visit_reason"),
    ("F15", {"summary": "x" * 2001}, "summary"),
    ("F16", {"present": [{"role": "nurse"}]}, "present.0.name"),
    ("F16", {"actions": [{"what": "Call the housing officer", "owner": "ada"}]}, "actions.0.due"),
    ("F16", {"decision": "one_off_action", "actions": None}, "actions"),
    ("F17", {"outcome": "Done"}, "outcome"),
    ("F17", {"status": "open", "new_due_reason": None}, "new_due_reason"),
    ("F05", {"given_by": "attorney"}, "given_by"),
    ("F18", {"goals": None}, "goals"),
    ("F18", {"valid_from": "2026-11-20", "next_review": "2026-11-20"}, "next_review"),
    ("F19", {"agreement": "unable"}, "agreement"),
    ("F20", {"minutes": "481"}, "minutes"),
    ("F20b", {"consent_ok": "no"}, "consent_ok"),
    ("F21", {"consent_still_valid": "no"}, "consent_still_valid"),
    ("F22", {"danger_to_life": "yes"}, "advice_given"),
    ("F22b", {"closed_at": "2026-11-01T10:00"}, "closed_at"),
    ("F23", {"consent": "no", "consent_override_reason": None}, "consent_override_reason"),
    ("F23b", {"la_decision": "waiting"}, "closed"),
    ("F24", {"discharged_at": "2026-11-08T10:00"}, "discharged_at"),
    ("F24b", {"red_flags": ["none", "fever"]}, "red_flags"),
    ("F25", {"measures_done": "no", "measures_why_not": None}, "measures_why_not"),
    ("F26", {"date": "2026-11-17", "told_on": None}, "date"),
    ("F29", {"during": {"start": "2026-07-31", "end": "2026-11-13"}}, "during.start"),
    ("F29", {"before": {"start": "2026-07-31", "end": "2026-07-01"}}, "before.end"),
    ("F29", {"before": {"readmissions": "2", "emergency_admissions": "1"}}, "before.readmissions"),
    ("F29", {"before": None}, "before.start"),
    ("F29", {"before": COUNTED_NOTHING | {"start": "2025-08-01", "end": "2026-07-31"}}, "before.completeness"),
    ("F29", {"during": COUNTED_NOTHING | {"start": "2026-08-01", "end": "2026-11-13"}}, "during.completeness"),
    ("F14", {"risks_visiting": ["none", "dog"]}, "risks_visiting"),
    ("F30", {"new_consent": None}, "new_consent"),
]


@pytest.mark.parametrize(("key", "answers", "field"), REFUSED)
def test_what_is_missing_or_contradicts_itself_is_refused_at_its_question(
    key: str, answers: dict[str, Any], field: str
) -> None:
    assert field in read_filled(key, **answers).errors


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"retain": "unable", "conclusion": "has"}, "explanation"),
        ({"retain": "unable", "conclusion": "has", "impairment": "unclear"}, "explanation"),
        ({"retain": "unable", "conclusion": "fluctuates_wait"}, "explanation"),
        ({"conclusion": "lacks"}, "explanation"),
        ({"retain": "unable", "conclusion": "lacks", "impairment": "no"}, "conclusion"),
        ({"use_weigh": "unable", "conclusion": "lacks", "causal_link": None}, "causal_link"),
    ],
)
def test_a_conclusion_about_capacity_that_contradicts_the_tests_needs_an_explanation(
    answers: dict[str, Any], field: str
) -> None:
    assert set(read_filled("F06", explanation=None, **answers).errors) == {field}
    if field == "explanation":
        assert read_filled("F06", explanation="Seen again on a better day", **answers).errors == {}


def test_a_failed_test_caused_by_an_impairment_means_the_person_lacks_capacity() -> None:
    reading = read_filled("F06", understand="unable", conclusion="lacks", explanation=None, attorney_kind="lpa")
    assert reading.errors == {}
    assert reading.answers["attorney_decision"] == "consents"


SCORES = (
    "cfs", "efi", "falls_12m", "frat", "meds_count", "waterlow", "must", "djg6", "pam_score", "pam_level",
    "eq5d_profile", "eq5d_vas",
)  # fmt: skip
WARNED = [
    ("F01", {"crisis_24h": True}, "crisis_24h"),
    ("F01", {"dob": "1905-01-01"}, "dob"),
    ("F01", {"frailty_factors": ["falls"]}, "frailty_factors"),
    ("F05", {"review_by": "2027-12-01"}, "review_by"),
    ("F07", {"nobody_to_consult": True, "imca": "not_needed"}, "imca"),
    ("F12", {"tools_used": ["scores"], **dict.fromkeys(SCORES)}, "tools_used"),
    ("F11", {"self_harm": "yes"}, "self_harm"),
    ("F11", {"faith": None, "culture_note": None}, "spiritual_cultural_done_by"),
    ("F13", {"problems": [{"medicine": "Amitriptyline", "issue": "Falls", "action": "Stop it"}]}, "outcome"),
    ("F16", {"roles_present": ["chair"]}, "decision"),
    ("F16", {"present": [{"name": "Farah Example"}]}, "roles_present"),
    ("F18", {"next_review": "2027-07-01"}, "next_review"),
    ("F24b", {"red_flags": ["confusion"]}, "red_flags"),
    ("F25", {"agreed_with_person": "no"}, "agreed_with_person"),
    ("F30", {"assessment_date": "2026-05-01"}, "assessment_date"),
]


@pytest.mark.parametrize(("key", "answers", "field"), WARNED)
def test_what_is_allowed_but_worth_a_second_look_brings_a_warning(
    key: str, answers: dict[str, Any], field: str
) -> None:
    assert field not in read_filled(key).warnings
    reading = read_filled(key, **answers)
    assert reading.errors == {}
    assert field in reading.warnings


@pytest.mark.parametrize(("born", "warned"), [("1961-12-01", True), ("1950-12-01", False), ("", False)])
@pytest.mark.parametrize(("key", "more"), [("F11", {"cfs_suitable": "yes"}), ("F12", {"tools_used": ["scores"]})])
def test_a_frailty_score_of_somebody_under_65_is_looked_at_again(
    key: str, more: dict[str, Any], born: str, warned: bool
) -> None:
    form = catalogue().form(key)
    known = {"born": born} if born else {}
    typed = filled(form, cfs=6, **more)
    reading = form.read(typed, today=TODAY, lookups=LOOKUPS, demonstration=True, settings=thresholds(), known=known)
    assert ("cfs" in reading.warnings) is warned


@pytest.mark.parametrize(("used", "asked"), [(["none"], set()), (["phq2"], {"measured_on", "mode", "language"})])
def test_nobody_says_when_and_how_measures_were_answered_that_were_not_used(used: list[str], asked: set[str]) -> None:
    said = {"not_used_why": "She was too tired."} if used == ["none"] else {}
    reading = read_filled("F12", tools_used=used, measured_on=None, mode=None, language=None, **said)
    assert reading.errors.keys() == asked
