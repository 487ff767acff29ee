"""Forgetting what was kept only for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from workflows.casework.staff import IdempotencyKey, SignInAttempt
from workflows.desk import Desk

ATTEMPTS_KEPT = timedelta(days=1)
ANSWERS_KEPT = timedelta(days=7)


def forget_old_attempts(desk: Desk) -> int:
    """Forget failed sign-ins older than a day and API answers older than a week; returns how many rows went."""
    with desk.work() as work:
        gone = [
            work.session.execute(delete(SignInAttempt).where(SignInAttempt.at < work.now - ATTEMPTS_KEPT)),
            work.session.execute(delete(IdempotencyKey).where(IdempotencyKey.at < work.now - ANSWERS_KEPT)),
        ]
        work.commit()
        return sum(_rows(result) for result in gone)


def _rows(result: Any) -> int:
    return int(result.rowcount)
