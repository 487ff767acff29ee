"""Telling people that something happened: those who work on the case by email, others by phone or post."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from workflows.casework.case import Case
from workflows.casework.notice import Letter
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.duties.correspondence import anybody_there, judge, recipients_in, write_letter
from workflows.duties.left_out import left_out
from workflows.duties.outgoing import Told, put_out
from workflows.duties.papers import answers
from workflows.duties.register import Asking, duty
from workflows.duties.routes import pool_of
from workflows.duties.wording import letter_template
from workflows.storage import alleged, cases, people, runs
from workflows.storage.doers import may_be_asked

SAFEGUARDING, SERVICE = "safeguarding", "acm_service_referral"
IN_HAND = "in_hand"  # whoever had something in hand that an ending cut off, as its process was told
# What tells somebody only to stop: it goes also to whom nothing more is shared with.
TOLD_TO_STOP = frozenset({"work_cut_off"})
OUTSIDE = frozenset({"referrer", "gp", "service", "copy_holders", "told_by_hand"})
TELL = "tell"  # the route of what somebody tells by phone or post
NO_WORDS: Mapping[str, str] = {}
# What holds copies of what we know about the person.
COPIES = frozenset({"L04", "L05", "L08", "L09", "L11", "L14", "L15"})


@duty("notices.tell")
def tell_duty(asking: Asking, kind: str, to: str) -> None:
    """Tell people who work on the case that something happened; the email names no person."""
    for recipient in recipients_in(to):
        tell(asking, kind, recipient)


def tell(asking: Asking, kind: str, to: str, about: Case | None = None) -> None:
    """Write a notice to each of the people that `to` means; twice in one process and day is once.

    Whoever works elsewhere and gets no email from us is told by phone or post: that lies in the tray, like a letter.
    """
    if to == IN_HAND:
        _tell_to_stop(asking, kind)
        return
    case = about or asking.case
    for staff in _staff_meant(asking, case, to, kind):
        write_notice(asking, case, kind, staff)
    if to not in OUTSIDE:
        return
    address = answers(asking, "F01").get("referrer_email") if to == "referrer" else None
    if not address:
        for recipient in MEANS[to](asking) if to in MEANS else (to,):
            tell_by_hand(asking, kind, recipient)
    elif not left_out(asking, to):
        write_notice(asking, case, kind, address)


def _copied(asking: Asking) -> Sequence[str]:
    """Return who was sent what we know about the person; whoever that may be where nobody wrote it down.

    Nobody where nothing of the kind was ever written.
    """
    query = select(Letter.recipient, Letter.status).where(
        Letter.case_id == asking.case.id, Letter.recipient != "team", Letter.template.in_(COPIES)
    )
    written = asking.work.session.execute(query).all()
    sent = sorted({recipient for recipient, status in written if status == "sent"})
    return sent or (("copy_holders",) if written else ())


def _told_by_hand(asking: Asking) -> Sequence[str]:
    """Return whom this process has already told something by phone or post."""
    told = (Letter.route == TELL, Letter.status == "sent", Letter.once.startswith(f"{asking.run.id.hex}:"))
    query = select(Letter.recipient).where(Letter.case_id == asking.case.id, *told)
    return sorted(set(asking.work.session.scalars(query)))


# Who is meant by a word for several.
MEANS: Mapping[str, Callable[[Asking], Sequence[str]]] = {"copy_holders": _copied, "told_by_hand": _told_by_hand}


def tell_by_hand(asking: Asking, kind: str, recipient: str) -> None:
    """Put what somebody is to be told by phone or post among the letters to send; twice in one day is once."""
    once = f"{asking.run.id.hex}:{kind}:{recipient}:{asking.work.today.isoformat()}"
    known = asking.work.session.scalar(select(Letter.id).where(Letter.once == once))
    if known is None and anybody_there(asking, recipient) and not _about_themselves(asking, kind, recipient):
        letter = write_letter(asking, kind, recipient)
        letter.route, letter.once = TELL, once
        judge(asking, letter)
        asking.work.session.flush()


def had_in_hand(asking: Asking) -> list[str]:
    """Return whoever holds an open task of the case, or asked a service that has not finished, by their ids."""
    held = select(Task.assignee_id).where(Task.case_id == asking.case.id, Task.open, Task.assignee_id.is_not(None))
    asked = [run.requester_id for run in runs.running(asking.work.session, asking.case.id, SERVICE)]
    found = {*asking.work.session.scalars(held), *asked} - {None, asking.work.actor.id}
    return sorted(staff_id.hex for staff_id in found if staff_id)


def _tell_to_stop(asking: Asking, kind: str) -> None:
    """Tell them and whoever covers for them; not who was left out by name, to whom there is no such case."""
    session, today = asking.work.session, asking.work.today
    left_out_by_name = cases.circle_of(session, asking.case).excluded
    for staff_id in dict.fromkeys((*map(UUID, asking.variables.get(IN_HAND, ())), *_took_up_in_vain(asking))):
        for staff in (session.get_one(StaffMember, staff_id), *people.covers_of(session, staff_id, today)):
            if staff.active and staff.id not in left_out_by_name:
                write_notice(asking, asking.case, kind, staff)


def _took_up_in_vain(asking: Asking) -> Iterable[UUID]:
    """Return who claimed a step of this process that nobody completes any more, such as to confirm a death."""
    left = (Task.run_id == asking.run.id, Task.ended_by_id.is_(None), Task.assignee_id.is_not(None))
    held = asking.work.session.scalars(select(Task.assignee_id).where(*left).order_by(Task.id))
    return [staff_id for staff_id in held if staff_id is not None and staff_id != asking.work.actor.id]


def tell_owner(asking: Asking, kind: str, staff_id: UUID | None) -> None:
    """Tell whoever was to do something what became of it; not the one who says so, nor who may not know."""
    staff = asking.work.session.get(StaffMember, staff_id) if staff_id else None
    if staff is None or staff.id == asking.work.actor.id:
        return
    for one in may_be_asked(asking.work.session, (staff,), asking.case, asking.work.today):
        write_notice(asking, asking.case, kind, one)


def write_notice(
    asking: Asking, case: Case, kind: str, to: StaffMember | str, words: Mapping[str, str] = NO_WORDS
) -> None:
    """Write an email about a case, to a colleague or an address; twice in one process and day is once.

    words: what its kind says besides.
    """
    address = to if isinstance(to, str) else to.email
    once = f"{asking.run.id.hex}:{case.number}:{kind}:{address}:{asking.work.today.isoformat()}"
    said = {"case_number": case.number, "programme_name": case.programme.name, **words}
    put_out(asking.work, Told(kind, once, said, case_id=case.id), to)


def _staff_meant(asking: Asking, case: Case, to: str, kind: str) -> Iterable[StaffMember]:
    """Return whom a notice is for, of those who may know of it; a manager where none of them may."""
    if to in OUTSIDE:
        return ()
    session, today = asking.work.session, asking.work.today
    found = may_be_asked(session, _meant(asking, case, to), case, today)
    if kind == SAFEGUARDING:
        found = [staff for staff in found if not alleged.named_in(session, case.id, staff.id)]
    if not found and to not in {"pool", "team_manager"}:
        managers = pool_of(session, "team_manager", case, case.team_id, today)
        found = may_be_asked(session, managers, case, today)
    if not found:
        case.happened("nobody to tell", kind=to)
    return found


def _meant(asking: Asking, case: Case, to: str) -> Sequence[StaffMember]:
    session, today = asking.work.session, asking.work.today
    if to == "coordinator" and case.coordinator_id is not None:
        covers = [cover for cover, _ in people.covers_here(session, case.coordinator_id, today)]
        named = session.get(StaffMember, case.coordinator_id)
        return covers[:1] or ((named,) if named else ())
    role = {"pool": "coordinator"}.get(to, to)
    return pool_of(session, role, case, case.team_id, today)


def _about_themselves(asking: Asking, kind: str, recipient: str) -> bool:
    """Whether a referrer would be told about the person who they are themselves."""
    own = recipient == "referrer" and answers(asking, "F01").get("source") == "self"
    return own and letter_template(kind).needs_consent
