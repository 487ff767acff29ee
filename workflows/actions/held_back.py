"""What is looked at once more at the moment of sending: whether a notice may still go, and what it then says."""

from __future__ import annotations

from datetime import date, datetime, time

from workflows.actions.climbing import RUNGS
from workflows.casework.case import Case
from workflows.casework.errors import SetUpWrong
from workflows.casework.notice import Notice
from workflows.casework.programme import Programme
from workflows.casework.quiet import USUAL, Quiet
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Work
from workflows.duties.left_out import names_left_out, referrer_left_out
from workflows.duties.telling import TOLD_TO_STOP
from workflows.duties.wording import notice_is
from workflows.storage import cases
from workflows.storage.doers import may_be_asked

NOTHING_LEFT = "nothing in it is theirs to do any more"
TO_WHOM_IT_IS = "password_reset"  # of an account, whatever posts its owner holds


def quiet_until(work: Work, notice: Notice) -> datetime | None:
    """Return until when a notice has to wait because it is night; None where it goes at any hour, or it is day.

    What cannot wait goes at once, and so does what somebody waits for at that moment: a link to sign in, or the
    answer to a referral that they have just sent. Everything else, to colleagues and to referrers, waits.
    """
    if notice_is(notice.kind, "urgent") or notice_is(notice.kind, "awaited"):
        return None
    programme = _programme(work, notice)
    return (_night_of(programme, work.today) if programme else USUAL).until(work.now)


def _night_of(programme: Programme, day: date) -> Quiet:
    try:
        begins, ends = programme.setting("quiet_from", day), programme.setting("quiet_to", day)
    except SetUpWrong:  # a programme that was never told when its night is
        return USUAL
    return Quiet(time.fromisoformat(begins), time.fromisoformat(ends))


def _programme(work: Work, notice: Notice) -> Programme | None:
    if notice.case_id is not None:
        return work.session.get_one(Case, notice.case_id).programme
    staff = work.session.get(StaffMember, notice.staff_id) if notice.staff_id else None
    held = [post.programme_id for post in staff.posts_on(work.today) if post.programme_id] if staff else []
    return work.session.get(Programme, min(held)) if held else None


def why_not(work: Work, notice: Notice) -> str | None:
    """Say why a notice must not go out at this moment; None when it may."""
    case = work.session.get(Case, notice.case_id) if notice.case_id else None
    if case is not None and not case.open and notice_is(notice.kind, "while_open"):
        return "the case has ended"
    if notice.staff_id is None:
        return _why_not_outside(work, notice, case)
    return _why_not_them(work, notice, work.session.get_one(StaffMember, notice.staff_id), case)


def _why_not_outside(work: Work, notice: Notice, case: Case | None) -> str | None:
    if case is None:
        return None
    if case.person.dead:
        return "the person has died"
    if case.outbound_stopped:
        return "nothing more is sent about this case"
    named = notice.address.strip().casefold() in names_left_out(work.session, case.id)
    return "the person left them out" if named or referrer_left_out(work.session, case) else None


def _why_not_them(work: Work, notice: Notice, staff: StaffMember, case: Case | None) -> str | None:
    if not staff.active:
        return "the account is closed"
    if notice.kind not in TOLD_TO_STOP | {TO_WHOM_IT_IS} and not staff.posts_on(work.today):
        return "they hold no post any more"
    if case is not None and not _may_read(work, notice.kind, staff, case):
        return "this case is not shared with this colleague"
    task = work.session.get(Task, notice.task_id) if notice.task_id and notice.kind in RUNGS else None
    if task is not None and (not task.open or task.paused_at is not None):
        return "it is done, or its clock stands still"
    return None


def _may_read(work: Work, kind: str, staff: StaffMember, case: Case) -> bool:
    if kind in TOLD_TO_STOP:
        return staff.id not in cases.circle_of(work.session, case).excluded
    return bool(may_be_asked(work.session, (staff,), case, work.today))
