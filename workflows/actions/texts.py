"""Sending text messages that lie in the outbox. What cannot go by text goes by email as well, so that it is heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from workflows.actions.notices import LEASE, due_notices, held_if_due, mark_sent, words_to_send
from workflows.casework.escalation import Nudge
from workflows.casework.notice import Notice
from workflows.casework.staff import StaffMember
from workflows.casework.ways import TEXT
from workflows.desk import Desk, Work
from workflows.duties.outgoing import Told, put_out
from workflows.duties.wording import text_words

NO_TEXTS = "they get no text messages any more"
mark_text_sent = mark_sent  # as with email


@dataclass(frozen=True)
class Text:
    """One text message ready to go. `reference` stays the same however often it is tried."""

    notice_id: UUID
    reference: str
    to: str
    words: str
    attempt: int


def due_texts(desk: Desk, limit: int) -> Sequence[UUID]:
    """Return at most so many texts whose next attempt has come, oldest first."""
    return due_notices(desk, limit, TEXT)


def claim_text(desk: Desk, notice_id: UUID) -> Text | None:
    """Take a text for sending; None when it is no longer due or must not go out (yet): all is checked now."""
    with desk.work() as work:
        notice = held_if_due(work, notice_id)
        text = _text(work, notice) if notice else None
        work.commit()
        return text


def _text(work: Work, notice: Notice) -> Text | None:
    staff = _reader(work, notice)
    if not (staff.mobile and work.desk.settings.sends_texts):
        notice.suppressed(NO_TEXTS)
        _say_by_email(work, notice, staff)
        return None
    words = words_to_send(work, notice)
    if words is None:
        return None
    notice.taken(work.now, work.now + LEASE)
    said = text_words(words.get("kind", notice.kind), words)
    return Text(notice.id, notice.id.hex, staff.mobile, said, notice.attempts + 1)


def mark_text_failed(desk: Desk, notice_id: UUID, why: str, again_at: datetime | None) -> None:
    """Note a failed attempt and when to try again; what it was to tell goes by email meanwhile, once."""
    with desk.work() as work:
        notice = work.session.scalar(select(Notice).where(Notice.id == notice_id).with_for_update())
        if notice is None or notice.status != "waiting":
            return
        notice.failed(why, again_at)
        _say_by_email(work, notice, _reader(work, notice))
        work.commit()


def _reader(work: Work, notice: Notice) -> StaffMember:
    return work.session.get_one(StaffMember, notice.staff_id)


def _say_by_email(work: Work, notice: Notice, staff: StaffMember) -> None:
    """Tell by email what a text was to tell, unless an email told it."""
    once = notice.once.removesuffix(f":{TEXT}")
    email = put_out(work, Told(notice.kind, once, notice.words, notice.case_id, notice.task_id), staff)
    if email is None:
        return
    work.session.flush()  # the notice stands before what names it
    for nudge in work.session.scalars(select(Nudge).where(Nudge.text_id == notice.id)):
        nudge.notice_id = email.id
