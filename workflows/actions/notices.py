"""Sending email that lies in the outbox: claimed first, sent, then marked, so that a crash never loses a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from workflows.actions.climbing import RUNGS, when_due
from workflows.actions.digests import DIGESTS, words_at_sending
from workflows.actions.held_back import NOTHING_LEFT, quiet_until, why_not
from workflows.actions.sign_in import reset_link
from workflows.casework.notice import Notice
from workflows.casework.quiet import longest_wait
from workflows.casework.task import Task
from workflows.casework.ways import EMAIL
from workflows.desk import Desk, Work
from workflows.duties.telling import TOLD_TO_STOP
from workflows.duties.wording import notice_text

LEASE = timedelta(minutes=5)  # whoever claimed a notice and died gives it back after this
NOTICES_A_ROUND = 200


@dataclass(frozen=True)
class Mail:
    """One email ready to go. `message_id` stays the same however often it is tried."""

    notice_id: UUID
    message_id: str
    to: str
    subject: str
    body: str
    attempt: int


def due_notices(
    desk: Desk, limit: int = NOTICES_A_ROUND, channel: str = EMAIL, *also: ColumnElement[bool]
) -> list[UUID]:
    """Return at most so many notices of a channel whose next attempt has come, oldest first.

    Those among them that only a clock explains which has since been set back: they are not left to wait for it.
    """
    now = desk.clock.now()
    come = or_(Notice.next_attempt_at <= now, Notice.next_attempt_at > longest_wait(now), Notice.made_at > now)
    with desk.looking() as session:
        query = (
            select(Notice.id)
            .where(Notice.status == "waiting", Notice.channel == channel, come, *also)
            .order_by(Notice.next_attempt_at, Notice.id)
            .limit(limit)
        )
        return list(session.scalars(query))


def claim_notice(desk: Desk, notice_id: UUID) -> Mail | None:
    """Take a notice for sending; None when it is no longer due or must not go out (yet): all is checked now."""
    with desk.work() as work:
        notice = held_if_due(work, notice_id)
        if notice is None:
            return None
        words = words_to_send(work, notice)
        mail = None if words is None else _mail(work, notice, words)
        work.commit()
        return mail


def held_if_due(work: Work, notice_id: UUID) -> Notice | None:
    """Return a notice, held until the transaction ends; None when it is no longer due."""
    notice = work.session.scalar(select(Notice).where(Notice.id == notice_id).with_for_update())
    return notice if notice is not None and notice.due(work.now) else None


def words_to_send(work: Work, notice: Notice) -> dict[str, str] | None:
    """Return what a notice says now; None where it is held back, or waits for the morning, and then that is noted."""
    held_back = why_not(work, notice)
    words = None if held_back else _words_now(work, notice)
    morning = quiet_until(work, notice)
    if words is None:
        notice.suppressed(held_back or NOTHING_LEFT)
    elif morning is not None:
        notice.waits_until(work.now, morning)
        return None
    return words


def _words_now(work: Work, notice: Notice) -> dict[str, str] | None:
    """Return what a notice says at this moment; None where nothing of it concerns its reader any more."""
    if notice.kind in DIGESTS:
        return words_at_sending(work, notice)
    if notice.kind in RUNGS and notice.task_id:
        return notice.words | {"due": when_due(work.session.get_one(Task, notice.task_id), work.now)}
    return notice.words


def _mail(work: Work, notice: Notice, words: dict[str, str]) -> Mail:
    notice.taken(work.now, work.now + LEASE)
    subject, body = notice_text(words.get("kind", notice.kind), {"link": _link(work, notice)} | words)
    domain = work.desk.settings.mail_from.partition("@")[2]
    return Mail(notice.id, f"<{notice.id.hex}@{domain}>", notice.address, subject, body, notice.attempts + 1)


def _link(work: Work, notice: Notice) -> str:
    """Return where the reader goes: staff to the case, a referrer to the page that shows how far the referral is."""
    if "reset" in notice.words:  # the link's token is worked out now, so that no table ever holds it
        return reset_link(work.desk.settings, UUID(notice.words["reset"]))
    address = work.desk.settings.base_url
    if notice.kind in TOLD_TO_STOP:  # they may have no case to open any more
        return f"{address}/inbox"
    if notice.staff_id is None:
        return f"{address}/refer/status"
    return f"{address}/cases/{notice.words['case_number']}" if "case_number" in notice.words else f"{address}/inbox"


def mark_sent(desk: Desk, notice_id: UUID) -> None:
    """Note that the mail server took the notice."""
    _mark(desk, notice_id, lambda notice, now: notice.sent(now))


def mark_failed(desk: Desk, notice_id: UUID, why: str, again_at: datetime | None) -> None:
    """Note a failed attempt and when to try again; without a next time a person has to look."""
    _mark(desk, notice_id, lambda notice, _: notice.failed(why, again_at))


def _mark(desk: Desk, notice_id: UUID, change: Callable[[Notice, datetime], None]) -> None:
    with desk.work() as work:
        notice = work.session.scalar(select(Notice).where(Notice.id == notice_id).with_for_update())
        if notice is not None and notice.status == "waiting":
            change(notice, work.now)
            work.commit()
