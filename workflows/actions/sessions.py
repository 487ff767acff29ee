"""Sessions: from signing in to signing out in one browser, each told in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from workflows.casework.access import Actor
from workflows.casework.errors import NotAllowed
from workflows.casework.staff import BrowserSession, StaffMember
from workflows.desk import Desk, Work
from workflows.storage import people


@dataclass(frozen=True)
class Entered:
    """Who has shown who they are, and the session that begins with it: what the cookie names."""

    actor: Actor
    session_id: UUID


def begin(work: Work, staff: StaffMember, remote: str, device: str) -> Entered:
    """Begin a session for somebody who has shown who they are.

    `remote` is the address they came from, `device` what they work at, in words; both stand in the trail, once.
    """
    begun = BrowserSession(staff_id=staff.id, stamp=staff.session_stamp, began_at=work.now)
    work.session.add(begun)
    work.session.flush()
    work.unit.tell("signed in", "StaffMember", None, name=staff.name, where=remote, device=device)
    return Entered(people.actor_for(work.session, staff, work.today), begun.id)


def end(desk: Desk, session_id: UUID) -> None:
    """End a session: whoever holds a copy of its cookie is out as well. Twice is once."""
    with desk.work() as work:
        found = work.session.get(BrowserSession, session_id)
        if found is None or found.ended_at is not None:
            return
        found.ended_at = work.now
        work.unit.tell("signed out", "StaffMember", None, name=desk.actor.name)
        work.commit()


def end_all(desk: Desk) -> None:
    """Sign the actor out everywhere, for example after a lost phone."""
    with desk.work() as work:
        staff = work.session.get_one(StaffMember, own_account(desk))
        staff.session_stamp += 1
        staff.happened("signed out everywhere")
        work.commit()


def note_failure(desk: Desk, staff_id: UUID | None, remote: str, device: str) -> None:
    """Tell in the trail that a sign-in failed, and from where; the name only where there is such an account."""
    with desk.work() as work:
        staff = work.session.get(StaffMember, staff_id) if staff_id else None
        name = staff.name if staff else ""
        work.unit.tell("sign-in failed", "StaffMember", None, name=name, where=remote, device=device)
        work.commit()


def own_account(desk: Desk) -> UUID:
    """Return the account of whoever acts."""
    if desk.actor.id is None:
        raise NotAllowed("Sign in first.")
    return desk.actor.id
