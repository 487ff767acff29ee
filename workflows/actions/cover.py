"""Who covers for somebody on leave: able to on all those days and here, told of it ahead, and changed when need be."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from forms.days import long_date
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, RuleBroken
from workflows.casework.leave import may_cover, may_enter_leave
from workflows.casework.staff import Absence, StaffMember
from workflows.desk import Desk, Work
from workflows.duties.outgoing import Told, put_out


def why_not_cover(work: Work, staff: StaffMember, cover_id: UUID | None, first_day: date, last_day: date) -> str:
    """Say why somebody cannot cover on these days; empty where they can, and where nobody is to cover."""
    if cover_id is None:
        return ""
    cover, first = work.session.get(StaffMember, cover_id), max(first_day, work.today)
    if cover is None or not may_cover(cover, staff, first, last_day):
        return f"Choose somebody else, whose role lets them do what is for {staff.name}"
    away = leave_between(work, cover.id, first, last_day)
    if away is None:
        return ""
    days = f"from {long_date(away.first_day)} to {long_date(away.last_day)}"
    return f"{cover.name} is away too, {days}. Choose somebody who is here on all these days"


def leave_between(work: Work, staff_id: UUID, first_day: date, last_day: date) -> Absence | None:
    """Return leave of somebody that shares a day with these days, if there is any."""
    shared = (Absence.staff_id == staff_id) & (Absence.first_day <= last_day) & (Absence.last_day >= first_day)
    return work.session.scalar(select(Absence).where(shared).order_by(Absence.first_day).limit(1))


def change_cover(desk: Desk, leave_id: UUID, cover_id: UUID | None) -> None:
    """Let somebody else cover, or nobody; what came into the hands of whoever covered so far stays there."""
    with desk.work() as work:
        leave = work.session.get(Absence, leave_id)
        if leave is None:
            raise NotFound("There is no such leave.")
        staff = work.session.get_one(StaffMember, leave.staff_id)
        if not may_enter_leave(work.actor, staff, work.today):
            raise NotAllowed("Cover is changed by the person who is away, or by the manager of their team.")
        if leave.last_day < work.today:
            raise RuleBroken("This leave is over.")
        if why_not := why_not_cover(work, staff, cover_id, leave.first_day, leave.last_day):
            raise AnswersRefused({"cover": why_not})
        if leave.cover_id != cover_id:
            leave.covered_by(work.session.get(StaffMember, cover_id) if cover_id else None)
            tell_cover(work, leave)
        work.commit()


def tell_cover(work: Work, leave: Absence) -> None:
    """Tell whoever covers, ahead, from when to when; twice is once, and nobody is told what they entered themselves."""
    cover = work.session.get(StaffMember, leave.cover_id) if leave.cover_id else None
    if cover is None or cover.id == work.actor.id:
        return
    days = f"{long_date(leave.first_day)} to {long_date(leave.last_day)}"
    words = {"when": days, "link": f"{work.desk.settings.base_url}/account/leave"}
    put_out(work, Told("cover_named", f"cover_named:{leave.id.hex}:{cover.id.hex}", words), cover)


def note_read(desk: Desk, leave_id: UUID) -> None:
    """Note that whoever was away has read what happened meanwhile. Twice is once."""
    with desk.work() as work:
        leave = work.session.get(Absence, leave_id)
        if leave is None or leave.staff_id != work.actor.id:
            raise NotFound("There is no such leave.")
        if leave.read_at is None:
            leave.read(work.now)
            work.commit()
