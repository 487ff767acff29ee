"""D2 collects the reasons and weighs them; D5 finds the team."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.tables.shipped import decide, reason, table, thresholds

NOBODY = {
    "risk_admission": False,
    "risk_care_home": False,
    "preventable": "unknown",
    "hiu_flag": False,
    "ed_12m": -1,
    "gp_contacts_12m": -1,
    "nhs111_12m": -1,
    "ltc_count": -1,
    "would_benefit_collab": False,
    "frailty_factor_count": 0,
}


def reasons(**facts: object) -> object:
    return decide("suitability", **{**NOBODY, **facts}).outputs["suitability"]


@pytest.mark.parametrize(
    ("facts", "added"),
    [
        ({}, []),
        ({"risk_admission": True, "preventable": "yes"}, ["A_ADMISSION"]),
        ({"risk_admission": True, "preventable": "possibly"}, ["A_ADMISSION"]),
        ({"risk_admission": True, "preventable": "no"}, []),
        ({"risk_admission": True, "preventable": "unknown"}, []),
        ({"risk_care_home": True, "preventable": "yes"}, ["A_CARE_HOME"]),
        ({"risk_admission": True, "risk_care_home": True, "preventable": "yes"}, ["A_ADMISSION", "A_CARE_HOME"]),
        ({"hiu_flag": True}, ["B_HIU"]),
        ({"hiu_flag": True, "ed_12m": 30}, ["B_HIU"]),  # once, however many signs there are
        ({"ed_12m": 5}, []),
        ({"ed_12m": 6}, ["B_HIU"]),
        ({"ed_12m": 6, "hiu_flag": "unknown"}, ["B_HIU"]),
        ({"gp_contacts_12m": 49}, []),
        ({"gp_contacts_12m": 50}, ["B_HIU"]),
        ({"gp_contacts_12m": 150}, ["B_HIU"]),  # about three calls a week, as in the leaflet's story
        ({"nhs111_12m": 5}, []),
        ({"nhs111_12m": 6}, ["B_HIU"]),
        ({"ltc_count": 1, "would_benefit_collab": True}, []),
        ({"ltc_count": 2, "would_benefit_collab": True}, ["C_MULTI_LTC"]),
        ({"ltc_count": 2, "would_benefit_collab": False}, []),
        ({"frailty_factor_count": 1}, []),
        ({"frailty_factor_count": 2}, ["D_FRAILTY"]),
    ],
)
def test_each_reason_is_collected_at_its_edge(facts: dict[str, object], added: list[str]) -> None:
    assert reasons(**facts) == ["BASE", *added]


def test_a_programme_moves_its_own_edges() -> None:
    stricter = {**thresholds(), **NOBODY, "ed_12m": 20, "hiu_ed": 20}
    assert table("suitability").decide(stricter).outputs["suitability"] == ["BASE"]


GROUPS = ("A_ADMISSION", "B_HIU", "C_MULTI_LTC", "D_FRAILTY")


@pytest.mark.parametrize("count", range(5))
def test_two_groups_are_strong_one_is_enough_none_is_not(count: int) -> None:
    verdict = "not_suitable" if count == 0 else "suitable" if count == 1 else "strongly_suitable"
    for chosen in combinations(GROUPS, count):
        facts = {"suitability": ["BASE", *chosen], "grounds_told": True}
        outputs = decide("suitability_verdict", **facts).outputs
        assert outputs["suitability_verdict"] == verdict
        assert "leaflet" not in str(outputs["explain"]), "its reader knows the programme, no leaflet"


def test_admission_and_care_home_are_one_group() -> None:
    both = ["BASE", "A_ADMISSION", "A_CARE_HOME"]
    assert reason("suitability_verdict", suitability=both, grounds_told=True) == "S_ONE_A"
    assert reason("suitability_verdict", suitability=["BASE", "A_CARE_HOME"], grounds_told=True) == "S_ONE_A"


def test_who_stands_on_a_list_that_says_nothing_of_the_groups_is_not_advised_against() -> None:
    assert reason("suitability_verdict", suitability=["BASE"], grounds_told=False) == "S_NOT_TOLD"
    assert reason("suitability_verdict", suitability=["BASE", "B_HIU"], grounds_told=False) == "S_ONE_B"


@pytest.mark.parametrize(
    ("status", "count", "state", "goes_to", "code"),
    [
        ("found", 1, "active", "team", "T_TEAM"),
        ("found", 1, "suspended", "cover_team", "T_COVER"),
        ("found", 2, "active", "choose", "T_OVERLAP"),
        ("found", 3, "suspended", "choose", "T_OVERLAP"),
        ("closed", 1, "active", "unrouted", "T_CLOSED"),
        ("closed", 2, "active", "unrouted", "T_CLOSED"),
        ("unknown", 0, "none", "unrouted", "T_UNROUTED"),
        ("found", 0, "none", "unrouted", "T_UNROUTED"),
        ("found", 1, "none", "unrouted", "T_UNROUTED"),
    ],
)
def test_a_practice_leads_to_a_team_or_to_a_person_who_chooses(
    status: str, count: int, state: str, goes_to: str, code: str
) -> None:
    outputs = decide("routing", practice_status=status, team_count=count, team_state=state).outputs
    assert (outputs["routing"], outputs["reason_code"]) == (goes_to, code)
