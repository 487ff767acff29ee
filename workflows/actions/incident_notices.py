"""Telling those who run the service, by email, that something waits for them that should have happened by itself."""

from __future__ import annotations

from sqlalchemy import select

from workflows.casework.access import PERMISSIONS
from workflows.casework.case import Case
from workflows.casework.incident import ACT, TRIES_ALONE, Incident
from workflows.casework.notice import Notice
from workflows.casework.staff import StaffMember
from workflows.desk import Work

KIND = "incident"


def tell_somebody(work: Work, case: Case | None, incident: Incident) -> None:
    """Write once a day and step, to each of those who mend it, when an incident begins to wait for a person.

    It names neither the case nor what failed: both stand on the page, for those who may know.
    """
    begins_to_wait = incident.tries == (1 if incident.kind == ACT else TRIES_ALONE)
    for staff in _whom(work, case) if begins_to_wait else ():
        once = f"{KIND}:{staff.id.hex}:{incident.process}:{incident.step_key}:{work.today.isoformat()}"
        if work.session.scalar(select(Notice.id).where(Notice.once == once)) is not None:
            continue
        link = f"{work.desk.settings.base_url}/operations/incidents"
        notice = Notice(
            staff_id=staff.id, address=staff.email, kind=KIND, words={"link": link}, once=once,
            made_at=work.now, next_attempt_at=work.now,
        )  # fmt: skip
        notice.happened("notice written", kind=KIND, to=staff.name)
        work.session.add(notice)


def _whom(work: Work, case: Case | None) -> list[StaffMember]:
    """Return who mends: administrators of the whole system, and the service managers of the case's programme."""
    everybody = work.session.scalars(select(StaffMember).where(StaffMember.active.is_(True)).order_by(StaffMember.name))
    return [
        staff
        for staff in everybody
        if any(
            post.role in PERMISSIONS["operations.mend"]
            and (case is None or post.programme_id in (None, case.programme_id))
            for post in staff.posts_on(work.today)
        )
    ]
