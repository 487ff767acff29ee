"""Forgetting what was kept only for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, exists, or_, select

from workflows.casework.completion import Completion
from workflows.casework.document import Attachment
from workflows.casework.referral import Referral
from workflows.casework.staff import BrowserSession, IdempotencyKey, SentPage, SignInAttempt
from workflows.desk import Desk

ATTEMPTS_KEPT = timedelta(days=1)
SESSIONS_KEPT = timedelta(days=2)  # none counts that long
ANSWERS_KEPT = timedelta(days=7)
STRAY_FILES_KEPT = timedelta(days=60)  # longer than any draft of a version that did not say whose a file is


def forget_old_attempts(desk: Desk) -> int:
    """Forget failed sign-ins, sessions of days ago and answers to requests and pages of weeks ago.

    Returns how many rows went.
    """
    with desk.work() as work:
        gone = [
            work.session.execute(delete(SignInAttempt).where(SignInAttempt.at < work.now - ATTEMPTS_KEPT)),
            work.session.execute(delete(BrowserSession).where(BrowserSession.began_at < work.now - SESSIONS_KEPT)),
            work.session.execute(delete(IdempotencyKey).where(IdempotencyKey.at < work.now - ANSWERS_KEPT)),
            work.session.execute(delete(SentPage).where(SentPage.at < work.now - ANSWERS_KEPT)),
        ]
        work.commit()
        return sum(_rows(result) for result in gone)


def forget_stray_files(desk: Desk) -> int:
    """Throw away the files whose draft is over and which went to no case; returns how many.

    A member of staff's draft takes its files with it. A referrer's is kept as a referral that was sent, or emptied.
    """
    over = exists(select(Referral.id).where(Referral.id == Attachment.referral_id, Referral.status != "draft"))
    with desk.work() as work:
        nobodys = Attachment.draft_id.is_(None) & Attachment.referral_id.is_(None)
        stray = or_(over, nobodys & (Attachment.added_at < work.now - STRAY_FILES_KEPT))
        gone = work.session.execute(
            delete(Attachment).where(Attachment.case_id.is_(None), stray).execution_options(synchronize_session=False)
        )
        work.commit()
        return _rows(gone)


def forget_old_completions(desk: Desk) -> int:
    """Forget what was kept for taking steps back once its time is over, unless one was taken back; returns how many."""
    over = (Completion.until < desk.clock.now(), Completion.taken_back_at.is_(None))
    with desk.work() as work:
        gone = work.session.execute(delete(Completion).where(*over).execution_options(synchronize_session=False))
        work.commit()
        return _rows(gone)


def _rows(result: Any) -> int:
    return int(result.rowcount)
