"""Giving a notice that could not be delivered another try."""

from __future__ import annotations

from uuid import UUID

from workflows.casework.access import may
from workflows.casework.errors import NotAllowed, NotFound, RuleBroken
from workflows.casework.notice import Notice
from workflows.desk import Desk


def try_again(desk: Desk, notice_id: UUID) -> None:
    """Put an undelivered notice back among the waiting ones, to be sent at the worker's next round."""
    if not may(desk.actor, "operations.see"):
        raise NotAllowed("Operations are for system administrators and service managers.")
    with desk.work() as work:
        notice = work.session.get(Notice, notice_id, with_for_update=True)
        if notice is None:
            raise NotFound("There is no such notice.")
        if notice.status not in ("failed", "waiting"):
            raise RuleBroken("This notice is not waiting to be sent.")
        notice.status, notice.attempts, notice.next_attempt_at = "waiting", 0, work.now
        notice.happened("notice tried again", **notice.told_by)
        work.commit()
