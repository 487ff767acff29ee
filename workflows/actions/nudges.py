"""What waits to be told, looked at anew: whom it concerns at this moment, and who hears of it instead."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select

from workflows.actions.late_letters import senders_of
from workflows.casework.escalation import Nudge
from workflows.casework.notice import Letter, Notice
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.casework.ways import IN_THE_MORNING
from workflows.desk import Desk, Work
from workflows.duties.rungs import climbing, concerned
from workflows.storage.doers import may_be_asked
from workflows.storage.working_days import works_on

OVER, ANEW, STANDS_STILL = "it is done", "it has another day now", "its clock stands still"
NOT_THEIRS, ELSEWHERE = "it is not shared with them", "it is somebody else’s now"


def to_be_told(desk: Desk) -> list[UUID]:
    """Return everybody for whom something waits to be told, and who works today."""
    with desk.looking() as session:
        waiting = select(Nudge.staff_id).where(Nudge.told_at.is_(None), Nudge.tell_at <= desk.clock.now())
        news = select(Notice.staff_id).where(Notice.channel == IN_THE_MORNING, Notice.status == "waiting")
        theirs = or_(StaffMember.id.in_(waiting), StaffMember.id.in_(news))
        people = session.scalars(select(StaffMember).where(theirs).order_by(StaffMember.id))
        return [staff.id for staff in people.unique() if works_on(session, staff, desk.today)]


def waiting_for(work: Work, staff_id: UUID) -> Sequence[Nudge]:
    """Return and hold what somebody is to be told of by now."""
    query = select(Nudge).where(Nudge.staff_id == staff_id, Nudge.told_at.is_(None), Nudge.tell_at <= work.now)
    return work.session.scalars(query.order_by(Nudge.id).with_for_update(of=Nudge)).all()


def look_through(desk: Desk, staff_id: UUID) -> None:
    """Drop of what waits for somebody what is not theirs to hear any more; whom that concerns now hears instead.

    What stands still waits with its clock.
    """
    with desk.work() as work:
        staff = work.session.get_one(StaffMember, staff_id)
        for nudge in waiting_for(work, staff_id):
            why = why_not(work, staff, nudge)
            if why and why != STANDS_STILL:
                nudge.dropped, nudge.told_at = why, work.now
            if why in (NOT_THEIRS, ELSEWHERE):
                _hand_on(work, nudge)
        work.commit()


def why_not(work: Work, staff: StaffMember, nudge: Nudge) -> str:
    """Say why somebody is not told of something at this moment; empty: they are."""
    if over := _over(work, nudge):
        return over
    task = work.session.get_one(Task, nudge.task_id) if nudge.task_id else None
    if task is not None and not may_be_asked(work.session, (staff,), task.case, work.today):
        return NOT_THEIRS
    concerns = _concerned(work, nudge)
    return ELSEWHERE if concerns and staff not in concerns else ""


def _over(work: Work, nudge: Nudge) -> str:
    if nudge.task_id is None:
        letter = work.session.get(Letter, nudge.about)
        return "" if letter is not None and letter.status == "ready" else OVER
    task = work.session.get_one(Task, nudge.task_id)
    if not task.open:
        return OVER
    if nudge.level > task.level:
        return ANEW
    return STANDS_STILL if task.paused_at is not None else ""


def _concerned(work: Work, nudge: Nudge) -> Sequence[StaffMember]:
    """Return whom it concerns as things are now: who is on leave, whose task it is, who may know of the case."""
    if nudge.task_id is None:
        return senders_of(work, work.session.get_one(Letter, nudge.about))
    task = work.session.get_one(Task, nudge.task_id)
    rungs = task.case.programme.ladder.of(climbing(task))
    return next((concerned(work, task, one) for one in rungs if one.level == nudge.level), ())


def _hand_on(work: Work, nudge: Nudge) -> None:
    """Let whom something concerns now hear what somebody else was to hear."""
    same = (Nudge.about == nudge.about, Nudge.turn == nudge.turn, Nudge.slot == nudge.slot)
    had = {one.staff_id: one for one in work.session.scalars(select(Nudge).where(*same))}
    for staff in _concerned(work, nudge):
        if staff.id not in had:
            work.session.add(_same_for(nudge, staff, work))
        elif had[staff.id].dropped and staff.id != nudge.staff_id:  # it was somebody else's for a while
            had[staff.id].dropped, had[staff.id].told_at = "", None


def _same_for(nudge: Nudge, staff: StaffMember, work: Work) -> Nudge:
    return Nudge(
        staff_id=staff.id, case_id=nudge.case_id, task_id=nudge.task_id, about=nudge.about, turn=nudge.turn,
        slot=nudge.slot, level=nudge.level, pace=nudge.pace, ways=nudge.ways, made_at=work.now, tell_at=work.now,
    )  # fmt: skip
