"""How long to wait before trying again: a value, so that it can be read and tested."""

from __future__ import annotations

from datetime import timedelta

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=4)
MAIL_ATTEMPTS = 12  # about a day and a half of trying


def wait_after(failures: int) -> timedelta:
    """Return the wait after so many failures in a row: doubling from a minute, never above four hours."""
    doublings = min(max(failures - 1, 0), 20)  # enough to reach the longest wait
    return min(FIRST * (1 << doublings), LONGEST)
