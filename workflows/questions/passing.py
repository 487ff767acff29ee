"""The hand-over pack: what goes with each case of somebody who hands their caseload on, for them and for the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from workflows.casework.access import MANAGERS, may
from workflows.casework.case import Case
from workflows.casework.errors import CaseworkError, NotAllowed, NotFound
from workflows.casework.passing import PassingNote, may_prepare
from workflows.casework.staff import Absence, StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.duties.open_promises import open_promises
from workflows.questions import reach
from workflows.questions.case_head import Head, head_of
from workflows.questions.duty_rota import Turn, duty_days_of
from workflows.questions.handover import Handover, handover_of
from workflows.questions.last_contact import Told, last_contact
from workflows.questions.sharing_beside import Sharing, sharing_of
from workflows.questions.sight import Opened, opened
from workflows.storage import cases
from workflows.storage.lookups import lookups_for

ALLOCATION, COORDINATOR = "F09", "care_coordinator"
MOST = 60  # cases on one page


@dataclass(frozen=True)
class Goes:
    """What goes with one case: the facts it holds, who spoke to the person last, and what is promised."""

    head: Head
    handover: Handover
    sharing: Sharing
    last_contact: Told | None
    promises: tuple[str, ...]


@dataclass(frozen=True)
class PackedCase:
    """One case of the pack. `coordinates`: it is theirs as care coordinator; `tasks`: how many they hold in it.

    `text`, `to_id`: what they say of it so far, and to whom it is to go. `receivers`: who may have it.
    """

    goes: Goes
    coordinates: bool
    tasks: int
    text: str
    to_id: UUID | None
    receivers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Passed:
    """A case that was handed on: to whom (empty: whoever is named next), when, and when they had read it."""

    number: str
    to: str
    handed_at: datetime | None
    read_at: datetime | None


@dataclass(frozen=True)
class Pack:
    """All that somebody hands on. `unseen`: cases of theirs that the reader may not open; `ready`: with a receiver."""

    staff_id: UUID
    name: str
    cases: tuple[PackedCase, ...]
    total: int
    unseen: int
    ready: int
    may_hand_on: bool
    passed: tuple[Passed, ...]
    duty: tuple[Turn, ...]  # the days on which they are on duty, now and to come


@dataclass(frozen=True)
class Received:
    """A case that was handed to the reader. `goes` None: they may not open it."""

    note_id: UUID
    number: str
    sender: str
    text: str
    handed_at: datetime | None
    goes: Goes | None


@dataclass(frozen=True)
class StillTheirs:
    """What an account leaves behind when it ends: cases, open tasks, colleagues whom it covers, and duty days."""

    cases: int
    tasks: int
    covered: tuple[str, ...]
    duty: tuple[Turn, ...]


def pack_of(desk: Desk, staff_id: UUID) -> Pack:
    """Return the pack of oneself, or of a colleague whose manager one is."""
    with desk.looking() as session:
        staff = session.get(StaffMember, staff_id)
        if staff is None or not may_prepare(desk.actor, staff):
            raise NotFound("There is no such caseload, or it is not yours to hand on.")
        theirs = [Case.closed_at.is_(None), _of(staff_id)]
        total = session.scalar(select(func.count()).select_from(Case).where(*theirs)) or 0
        seen = [*theirs, reach.works_on(desk.actor)]
        shown = session.scalar(select(func.count()).select_from(Case).where(*seen)) or 0
        numbers = session.scalars(select(Case.number).where(*seen).order_by(Case.number).limit(MOST)).all()
        packed = tuple(_packed(session, desk, staff, number) for number in numbers)
        may_hand_on = bool(desk.actor.roles & MANAGERS)
        ready = sum(one.to_id is not None for one in packed)
        passed = _passed(session, desk, staff_id)
        duty = duty_days_of(desk, staff_id)
        return Pack(staff.id, staff.name, packed, shown, total - shown, ready, may_hand_on, passed, duty)


def received(desk: Desk) -> tuple[Received, ...]:
    """Return what was handed to the actor and is not read yet, the oldest first."""
    unread = (PassingNote.to_id == desk.actor.id, PassingNote.handed_at.is_not(None), PassingNote.read_at.is_(None))
    query = (
        select(PassingNote, Case.number, StaffMember.name)
        .join(Case, Case.id == PassingNote.case_id)
        .join(StaffMember, StaffMember.id == PassingNote.from_id)
        .where(*unread)
        .order_by(PassingNote.handed_at, PassingNote.id)
        .limit(MOST)
    )
    with desk.looking() as session:
        return tuple(
            Received(
                note.id, number, sender, note.text, note.handed_at or note.written_at, _goes(session, desk, number)
            )
            for note, number, sender in session.execute(query).all()
        )


def still_theirs(desk: Desk, staff_id: UUID) -> StillTheirs:
    """Return what would be left when an account ended now; for whoever ends accounts, in numbers alone."""
    if not may(desk.actor, "staff.manage"):
        raise NotAllowed("Only a system administrator looks after accounts.")
    away = aliased(StaffMember)
    covers = select(away.name).join(Absence, Absence.staff_id == away.id)
    covers = covers.where(Absence.cover_id == staff_id, Absence.last_day >= desk.today).order_by(away.name).distinct()
    coordinated = and_(Case.closed_at.is_(None), Case.coordinator_id == staff_id)
    held = and_(Task.open, Task.assignee_id == staff_id)
    with desk.looking() as session:
        return StillTheirs(
            session.scalar(select(func.count()).select_from(Case).where(coordinated)) or 0,
            session.scalar(select(func.count()).select_from(Task).where(held)) or 0,
            tuple(session.scalars(covers)),
            duty_days_of(desk, staff_id),
        )


def _of(staff_id: UUID) -> ColumnElement[bool]:
    """The cases that are somebody's: to coordinate, or with a task in their hands."""
    held = select(Task.case_id).where(Task.open, Task.assignee_id == staff_id)
    return or_(Case.coordinator_id == staff_id, Case.id.in_(held))


def _packed(session: Session, desk: Desk, staff: StaffMember, number: str) -> PackedCase:
    found = opened(session, desk, number)
    mine = (PassingNote.case_id == found.case.id, PassingNote.from_id == staff.id, PassingNote.handed_at.is_(None))
    note = session.scalar(select(PassingNote).where(*mine))
    form = desk.forms.form(ALLOCATION)
    held = select(func.count()).where(Task.case_id == found.case.id, Task.open, Task.assignee_id == staff.id)
    able = lookups_for(session, found.case.programme, desk.today, found.case, form)[COORDINATOR]
    return PackedCase(
        goes=_told(session, desk, found),
        coordinates=found.case.coordinator_id == staff.id,
        tasks=session.scalar(held) or 0,
        text=note.text if note else "",
        to_id=note.to_id if note else None,
        receivers=tuple((one.value, one.label) for one in able if one.value != str(staff.id)),
    )


def _goes(session: Session, desk: Desk, number: str) -> Goes | None:
    try:
        found = opened(session, desk, number)
    except CaseworkError:
        return None
    return None if found.sight.partner else _told(session, desk, found)


def _told(session: Session, desk: Desk, found: Opened) -> Goes:
    papers = _readable(session, found)
    return Goes(
        head_of(session, desk, found),
        handover_of(session, desk, found),
        sharing_of(session, found, papers),
        last_contact(session, found.case.id, papers),
        tuple(one.line for one in open_promises(session, found.case)),
    )


def _readable(session: Session, found: Opened) -> Sequence[Any]:
    return [paper for paper in cases.documents_of(session, found.case.id) if found.sight.paper(paper)]


def _passed(session: Session, desk: Desk, staff_id: UUID) -> tuple[Passed, ...]:
    query = (
        select(Case.number, StaffMember.name, PassingNote.handed_at, PassingNote.read_at)
        .join(Case, Case.id == PassingNote.case_id)
        .outerjoin(StaffMember, StaffMember.id == PassingNote.to_id)
        .where(PassingNote.from_id == staff_id, PassingNote.handed_at.is_not(None))
        .where(or_(reach.works_on(desk.actor), PassingNote.from_id == desk.actor.id))
        .order_by(PassingNote.handed_at.desc(), Case.number)
        .limit(MOST)
    )
    return tuple(Passed(number, to or "", at, read) for number, to, at, read in session.execute(query))
