"""D1: the two exclusions are absolute, and not known is a third answer."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tables.shipped import decide, reason
from workflows.casework.person import age_on

ADULT = {"deceased": False, "age_years": 40, "gp_reg": "local", "open_case": False}


@pytest.mark.parametrize(
    ("changes", "code", "outcome"),
    [
        ({"deceased": True, "age_years": 12}, "E_DECEASED", "not_eligible"),
        ({"age_years": -1, "gp_reg": "other"}, "E_AGE_UNKNOWN", "needs_info"),
        ({"age_years": 17, "gp_reg": "unknown"}, "E_UNDER_18", "not_eligible"),
        ({"gp_reg": "unknown", "open_case": True}, "E_GP_UNKNOWN", "needs_info"),
        ({"gp_reg": "none"}, "E_NO_GP", "not_eligible"),
        ({"gp_reg": "other"}, "E_NOT_LOCAL_GP", "not_eligible"),
        ({"open_case": True}, "E_OPEN_CASE", "duplicate"),
        ({}, "E_OK", "eligible"),
        ({"age_years": "unknown"}, "E_AGE_UNKNOWN", "needs_info"),
        ({"gp_reg": "temporary"}, "E_GP_UNKNOWN", "needs_info"),  # an answer nobody foresaw is not a yes
    ],
)
def test_each_row_in_its_order(changes: dict[str, object], code: str, outcome: str) -> None:
    outputs = decide("eligibility", **{**ADULT, **changes}).outputs
    assert (outputs["reason_code"], outputs["eligibility"]) == (code, outcome)


@pytest.mark.parametrize(
    ("born", "referred", "code"),
    [
        (date(2008, 11, 24), date(2026, 11, 23), "E_UNDER_18"),  # 17 years and 364 days
        (date(2008, 11, 23), date(2026, 11, 23), "E_OK"),  # the 18th birthday is today
        (date(2008, 11, 22), date(2026, 11, 23), "E_OK"),
        (date(2008, 2, 29), date(2026, 2, 28), "E_UNDER_18"),  # born on a leap day: of age on 1 March
        (date(2008, 2, 29), date(2026, 3, 1), "E_OK"),
        (date(1928, 2, 29), date(2028, 2, 29), "E_OK"),
        (date(2026, 11, 23), date(2026, 11, 23), "E_UNDER_18"),
    ],
)
def test_the_eighteenth_birthday_is_the_line(born: date, referred: date, code: str) -> None:
    assert reason("eligibility", **{**ADULT, "age_years": age_on(born, referred)}) == code


def test_a_referral_about_which_nothing_is_known_is_asked_about_and_never_accepted() -> None:
    assert decide("eligibility").outputs["eligibility"] == "needs_info"
