"""D4 says how soon, D6b when again; both in durations the calendar can count."""

from __future__ import annotations

import pytest

from tests.tables.shipped import decide, limits, table
from workflows.working_time import Duration

CALM = {
    "immediate_danger": False,
    "safeguarding_now": False,
    "crisis_24h": False,
    "suicidal_now": False,
    "admission_likely_7d": False,
    "discharged_14d": False,
    "carer_breakdown": False,
    "risk_level": "unknown",
    "source": "gp",
}


@pytest.mark.parametrize(
    ("facts", "code", "priority", "mdt_by"),
    [
        ({"immediate_danger": True, "crisis_24h": True}, "P_DANGER", "emergency", "1WD"),
        ({"safeguarding_now": True, "carer_breakdown": True}, "P_SAFEGUARDING", "urgent", "1WD"),
        ({"crisis_24h": True}, "P_CRISIS", "urgent", "1WD"),
        ({"suicidal_now": True, "source": "risk_list"}, "P_SUICIDAL", "urgent", "1WD"),
        ({"admission_likely_7d": True}, "P_ADMISSION", "high", "10WD"),
        ({"discharged_14d": True}, "P_DISCHARGED", "high", "10WD"),
        ({"carer_breakdown": True}, "P_CARER", "high", "10WD"),
        ({"risk_level": "very_high", "source": "risk_list"}, "P_RISK", "high", "10WD"),
        ({"risk_level": "palliative"}, "P_RISK", "high", "10WD"),
        ({"source": "risk_list"}, "P_LIST", "planned", "20WD"),
        ({"risk_level": "high"}, "P_STANDARD", "standard", "20WD"),
        ({}, "P_STANDARD", "standard", "20WD"),
    ],
)
def test_the_gravest_sign_sets_the_priority(facts: dict[str, object], code: str, priority: str, mdt_by: str) -> None:
    outputs = decide("priority", **{**CALM, **facts}).outputs
    assert outputs["reason_code"] == code
    assert (outputs["priority"], outputs["mdt_by"]) == (priority, mdt_by)


@pytest.mark.parametrize(
    ("level", "days", "review", "full", "missed"),
    [
        ("very_high", -1, "14D", "12W", "1D"),
        ("very_high", 3, "14D", "12W", "1D"),
        ("palliative", -1, "14D", "12W", "1D"),
        ("palliative", 0, "14D", "12W", "1D"),
        ("high", -1, "28D", "12W", "2WD"),
        ("unknown", -1, "28D", "12W", "2WD"),
        ("medium", -1, "56D", "26W", "5WD"),
        ("low", -1, "84D", "26W", "5WD"),
        ("high", 0, "10WD", "12W", "1WD"),
        ("unknown", 14, "10WD", "12W", "1WD"),
        ("medium", 14, "10WD", "26W", "1WD"),
        ("low", 7, "10WD", "26W", "1WD"),
        ("low", 15, "84D", "26W", "5WD"),
        ("high", 15, "28D", "12W", "2WD"),
        ("something else", -1, "28D", "12W", "2WD"),
    ],
)
def test_the_next_review_follows_the_risk_and_the_hospital(
    level: str, days: int, review: str, full: str, missed: str
) -> None:
    outputs = decide("review_interval", risk_level=level, days_since_hospital_discharge=days).outputs
    assert (outputs["review_interval"], outputs["full_review"], outputs["missed_contact"]) == (review, full, missed)


def test_an_unknown_level_is_timed_like_high_even_when_nothing_is_known() -> None:
    assert decide("review_interval").outputs["review_interval"] == "28D"


@pytest.mark.parametrize(("key", "columns"), [("priority", (1,)), ("review_interval", (0, 1, 2))])
def test_every_time_of_a_table_is_a_setting_that_can_be_counted(key: str, columns: tuple[int, ...]) -> None:
    for rule in table(key).rules:
        for place in columns:
            assert Duration.parse(str(limits()[rule.results[place]])).amount > 0
