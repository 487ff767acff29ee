"""Whether a day is a working day of somebody."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from workflows.casework.programme import Programme
from workflows.casework.staff import Membership, StaffMember
from workflows.working_time import ENGLAND, Calendar


def works_on(session: Session, staff: StaffMember, day: date) -> bool:
    """Say whether a team or programme in which somebody holds a post is open on a day; without any, England."""
    theirs = [_calendar_of(session, post) for post in staff.posts_on(day)]
    return any(calendar.is_working_day(day) for calendar in theirs or (ENGLAND,))


def _calendar_of(session: Session, post: Membership) -> Calendar:
    if post.programme_id is None:
        return ENGLAND
    return (post.team or session.get_one(Programme, post.programme_id)).calendar
