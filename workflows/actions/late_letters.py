"""Letters that lie ready past their day: those who send them hear how many there are, once for each new one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from workflows.casework.access import PERMISSIONS
from workflows.casework.case import Case
from workflows.casework.notice import Letter
from workflows.casework.staff import StaffMember
from workflows.desk import Work
from workflows.duties.routes import asked_first

# Whose work letters are, and who is told where nobody of the first is there.
ASKED_FIRST = ("coordinator", "care_coordinator")


def late_letters(work: Work) -> dict[StaffMember, int]:
    """Return whom to tell today, and of how many letters; nobody hears of the same letter twice."""
    query = (
        select(Letter, Case)
        .join(Case, Case.id == Letter.case_id)
        .where(Letter.status == "ready", Letter.send_by < work.today)
        .order_by(Letter.id)
        .with_for_update(of=Letter)
    )
    found = [(letter, case) for letter, case in work.session.execute(query)]
    if all(letter.reminded_at for letter, _ in found):
        return {}
    return _counted(work, found)


def _counted(work: Work, found: Sequence[tuple[Letter, Case]]) -> dict[StaffMember, int]:
    asked: dict[UUID, Sequence[StaffMember]] = {}
    counts: dict[StaffMember, int] = {}
    news: set[StaffMember] = set()
    for letter, case in found:
        if case.id not in asked:
            asked[case.id] = _senders(work, case)
        for staff in asked[case.id]:
            counts[staff] = counts.get(staff, 0) + 1
        if letter.reminded_at is None and asked[case.id]:
            news.update(asked[case.id])
            letter.reminded_at = work.now
            letter.happened("letter past its day", template=letter.template, to=letter.recipient)
    return {staff: count for staff, count in counts.items() if staff in news}


def _senders(work: Work, case: Case) -> Sequence[StaffMember]:
    """Return who is there to send the letters of a case, and may know of it."""
    others = sorted(PERMISSIONS["letter.send"] - set(ASKED_FIRST))
    return asked_first(work.session, (*ASKED_FIRST, *others), case, case.team_id, work.today)
