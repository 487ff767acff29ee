"""D6a: not known is never low. D7: nobody is advised to leave while a safety matter is open."""

from __future__ import annotations

import pytest

from tests.tables.shipped import decide, reason

WELL = {
    "cfs": 3,
    "efi": 0.05,
    "em_adm_12m": 0,
    "carer_strain": False,
    "ed_12m": 0,
    "safeguarding_open": False,
    "falls_12m": 0,
    "assessment_complete": True,
    "ltc_count": 1,
    "meds": 2,
    "phq2": 0,
    "ucla3": 3,
}


def risk(**facts: object) -> tuple[object, object]:
    outputs = decide("risk_level", **{**WELL, **facts}).outputs
    return outputs["risk_level"], outputs["reason_code"]


@pytest.mark.parametrize(
    ("facts", "level", "code"),
    [
        ({"cfs": 9}, "palliative", "R_PALLIATIVE"),
        ({"cfs": 8, "efi": 0.5}, "palliative", "R_PALLIATIVE"),
        ({"cfs": 7}, "very_high", "R_VH_CFS"),
        ({"efi": 0.37}, "very_high", "R_VH_EFI"),
        ({"em_adm_12m": 3}, "very_high", "R_VH_ADMISSIONS"),
        ({"em_adm_12m": 2, "carer_strain": True}, "very_high", "R_VH_CARER"),
        ({"cfs": 6}, "high", "R_H_CFS"),
        ({"efi": 0.36}, "high", "R_H_EFI"),  # the edge belongs to the lower band
        ({"efi": 0.25}, "high", "R_H_EFI"),
        ({"em_adm_12m": 2}, "high", "R_H_ADMISSIONS"),
        ({"em_adm_12m": 2, "carer_strain": "unknown"}, "high", "R_H_ADMISSIONS"),
        ({"ed_12m": 6}, "high", "R_H_ED"),
        ({"safeguarding_open": True}, "high", "R_H_SAFEGUARDING"),
        ({"falls_12m": 3}, "high", "R_H_FALLS"),
        ({"assessment_complete": False, "cfs": 5}, "unknown", "R_UNKNOWN"),
        ({"assessment_complete": "unknown"}, "unknown", "R_UNKNOWN"),
        ({"assessment_complete": False, "cfs": 6}, "high", "R_H_CFS"),
        ({"cfs": 5}, "medium", "R_M_CFS"),
        ({"efi": 0.24}, "medium", "R_M_EFI"),
        ({"efi": 0.13}, "medium", "R_M_EFI"),
        ({"ltc_count": 2}, "medium", "R_M_CONDITIONS"),
        ({"meds": 10}, "medium", "R_M_MEDICINES"),
        ({"phq2": 3}, "medium", "R_M_MOOD"),
        ({"ucla3": 6}, "medium", "R_M_LONELY"),
        ({"efi": 0.12}, "low", "R_LOW"),
        ({"cfs": 4, "em_adm_12m": 1, "ed_12m": 5, "falls_12m": 2, "meds": 9, "phq2": 2, "ucla3": 5}, "low", "R_LOW"),
        ({"cfs": -1, "efi": -1, "em_adm_12m": -1, "ed_12m": -1, "falls_12m": -1}, "low", "R_LOW"),
    ],
)
def test_each_sign_of_risk_at_its_edge(facts: dict[str, object], level: str, code: str) -> None:
    assert risk(**facts) == (level, code)


def test_when_nothing_is_known_the_risk_is_unknown_and_not_low() -> None:
    assert decide("risk_level").outputs["risk_level"] == "unknown"


SETTLED = {
    "safeguarding_open": False,
    "open_s_task": False,
    "person_wants_end": False,
    "capacity": "not_needed",
    "goals_met_pct": 75,
    "stable_weeks": 8,
    "open_actions": 0,
    "risk_level": "medium",
    "ongoing_service": False,
    "weeks_open": 20,
    "unchanged_reviews": 0,
}


@pytest.mark.parametrize(
    ("facts", "advice", "code"),
    [
        ({}, "ready", "Q_READY"),
        ({"risk_level": "low"}, "ready", "Q_READY"),
        ({"safeguarding_open": True, "person_wants_end": True}, "not_ready", "Q_SAFEGUARDING"),
        ({"safeguarding_open": "unknown"}, "not_ready", "Q_SAFEGUARDING"),
        ({"open_s_task": True}, "not_ready", "Q_SAFETY_TASK"),
        ({"open_s_task": "unknown"}, "not_ready", "Q_SAFETY_TASK"),
        ({"person_wants_end": True, "goals_met_pct": 0}, "discharge_by_choice", "Q_CHOICE"),
        ({"person_wants_end": True, "capacity": "has"}, "discharge_by_choice", "Q_CHOICE"),
        ({"person_wants_end": True, "capacity": "lacks"}, "mdt_discussion", "Q_CHOICE_CAPACITY"),
        ({"person_wants_end": True, "capacity": "doubt"}, "mdt_discussion", "Q_CHOICE_CAPACITY"),
        ({"person_wants_end": True, "capacity": "unknown"}, "mdt_discussion", "Q_CHOICE_CAPACITY"),
        ({"capacity": "lacks"}, "ready", "Q_READY"),
        ({"person_wants_end": "unknown", "goals_met_pct": 0}, "continue", "Q_CONTINUE"),
        ({"goals_met_pct": 74}, "continue", "Q_CONTINUE"),
        ({"stable_weeks": 7}, "continue", "Q_CONTINUE"),
        ({"open_actions": 1}, "continue", "Q_CONTINUE"),
        ({"risk_level": "high"}, "continue", "Q_CONTINUE"),
        ({"risk_level": "unknown"}, "continue", "Q_CONTINUE"),
        ({"goals_met_pct": 50, "stable_weeks": 12, "ongoing_service": True}, "ready_with_handover", "Q_HANDOVER"),
        ({"goals_met_pct": 49, "stable_weeks": 12, "ongoing_service": True}, "continue", "Q_CONTINUE"),
        ({"goals_met_pct": 50, "stable_weeks": 11, "ongoing_service": True}, "continue", "Q_CONTINUE"),
        ({"goals_met_pct": 50, "stable_weeks": 12, "ongoing_service": False}, "continue", "Q_CONTINUE"),
        ({"goals_met_pct": 10, "weeks_open": 26, "unchanged_reviews": 2}, "mdt_discussion", "Q_LONG_STAY"),
        ({"goals_met_pct": 10, "weeks_open": 25, "unchanged_reviews": 2}, "continue", "Q_CONTINUE"),
        ({"goals_met_pct": 10, "weeks_open": 26, "unchanged_reviews": 1}, "continue", "Q_CONTINUE"),
        ({"goals_met_pct": -1, "stable_weeks": -1}, "continue", "Q_CONTINUE"),
    ],
)
def test_each_advice_at_its_edge(facts: dict[str, object], advice: str, code: str) -> None:
    outputs = decide("discharge_readiness", **{**SETTLED, **facts}).outputs
    assert (outputs["discharge_readiness"], outputs["reason_code"]) == (advice, code)


def test_when_nothing_is_known_nobody_is_ready_to_leave() -> None:
    assert reason("discharge_readiness") == "Q_SAFEGUARDING"
