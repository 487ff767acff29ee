"""When what can wait is told: at nine on a working day, on Mondays only, or at once."""

from __future__ import annotations

from datetime import datetime

import pytest

from workflows.casework.mornings import told_at
from workflows.working_time import ENGLAND


@pytest.mark.parametrize(
    ("comes", "how", "told"),
    [
        ("2026-11-16T09:00", "daily", "2026-11-16T09:00"),
        ("2026-11-16T17:00", "daily", "2026-11-17T09:00"),
        ("2026-11-20T17:00", "daily", "2026-11-23T09:00"),
        ("2026-11-21T17:00", "at once", "2026-11-21T17:00"),
        ("2026-11-30T08:30", "weekly", "2026-11-30T09:00"),
        ("2026-11-30T17:00", "weekly", "2026-12-07T09:00"),
        ("2026-12-02T17:00", "weekly", "2026-12-07T09:00"),
        ("2026-12-24T17:00", "weekly", "2026-12-29T09:00"),  # the 28th is a holiday
        ("2026-12-28T17:00", "weekly", "2026-12-29T09:00"),
    ],
)
def test_what_can_wait_is_told_at_nine_on_the_next_working_day_or_the_first_of_a_week(
    comes: str, how: str, told: str
) -> None:
    assert told_at(datetime.fromisoformat(f"{comes}+00:00"), how, ENGLAND) == datetime.fromisoformat(f"{told}+00:00")
