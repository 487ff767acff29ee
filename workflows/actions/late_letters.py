"""Letters that lie ready past their day: those who send them hear how many there are, once for each new one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.access import PERMISSIONS
from workflows.casework.case import Case
from workflows.casework.notice import Letter
from workflows.casework.staff import StaffMember
from workflows.desk import Work
from workflows.duties.routes import asked_first

# Whose work letters are, and who is told where nobody of the first is there.
ASKED_FIRST = ("coordinator", "care_coordinator")


def late_letters(session: Session, today: date) -> Sequence[Letter]:
    """Return the letters past their day, where there is one among them that nobody has heard of; otherwise none."""
    query = select(Letter).where(Letter.status == "ready", Letter.send_by < today).order_by(Letter.id)
    found = session.scalars(query).all()
    return () if all(letter.reminded_at for letter in found) else found


def senders_of(work: Work, letter: Letter) -> Sequence[StaffMember]:
    """Return who is there to send a letter, and may know of its case."""
    case = work.session.get_one(Case, letter.case_id)
    others = sorted(PERMISSIONS["letter.send"] - set(ASKED_FIRST))
    return asked_first(work.session, (*ASKED_FIRST, *others), case, case.team_id, work.today)


def has_heard(letter: Letter, now: datetime) -> None:
    """Note that those who send it have heard of it."""
    if letter.reminded_at is None:
        letter.reminded_at = now
        letter.happened("letter past its day", template=letter.template, to=letter.recipient)
