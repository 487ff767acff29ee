"""The outbox: how a message to one person is put there, once, in the transaction of its cause."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from workflows.casework.base import new_id
from workflows.casework.notice import Notice
from workflows.casework.staff import StaffMember
from workflows.casework.ways import EMAIL, IN_THE_MORNING
from workflows.desk import Work
from workflows.duties.wording import notice_is

REFERRER = "referrer"  # whoever has an address and no account, as the trail calls them


@dataclass(frozen=True)
class Told:
    """What is told. The same `once` again tells nothing; `words` fill the text and name nobody."""

    kind: str
    once: str
    words: dict[str, str] = field(default_factory=dict)
    case_id: UUID | None = None
    task_id: UUID | None = None


def put_out(work: Work, told: Told, to: StaffMember | str, by: str = EMAIL) -> Notice | None:
    """Put what is told to a colleague, or to somebody's address, into the outbox; None where it was told before.

    by: each way tells it once; only a colleague is told by text. What is ordinary waits for their morning message.
    """
    once = told.once if by == EMAIL else f"{told.once}:{by}"
    if work.session.scalar(select(Notice.id).where(Notice.once == once)) is not None:
        return None
    colleague = to if isinstance(to, StaffMember) else None
    waits = colleague is not None and notice_is(told.kind, "morning")
    notice = Notice(
        id=new_id(),
        case_id=told.case_id,
        task_id=told.task_id,
        staff_id=colleague.id if colleague else None,
        channel=IN_THE_MORNING if waits else by,
        address="" if by != EMAIL else to.email if isinstance(to, StaffMember) else to,
        kind=told.kind,
        words=told.words,
        once=once,
        made_at=work.now,
        next_attempt_at=None if waits else work.now,
    )
    notice.happened("notice written", **notice.told_by, to=colleague.name if colleague else REFERRER)
    work.session.add(notice)
    return notice
