"""What a colleague wrote for whoever has the case next goes with it, however the case comes into other hands."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from workflows.casework.case import Case
from workflows.casework.passing import PassingNote
from workflows.casework.staff import StaffMember
from workflows.desk import Work
from workflows.duties.outgoing import Told, put_out

RECEIVED = "/handing-on/received"


def let_notes_go_to(work: Work, case: Case, before: UUID | None, staff: StaffMember) -> None:
    """Hand what the care coordinator before wrote or has not read, and what waits for anybody, to the next one."""
    for note in _unread(work, case):
        waits_for_anybody = note.handed_at is not None and note.to_id is None
        was_theirs = before is not None and before in (note.from_id, note.to_id)
        if note.from_id != staff.id and (waits_for_anybody or was_theirs):
            hand(work, note, staff)


def leave_notes_behind(work: Work, case: Case, staff_id: UUID) -> None:
    """Let what somebody who left wrote, or has not read, wait for whoever has the case next, or has it already."""
    here = case.coordinator if case.coordinator_id not in (None, staff_id) else None
    for note in _unread(work, case):
        if staff_id in (note.from_id, note.to_id) and not (here and note.to_id == here.id and note.handed_at):
            hand(work, note, here if here is None or here.id != note.from_id else None)


def hand(work: Work, note: PassingNote, to: StaffMember | None) -> None:
    """Hand a note on and tell its receiver, once a day from whom it comes; the email names nobody."""
    note.hand(to, work.now)
    if to is not None and to.active and to.id != work.actor.id:
        once = f"cases_handed_on:{note.from_id.hex}:{to.id.hex}:{work.today.isoformat()}"
        put_out(work, Told("cases_handed_on", once, {"link": f"{work.desk.settings.base_url}{RECEIVED}"}), to)


def _unread(work: Work, case: Case) -> Iterable[PassingNote]:
    query = select(PassingNote).where(PassingNote.case_id == case.id, PassingNote.read_at.is_(None))
    return work.session.scalars(query.order_by(PassingNote.id)).all()
