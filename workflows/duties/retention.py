"""How long the record of a closed case is kept: the longest time that counts for any part of it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from workflows.casework.document import Document
from workflows.casework.staff import Membership
from workflows.clock import london_day
from workflows.duties.register import Asking

MENTAL_HEALTH = "mh_practitioner"


def kept_until(asking: Asking) -> date:
    """Return the day until which the record is kept when the case closes today."""
    programme, today = asking.case.programme, asking.work.today
    years = programme.number("retention_years", today)
    if _with_mental_health_care(asking):
        years = max(years, programme.number("retention_years_mental_health", today))
    return date(today.year + years, today.month, 28 if (today.month, today.day) == (2, 29) else today.day)


def _with_mental_health_care(asking: Asking) -> bool:
    """Whether a mental health practitioner wrote any part of the record, in that post on that day."""
    written = asking.work.session.execute(
        select(Document.completed_at, Membership)
        .join(Membership, Membership.staff_id == Document.author_id)
        .where(Document.case_id == asking.case.id, Membership.role == MENTAL_HEALTH)
        .where(Membership.programme_id == asking.case.programme_id)
    )
    return any(post.counts_on(london_day(at)) for at, post in written)
