"""Who may fall through: the cases with something late, the worst first, each with what is late and whom to call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, cast, func, select
from sqlalchemy import case as whichever
from sqlalchemy.orm import Session, aliased

from workflows.casework.access import may_reassign
from workflows.casework.agreed_words import named_by_it
from workflows.casework.case import Case
from workflows.casework.ladder import AGENDA, Rung
from workflows.casework.overdue import KINDS
from workflows.casework.roles import in_a_sentence
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.duties.contact_wishes import to_heed_before_ringing
from workflows.questions.last_contact import later_of, logged_at, told_at
from workflows.questions.next_rung import next_rung
from workflows.storage import people
from workflows.storage.lateness import PLACE, House, Houses, came_to, grave, kind
from workflows.working_time import Calendar

CASES = 25  # on a page
HOLDER, KNOWING = aliased(StaffMember), aliased(StaffMember)
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class LateTask:
    """A task that is late: of which kind, since when, by how many working days, whose it is, until when they are away.

    `grave`: its ladder shows it in red. `level`: how far it has climbed; `next_rung` comes at `next_at`. `known_by`:
    who said that they know of it. `whose`: the roles it is for, where nobody has it. `to_hand_on`: whether the reader
    may hand it on. `agenda`: it stands on the agenda of the team's next meeting.
    """

    id: UUID
    name: str
    kind: str
    due_at: datetime
    days: int
    grave: bool
    holder: str
    away: str
    whose: str
    to_hand_on: bool
    agenda: bool
    level: int
    next_rung: Rung | None
    next_at: datetime | None
    known_by: str
    calendar: Calendar


@dataclass(frozen=True)
class LateCase:
    """A person for whom something is late. `phone`: empty where none is known, or where nobody should simply ring.

    `ask_first`: something has to be heeded before they are rung; it stands on the page of the case.
    """

    number: str
    person: str
    age: int | None
    team: str
    team_id: UUID | None
    risk_level: str
    in_hospital: bool
    coordinator: str
    last_contact_at: datetime | None
    phone: str
    ask_first: bool
    tasks: tuple[LateTask, ...] = ()

    @property
    def grave(self) -> bool:
        """Whether any of it is shown in red."""
        return any(task.grave for task in self.tasks)


def cases_of(
    session: Session, desk: Desk, wanted: Condition, houses: Houses, page: int
) -> tuple[tuple[LateCase, ...], int]:
    """Return a page of the cases of these late tasks, the worst first, and how many they are in all."""
    gravity = _gravity(houses)
    order = (func.max(gravity).desc(), func.min(_rank()), func.min(Task.due_at), Task.case_id)
    cases = select(Task.case_id, func.count().over()).join(Case, Case.id == Task.case_id).where(wanted)
    listed = cases.group_by(Task.case_id).order_by(*order).limit(CASES).offset((page - 1) * CASES)
    found = session.execute(listed).all()
    if not found:
        return (), 0
    shown = [case_id for case_id, _ in found]
    late, who = _tasks(session, desk, wanted, houses, shown), _who(session, desk, shown)
    return tuple(replace(who[one], tasks=tuple(late[one])) for one in shown), found[0][1]


def _gravity(houses: Houses) -> ColumnElement[int]:
    return cast(whichever((grave(houses), 1), else_=0), Integer)


def _rank() -> ColumnElement[int]:
    return whichever({one: place for place, one in enumerate(KINDS)}, value=kind(), else_=len(KINDS))


_ASKED = (
    Task.case_id, Task.id, Task.name, Task.due_at, Task.role, Task.programme_id, Task.team_id, Task.assignee_id,
    Task.escalation, Task.properties, Task.level, Task.remind_at, Task.opened_at, Task.due_since, Task.due_unit,
    Task.seen_at, Task.why,
)  # fmt: skip


def _tasks(
    session: Session, desk: Desk, wanted: Condition, houses: Houses, cases: Sequence[UUID]
) -> Mapping[UUID, list[LateTask]]:
    gravity = _gravity(houses)
    told = (kind().label("of_kind"), gravity.label("gravity"), HOLDER.name.label("holder"), KNOWING.name.label("knows"))
    query = (
        select(*_ASKED, PLACE.label("place"), came_to(AGENDA).label("agenda"), *told)
        .join(Case, Case.id == Task.case_id)
        .outerjoin(HOLDER, HOLDER.id == Task.assignee_id)
        .outerjoin(KNOWING, KNOWING.id == Task.seen_by_id)
        .where(wanted, Task.case_id.in_(cases))
        .order_by(gravity.desc(), _rank(), Task.due_at, Task.id)
    )
    rows = session.execute(query).all()
    away = people.away_words(session, {row.assignee_id for row in rows if row.assignee_id}, desk.today)
    found: dict[UUID, list[LateTask]] = {}
    for row in rows:
        late = _late(desk, row, houses[row.place], away.get(row.assignee_id, ""))
        found.setdefault(row.case_id, []).append(late)
    return found


def _late(desk: Desk, row: Any, house: House, away: str) -> LateTask:
    return LateTask(
        id=row.id,
        name=named_by_it(row.name, row.why),
        kind=row.of_kind,
        due_at=row.due_at,
        days=house.calendar.working_days_until(row.due_at, desk.clock.now()),
        grave=bool(row.gravity),
        holder=row.holder or "",
        away=away,
        whose=in_a_sentence(row.role, house.roles),
        to_hand_on=may_reassign(desk.actor, row.programme_id, row.team_id, row.assignee_id),
        agenda=bool(row.agenda),
        level=row.level,
        next_rung=next_rung(row, house.ladder, house.calendar, late=True),
        next_at=row.remind_at,
        known_by=row.knows or "",
        calendar=house.calendar,
    )


def _who(session: Session, desk: Desk, cases: Sequence[UUID]) -> Mapping[UUID, LateCase]:
    spoke = (logged_at().label("logged_at"), told_at().label("told_at"))
    told = select(Case.id, *spoke).where(Case.id.in_(cases)).subquery()
    query = (
        select(Case, StaffMember.name, later_of(told.c.logged_at, told.c.told_at))
        .join(told, told.c.id == Case.id)
        .outerjoin(StaffMember, StaffMember.id == Case.coordinator_id)
    )
    heeded = to_heed_before_ringing(session, cases)
    return {row[0].id: _case(desk, row, row[0].id in heeded) for row in session.execute(query).unique()}


def _case(desk: Desk, row: Any, ask_first: bool) -> LateCase:
    case, coordinator, spoke = row
    person, phone = case.person, str(case.person.details.get("phone", ""))
    silent = not case.may_be_rung
    return LateCase(
        number=case.number,
        person=person.name,
        age=person.age(person.deceased_on or desk.today),
        team=case.team.name if case.team else "",
        team_id=case.team_id,
        risk_level=case.risk_level,
        in_hospital=case.in_hospital,
        coordinator=coordinator or "",
        last_contact_at=spoke,
        phone="" if silent or ask_first else phone,
        ask_first=ask_first and bool(phone) and not silent,
    )
