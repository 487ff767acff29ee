"""What became of the invitations to a meeting: who got an email, who is told by hand, and who was not invited."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.audit import AuditEntry, chain_of
from workflows.casework.notice import Letter, Notice
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.duties.correspondence import INVITATION
from workflows.duties.invitations import TO_REFERRER

STEP = "invite_to_mdt"
UNINVITED, NOBODY = "not invited", "nobody to invite"


@dataclass(frozen=True)
class Invited:
    """What was sent when a task was completed. by_hand, held_back: recipients of letters; the others are in words."""

    case_number: str
    by_mail: tuple[str, ...]
    to_referrer: bool
    by_hand: tuple[str, ...]
    held_back: tuple[str, ...]
    not_shared: tuple[str, ...]
    nobody: tuple[str, ...]


def invited(desk: Desk, task_id: UUID) -> Invited | None:
    """Return what completing a task sent, for whoever completed it; None where it invites nobody.

    They may not see the case any more: who handed it on by completing the task is told nothing of it here.
    """
    with desk.looking() as session:
        task = session.get(Task, task_id)
        if task is None or task.key != STEP or task.ended_at is None or task.ended_by_id != desk.actor.id:
            return None
        sent = (Notice.case_id == task.case_id, Notice.made_at == task.ended_at)
        mailed = select(StaffMember.name).join(Notice, Notice.staff_id == StaffMember.id).where(*sent)
        referrer = select(Notice.id).where(*sent, Notice.kind == TO_REFERRER)
        return Invited(
            case_number=task.case.number,
            by_mail=tuple(session.scalars(mailed.where(Notice.kind == INVITATION).order_by(StaffMember.name))),
            to_referrer=session.scalar(referrer.limit(1)) is not None,
            by_hand=_letters(session, task, ("ready", "held", "sent")),
            held_back=_letters(session, task, ("withheld",)),
            not_shared=_told(session, task, UNINVITED),
            nobody=_told(session, task, NOBODY),
        )


def _letters(session: Session, task: Task, statuses: tuple[str, ...]) -> tuple[str, ...]:
    written = (Letter.case_id == task.case_id, Letter.written_at == task.ended_at, Letter.template == INVITATION)
    query = select(Letter.recipient).where(*written, Letter.status.in_(statuses)).order_by(Letter.id)
    return tuple(session.scalars(query))


def _told(session: Session, task: Task, act: str) -> tuple[str, ...]:
    here = (AuditEntry.chain == chain_of(task.case_id), AuditEntry.at == task.ended_at, AuditEntry.act == act)
    entries = session.scalars(select(AuditEntry.detail).where(*here).order_by(AuditEntry.seq))
    return tuple(str(detail.get("who", "")) for detail in entries)
