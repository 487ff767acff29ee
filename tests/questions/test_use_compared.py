"""What was used before and during the episode stands side by side, and a fall is never called a success."""

from __future__ import annotations

from typing import Any

import pytest

from forms import Catalogue, Form
from workflows.questions.use_compared import UseCompared, compared

BEFORE = {"start": "2025-11-16", "end": "2026-11-15"}
DURING = {"start": "2026-11-16", "end": "2027-02-07"}


@pytest.fixture(scope="module")
def form() -> Form:
    return Catalogue.shipped().form("F29")


def side_by_side(form: Form, before: dict[str, Any], during: dict[str, Any]) -> UseCompared | None:
    return compared(form, {"before": BEFORE | before, "during": DURING | during}, shortest=30)


def test_each_count_is_reckoned_for_a_year_of_its_own_days(form: Form) -> None:
    use = side_by_side(form, {"gp_contacts": 150, "falls": 1}, {"gp_contacts": 6, "falls": 1})
    assert use is not None
    told = [(row.label, round(row.before.a_year or 0), round(row.during.a_year or 0), row.fell) for row in use.rows]
    assert told == [("GP practice contacts", 150, 26, True), ("Falls", 1, 4, False)]
    assert (use.before.days, use.during.days, use.fell) == (365, 84, True)


def test_what_was_counted_in_one_period_only_is_not_compared_with_nothing(form: Form) -> None:
    use = side_by_side(form, {"gp_contacts": 150, "falls": 0}, {"bed_days": 2, "falls": 0})
    assert use is not None
    assert [row.label for row in use.rows] == ["Falls"]
    assert side_by_side(form, {"gp_contacts": 150}, {"bed_days": 2}) is None


def test_a_short_period_is_not_reckoned_for_a_year(form: Form) -> None:
    use = side_by_side(form, {"falls": 9}, {"falls": 0, "end": "2026-12-14"})
    assert use is not None
    assert not use.during.enough
    assert not use.fell
    assert use.rows[0].during.a_year is None
    enough = side_by_side(form, {"falls": 9}, {"falls": 0, "end": "2026-12-15"})
    assert enough is not None
    assert enough.fell
