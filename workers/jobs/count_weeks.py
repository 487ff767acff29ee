"""Count what is overdue at the end of each week."""

from __future__ import annotations

from workflows.actions.overdue_weeks import count_weeks
from workflows.assembly import Office


def work(office: Office) -> tuple[int, int]:
    """Count the weeks that are over and not counted yet."""
    return count_weeks(office.desk()), 0
