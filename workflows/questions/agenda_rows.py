"""What comes to the table of a team: cases that wait for a decision, what is overdue, and what was decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from workflows.casework.access import Actor
from workflows.casework.agenda import AGAIN, NEW, PUT_OFF, URGENT, AgendaNote, Waits
from workflows.casework.care import CarePlan
from workflows.casework.case import Case
from workflows.casework.document import Document, as_corrected
from workflows.casework.ladder import AGENDA
from workflows.casework.meeting_days import Sitting
from workflows.casework.overdue import REVIEW_STEP
from workflows.casework.roles import in_a_sentence
from workflows.casework.staff import StaffMember
from workflows.casework.task import SAFETY, Task
from workflows.clock import at_london
from workflows.desk import Desk
from workflows.duties.mdt import put_off
from workflows.duties.meeting_ways import RECORDING
from workflows.questions import reach
from workflows.questions.lateness import in_sight
from workflows.questions.meetings import meetings
from workflows.questions.task_clock import ToldThen, told_of
from workflows.questions.timeline_details import labels
from workflows.storage import cases, people
from workflows.storage.lateness import came_to, since_in
from workflows.storage.lookups import WRITTEN_DOWN_WITHIN

RECORD = "F16"
ELSEWHERE = frozenset({"huddle", "no_discussion"})  # decided, but at no meeting


_LATE = (Task.id, Task.name, Task.key, Task.due_at, Task.paused_at, Task.ended_at, Task.role, Task.assignee_id)


@dataclass(frozen=True)
class Person:
    """Whose case it is, as the caseload names them. `seen`: its reader may know of it; otherwise it is only counted."""

    case_id: UUID
    number: str
    name: str
    age: int | None
    risk_level: str
    coordinator: str
    seen: bool
    counted: bool
    apart: bool  # several organisations may not discuss them


@dataclass(frozen=True)
class Listed:
    """A case that waits for the decision of a meeting. sitting: to which people were invited. by: the latest day."""

    task_id: UUID
    of: Person
    waits: Waits
    sitting: Sitting | None
    by: datetime | None
    huddle: bool


@dataclass(frozen=True)
class Agreed:
    """What a meeting agreed about something overdue."""

    met_on: date
    what: str
    until: date
    by: str


@dataclass(frozen=True)
class LeftUndone:
    """Something overdue that a ladder brought to the meeting: whose it is, who was told, what was agreed so far.

    since: when it came to the agenda. days: working days late, now or when it was done. paused: its clock stands still.
    """

    task_id: UUID
    of: Person
    name: str
    review: bool
    due_at: datetime
    days: int
    whose: str
    paused: bool
    done_at: datetime | None
    since: datetime
    told: tuple[ToldThen, ...]
    agreed: tuple[Agreed, ...]


@dataclass(frozen=True)
class Decided:
    """What a meeting decided about a case."""

    of: Person
    decision: str


def listed(session: Session, desk: Desk, team_id: UUID) -> list[Listed]:
    """Return every case of a team that waits for the decision of a meeting or a huddle, seen by its reader or not."""
    query = _of_team(desk.actor, team_id, Task.id, Task.opened_at, Task.due_at, Task.escalation)
    rows = session.execute(query.where(Task.open, Task.process == RECORDING)).unique().all()
    found = [row.Case for row in rows]
    ids = [case.id for case in found]
    said = {one.case_id: Sitting(one.at, one.where) for one in meetings(session, Case.id.in_(ids))} if ids else {}
    apart, before = cases.undiscussed(session, found), _came_before(session, ids)
    return [
        Listed(
            task_id=row.id,
            of=_person(desk, row, apart),
            waits=_waits(desk, row, before.get(row.Case.id, NEW), said.get(row.Case.id)),
            sitting=said.get(row.Case.id),
            by=row.due_at,
            huddle=row.escalation == SAFETY,
        )
        for row in rows
    ]


def left_undone(session: Session, desk: Desk, team_id: UUID, day: date | None = None) -> list[LeftUndone]:
    """Return what the ladders brought to the meetings of a team, the latest first: open now, or on a day that is past.

    It leaves the agenda when it is done.
    """
    since = since_in(AGENDA).label("came")
    query = _of_team(desk.actor, team_id, *_LATE, since, tasks=True).where(came_to(AGENDA), _stood_open(day, since))
    rows = session.execute(query.order_by(Task.due_at, Task.id)).unique().all()
    ids = [row.id for row in rows]
    told, agreed = told_of(session, ids), _agreed(session, ids)
    names = dict(people.called(session, _holders(session, rows), desk.today))
    apart = cases.undiscussed(session, [row.Case for row in rows])
    return [
        LeftUndone(
            task_id=row.id,
            of=_person(desk, row, apart),
            name=row.name,
            review=row.key == REVIEW_STEP,
            due_at=row.due_at,
            days=row.Case.calendar.working_days_until(row.due_at, row.ended_at or desk.clock.now()),
            whose=names.get(row.assignee_id) or _pool(row),
            paused=row.paused_at is not None,
            done_at=row.ended_at,
            since=row.came,
            told=told.get(row.id, ()),
            agreed=agreed.get(row.id, ()),
        )
        for row in rows
    ]


def decided(session: Session, desk: Desk, team_id: UUID, day: date) -> list[Decided]:
    """Return what was decided at the meeting of a day, as it is written down, also a few days later."""
    written = (
        Document.form_key == RECORD,
        Document.completed_at >= at_london(day, time(0)),
        Document.completed_at < at_london(day + WRITTEN_DOWN_WITHIN + timedelta(days=1), time(0)),
    )
    query = _of_team(desk.actor, team_id, Document, on=Document.case_id == Case.id).where(*written)
    rows = {row.Document.id: row for row in session.execute(query.order_by(Document.id)).unique()}
    papers = [
        paper
        for paper in as_corrected([row.Document for row in rows.values()])
        if paper.answers.get("meeting") == day.isoformat() and paper.answers.get("held_as") not in ELSEWHERE
    ]
    apart = cases.undiscussed(session, [rows[paper.id].Case for paper in papers])
    words = labels(desk.forms, RECORD, "decision")
    return [
        Decided(_person(desk, rows[one.id], apart), words.get(str(one.answers.get("decision")), "")) for one in papers
    ]


def _of_team(
    actor: Actor, team_id: UUID, *columns: Any, tasks: bool = False, on: ColumnElement[bool] | None = None
) -> Any:
    """Ask for something of the open cases of a team, with who may know of it; of papers, closed cases too."""
    seen = in_sight(actor) if tasks else reach.works_on(actor)
    marks = (seen.label("seen"), reach.unshared_with(actor).label("counted"))
    query = select(*columns, Case, StaffMember.name.label("coordinator"), *marks).select_from(Case)
    joined = query.join(Task, Task.case_id == Case.id) if on is None else query.join(Document, on)
    return joined.outerjoin(StaffMember, StaffMember.id == Case.coordinator_id).where(Case.team_id == team_id)


def _person(desk: Desk, row: Any, apart: Collection[UUID]) -> Person:
    case: Case = row.Case
    return Person(
        case_id=case.id,
        number=case.number,
        name=case.person.name,
        age=case.person.age(case.person.deceased_on or desk.today),
        risk_level=case.risk_level,
        coordinator=row.coordinator or "",
        seen=bool(row.seen),
        counted=bool(row.counted),
        apart=case.id in apart,
    )


def _waits(desk: Desk, row: Any, came_before: str, sitting: Sitting | None) -> Waits:
    case: Case = row.Case
    urgent = case.priority == "urgent" or "urgent" in case.flags
    past = sitting is not None and sitting.day < desk.today  # the day is over and nothing was decided
    comes_as = URGENT if urgent else PUT_OFF if past else came_before
    return Waits(case.id, comes_as, row.opened_at, sitting.day if sitting else None)


def _came_before(session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Of the cases that were on a table before: whether the last meeting put them off, or they come back to it."""
    planned = select(CarePlan.case_id).where(CarePlan.case_id.in_(ids)).distinct()
    papers = select(Document.case_id, Document.answers).where(Document.case_id.in_(ids), Document.form_key == RECORD)
    last = {row.case_id: row.answers for row in session.execute(papers.order_by(Document.number))}
    back = (case_id for case_id, answers in last.items() if put_off(answers))
    return dict.fromkeys(session.scalars(planned), AGAIN) | dict.fromkeys(back, PUT_OFF)


def _stood_open(day: date | None, since: Any) -> ColumnElement[bool]:
    if day is None:
        return and_(Task.open)
    begins, ends = at_london(day, time(0)), at_london(day + timedelta(days=1), time(0))
    return and_(since < ends, or_(Task.open, Task.ended_at >= begins))


def _holders(session: Session, rows: Sequence[Any]) -> Sequence[StaffMember]:
    ids = {row.assignee_id for row in rows if row.assignee_id}
    return session.scalars(select(StaffMember).where(StaffMember.id.in_(ids))).unique().all()


def _pool(row: Any) -> str:
    return f"nobody’s yet, {in_a_sentence(row.role, row.Case.programme.role_names)} pool"


def _agreed(session: Session, tasks: Collection[UUID]) -> Mapping[UUID, tuple[Agreed, ...]]:
    query = select(AgendaNote, StaffMember.name).outerjoin(StaffMember, StaffMember.id == AgendaNote.said_by_id)
    found: dict[UUID, tuple[Agreed, ...]] = {}
    for note, by in session.execute(query.where(AgendaNote.task_id.in_(tasks)).order_by(AgendaNote.id)):
        found[note.task_id] = (*found.get(note.task_id, ()), Agreed(note.met_on, note.agreed, note.until, by or ""))
    return found
