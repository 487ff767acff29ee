"""Telling those who look after parked messages that there is one.

Usually it is at most one email a person a day. What cannot wait is told each time, and again when it is overdue.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.message import PRESSING, WAITING, Message
from workflows.casework.notice import Notice
from workflows.casework.staff import StaffMember
from workflows.desk import Desk, Work
from workflows.due_words import exactly
from workflows.duties.outgoing import Told, put_out
from workflows.storage import people
from workflows.storage.message_dues import look_by
from workflows.storage.message_settlers import settlers_of

KIND = "message_unmatched"
AT_ONCE, OVERDUE = "message_pressing", "message_overdue"
TOLD = "coordinator"  # the role that looks at the queue; managers see its count
A_ROUND = 1000


def tell_somebody(work: Work, message: Message) -> None:
    """Write a notice to each coordinator whose message it is; of a usual one to who was not told today already.

    Where it is no coordinator's who is here, their managers are told. The notice says nothing about anybody.
    """
    work.session.flush()
    able = settlers_of(work.session, message.id, work.today)
    coordinators = [staff for staff in able if any(post.role == TOLD for post in staff.posts_on(work.today))]
    whom = _here(work, coordinators) or _here(work, able) or able
    if message.pressing:
        _write(work, whom, AT_ONCE, message)
    else:
        _tell_today(work, whom)


def pressing_to_remind_of(desk: Desk) -> list[UUID]:
    """Return the messages that cannot wait and wait longer than they may, and of which nobody was reminded."""
    query = select(Message).where(Message.status.in_(WAITING), Message.type.in_(PRESSING)).order_by(Message.id)
    with desk.looking() as session:
        found = session.scalars(query.limit(A_ROUND)).all()
        by = look_by(session, found, desk.today)
        late = [one.id for one in found if by[one.id] <= desk.clock.now()]
        return [one for one in late if not _reminded(session, one)]


def remind_of_pressing(desk: Desk, message_id: UUID) -> int:
    """Remind everybody whose message it is, managers too, in a transaction of its own. Twice is once."""
    with desk.work() as work:
        message = work.session.get_one(Message, message_id, with_for_update=True)
        if message.status not in WAITING:
            return 0
        able = settlers_of(work.session, message.id, work.today)
        _write(work, _here(work, able) or able, OVERDUE, message)
        work.commit()
        return len(able)


def _reminded(session: Session, message_id: UUID) -> bool:
    query = select(Notice.id).where(Notice.once.startswith(f"{OVERDUE}:{message_id.hex}:"))
    return session.scalar(query.limit(1)) is not None


def remind_of_usual(desk: Desk) -> None:
    """Tell, once a day, all of whose messages one waits longer than it may."""
    query = select(Message).where(Message.status.in_(WAITING), Message.type.not_in(PRESSING)).order_by(Message.id)
    with desk.work() as work:
        found = work.session.scalars(query.limit(A_ROUND)).all()
        by = look_by(work.session, found, work.today)
        late = [message for message in found if by[message.id] <= work.now]
        able = {staff.id: staff for one in late for staff in settlers_of(work.session, one.id, work.today)}
        _tell_today(work, _here(work, able.values()))
        work.commit()


def _here(work: Work, staff: Iterable[StaffMember]) -> list[StaffMember]:
    return people.here(work.session, staff, work.today)


def _tell_today(work: Work, whom: Iterable[StaffMember]) -> None:
    for staff in whom:
        _put_out(work, staff, KIND, f"{KIND}:{staff.id.hex}:{work.today.isoformat()}", {})


def _write(work: Work, whom: Iterable[StaffMember], kind: str, message: Message) -> None:
    due = exactly(look_by(work.session, (message,), work.today)[message.id], work.now)
    for staff in whom:
        _put_out(work, staff, kind, f"{kind}:{message.id.hex}:{staff.id.hex}", {"due": due})


def _put_out(work: Work, staff: StaffMember, kind: str, once: str, said: dict[str, str]) -> None:
    words = {"link": f"{work.desk.settings.base_url}/messages", **said}
    put_out(work, Told(kind, once, words), staff)
