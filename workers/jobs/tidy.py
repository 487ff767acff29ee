"""Put away what nobody needs any more: draft referrals never sent, what was kept for retries and for taking back."""

from __future__ import annotations

from workflows.actions.housekeeping import forget_old_attempts, forget_old_completions, forget_stray_files
from workflows.actions.lists import forget_old_rows
from workflows.actions.referrals import purge_old_drafts
from workflows.assembly import Office


def work(office: Office) -> tuple[int, int]:
    """Purge draft referrals past their time (their referrer is told), rows of old lists, stray files, throttling."""
    desk = office.desk()
    purged = purge_old_drafts(desk) + forget_old_completions(desk)
    office.take_stock()
    return purged + forget_old_rows(desk) + forget_stray_files(desk) + forget_old_attempts(desk), 0
