"""Sending what lies in the outbox: claimed first, sent, then marked, so that a crash never loses a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from workflows.actions.digests import DIGESTS, words_at_sending
from workflows.actions.sign_in import reset_link
from workflows.casework.case import Case
from workflows.casework.notice import Notice
from workflows.casework.staff import StaffMember
from workflows.desk import Desk, Work
from workflows.duties.telling import TOLD_TO_STOP
from workflows.duties.wording import notice_text
from workflows.storage import cases
from workflows.storage.doers import may_be_asked

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


def due_notices(desk: Desk, limit: int = NOTICES_A_ROUND) -> list[UUID]:
    """Return at most so many notices whose next attempt has come, oldest first."""
    with desk.looking() as session:
        query = (
            select(Notice.id)
            .where(Notice.status == "waiting", Notice.next_attempt_at <= desk.clock.now())
            .order_by(Notice.next_attempt_at, Notice.id)
            .limit(limit)
        )
        return list(session.scalars(query))


def claim_notice(desk: Desk, notice_id: UUID) -> Mail | None:
    """Take a notice for sending; None when it is no longer due or must not go out: both are checked now."""
    with desk.work() as work:
        notice = work.session.scalar(select(Notice).where(Notice.id == notice_id).with_for_update())
        if notice is None or notice.status != "waiting" or (notice.next_attempt_at or work.now) > work.now:
            return None
        held_back = _why_not(work, notice)
        if held_back:
            notice.suppressed(held_back)
            work.commit()
            return None
        words = words_at_sending(work, notice) if notice.kind in DIGESTS else notice.words
        if words is None:
            notice.suppressed("nothing in it is theirs to do any more")
            work.commit()
            return None
        notice.next_attempt_at = work.now + LEASE
        notice.happened("notice taken for sending", kind=notice.kind)
        subject, body = notice_text(words.get("kind", notice.kind), {"link": _link(work, notice)} | words)
        domain = desk.settings.mail_from.partition("@")[2]
        mail = Mail(notice.id, f"<{notice.id.hex}@{domain}>", notice.address, subject, body, notice.attempts + 1)
        work.commit()
        return mail


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


def _why_not(work: Work, notice: Notice) -> str | None:
    """Say why a notice must not go out at this moment; None when it may."""
    case = work.session.get(Case, notice.case_id) if notice.case_id else None
    if notice.staff_id is None and case is not None:
        if case.person.dead:
            return "the person has died"
        if case.outbound_stopped:
            return "nothing more is sent about this case"
    staff = work.session.get(StaffMember, notice.staff_id) if notice.staff_id else None
    if staff is not None and not staff.active:
        return "the account is closed"
    if staff is not None and case is not None and not _may_read(work, notice.kind, staff, case):
        return "this case is not shared with this colleague"
    return None


def _may_read(work: Work, kind: str, staff: StaffMember, case: Case) -> bool:
    if kind in TOLD_TO_STOP:
        return staff.id not in cases.circle_of(work.session, case).excluded
    return bool(may_be_asked(work.session, (staff,), case, work.today))
