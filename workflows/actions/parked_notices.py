"""Telling those who look after parked messages that there is one: at most one email a person a day."""

from __future__ import annotations

from sqlalchemy import select

from workflows.casework.message import Message
from workflows.casework.notice import Notice
from workflows.casework.staff import StaffMember
from workflows.desk import Work
from workflows.storage.message_settlers import settlers_of

KIND = "message_unmatched"
TOLD = "coordinator"  # the role that looks at the queue; managers see its count


def tell_somebody(work: Work, message: Message) -> None:
    """Write a notice to each coordinator whose message it is and who was not told today already.

    Where it is no coordinator's, their managers are told. The notice says nothing about anybody.
    """
    work.session.flush()
    able = settlers_of(work.session, message.id, work.today)
    coordinators = [staff for staff in able if any(post.role == TOLD for post in staff.posts_on(work.today))]
    for staff in coordinators or able:
        once = f"{KIND}:{staff.id.hex}:{work.today.isoformat()}"
        if work.session.scalar(select(Notice.id).where(Notice.once == once)) is None:
            _write(work, staff, once)


def _write(work: Work, staff: StaffMember, once: str) -> None:
    notice = Notice(
        staff_id=staff.id,
        address=staff.email,
        kind=KIND,
        words={"link": f"{work.desk.settings.base_url}/messages"},
        once=once,
        made_at=work.now,
        next_attempt_at=work.now,
    )
    notice.happened("notice written", kind=KIND, to=staff.name)
    work.session.add(notice)
