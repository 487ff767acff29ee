"""Telling those who look after parked messages that there is one: at most one e-mail a person a day."""

from __future__ import annotations

from sqlalchemy import or_, select

from workflows.casework.notice import Notice
from workflows.casework.staff import Membership, StaffMember
from workflows.desk import Work

KIND = "message_unmatched"
TOLD = "coordinator"  # the role that looks at the queue; managers see its count


def tell_somebody(work: Work) -> None:
    """Write a notice to each coordinator who was not told today already; it says nothing about anybody."""
    query = (
        select(StaffMember)
        .join(Membership)
        .where(
            Membership.role == TOLD,
            or_(Membership.valid_from.is_(None), Membership.valid_from <= work.today),
            or_(Membership.valid_to.is_(None), Membership.valid_to >= work.today),
            StaffMember.active.is_(True),
        )
        .distinct()
    )
    for staff in work.session.scalars(query).unique():
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
