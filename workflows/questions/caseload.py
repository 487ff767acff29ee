"""The caseload: who is at which stage, how long, whose they are, and when anybody last spoke to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from workflows.casework.case import STAGES, Case, StageEntry
from workflows.casework.person import Person
from workflows.casework.programme import Team
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.questions import reach
from workflows.questions.case_head import NOT_FOR_PARTNERS
from workflows.questions.caseloads import Carrying, carried_by_each
from workflows.questions.in_hand import InHand, in_hand_of_each
from workflows.questions.last_contact import later_of, logged_at, told_at
from workflows.storage import alleged, runs

CARDS = 12  # of each stage; the whole stage is one click away
CARDS_OF_ONE = 200


@dataclass(frozen=True)
class Card:
    """One case on the board."""

    number: str
    person: str
    age: int | None
    stage: str
    days_here: int
    risk_level: str
    flags: tuple[str, ...]
    died_on: date | None
    ending: str  # which ending has stopped the case, by its kind in casework.ending; empty when none
    team: str
    coordinator: str
    last_contact_at: datetime | None
    overdue: int
    next_due_at: datetime | None


@dataclass(frozen=True)
class Column:
    """One stage of the board: how many cases, how long they have been there in the middle, and the first cards."""

    stage: str
    total: int
    median_days: int | None
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Board:
    """The caseload of whoever asks, by stage, with what it can be narrowed to."""

    columns: tuple[Column, ...]
    total: int
    teams: tuple[tuple[str, str], ...]
    coordinators: tuple[tuple[str, str], ...]
    carried: tuple[Carrying, ...]
    in_hand: tuple[InHand, ...]


@dataclass(frozen=True)
class Narrowed:
    """What the board is narrowed to: a team (id), a coordinator (id, or "none"), one stage. Empty: nothing."""

    team: str = ""
    coordinator: str = ""
    stage: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same as conditions on `Case`; what cannot be read is passed over."""
        asked: list[ColumnElement[bool]] = []
        if (team := _id(self.team)) is not None:
            asked.append(Case.team_id == team)
        if (coordinator := _id(self.coordinator)) is not None:
            asked.append(Case.coordinator_id == coordinator)
        elif self.coordinator == "none":
            asked.append(Case.coordinator_id.is_(None))
        return asked


def caseload(desk: Desk, narrowed: Narrowed = Narrowed()) -> Board:
    """Return the open cases the actor may see, by stage: overdue first, then those nobody spoke to for longest."""
    mine = [Case.closed_at.is_(None), reach.may_see(desk.actor)]
    wanted = [*mine, *narrowed.conditions()]
    with desk.looking() as session:
        since = _time_in_stage(session, wanted)
        stage = narrowed.stage if narrowed.stage in STAGES else ""
        cards = _cards(session, desk, wanted, stage)
        now = desk.clock.now()
        columns = tuple(
            Column(one, len(since[one]), _median_days(since[one], now), cards.get(one, ()))
            for one in STAGES
            if one in since and one in (stage or one)
        )
        return Board(
            columns,
            sum(map(len, since.values())),
            _teams(session, mine),
            _coordinators(session, mine),
            carried_by_each(session, wanted, desk.today),
            in_hand_of_each(session, desk),
        )


def _time_in_stage(session: Session, wanted: list[ColumnElement[bool]]) -> Mapping[str, list[datetime]]:
    """Return when each case came to its stage, by stage."""
    query = select(Case.stage, func.coalesce(_entered(), Case.opened_at)).where(*wanted)
    found: dict[str, list[datetime]] = {}
    for stage, at in session.execute(query):
        found.setdefault(stage, []).append(at)
    return found


def _entered() -> Any:
    query = select(func.max(StageEntry.entered_at)).where(StageEntry.case_id == Case.id, StageEntry.stage == Case.stage)
    return query.correlate(Case).scalar_subquery()


def _median_days(since: list[datetime], now: datetime) -> int | None:
    """The median of the whole days that the cards tell."""
    return round(median((now - at).days for at in since)) if since else None


def _cards(
    session: Session, desk: Desk, wanted: list[ColumnElement[bool]], stage: str
) -> Mapping[str, tuple[Card, ...]]:
    now, most = desk.clock.now(), CARDS_OF_ONE if stage else CARDS
    conditions = [*wanted, Case.stage == stage] if stage else wanted
    places = ranked(now, conditions).subquery()
    query = (
        select(Case, reach.works_on(desk.actor), Person, Team.name, StaffMember.name)
        .add_columns(places.c.entered_at, places.c.contact_at, places.c.overdue, places.c.next_due)
        .join(places, and_(Case.id == places.c.id, places.c.place <= most))
        .join(Person, Case.person_id == Person.id)
        .outerjoin(Team, Case.team_id == Team.id)
        .outerjoin(StaffMember, Case.coordinator_id == StaffMember.id)
        .order_by(places.c.place)
    )
    rows = session.execute(query).all()
    endings = runs.endings_under_way(session, [row[0].id for row in rows if row[0].outbound_stopped])
    naming = alleged.cases_naming(session, desk.actor.id)
    found: dict[str, list[Card]] = {}
    for case, works_on, person, team, coordinator, entered, spoke, overdue, due in rows:
        partner = not works_on or case.id in naming
        flags = tuple(flag for flag in case.flags if not partner or flag not in NOT_FOR_PARTNERS)
        found.setdefault(case.stage, []).append(
            Card(
                case.number, person.name, person.age(person.deceased_on or desk.today), case.stage,
                (now - entered).days, case.risk_level, flags, person.deceased_on,
                endings.get(case.id, ""), team or "", coordinator or "", spoke, overdue, due,
            )
        )  # fmt: skip
    return {one: tuple(cards) for one, cards in found.items()}


def ranked(now: datetime, conditions: list[ColumnElement[bool]]) -> Select[Any]:
    """The cases with what orders them: overdue tasks first, then the longest silence."""
    late = and_(Task.case_id == Case.id, Task.open, Task.paused_at.is_(None), Task.due_at < now)
    overdue = select(func.count(Task.id)).where(late).correlate(Case).scalar_subquery()
    open_ones = and_(Task.case_id == Case.id, Task.open, Task.paused_at.is_(None))
    next_due = select(func.min(Task.due_at)).where(open_ones).correlate(Case).scalar_subquery()
    entered = func.coalesce(_entered(), Case.opened_at)
    told = (
        select(Case.id, Case.stage, entered.label("entered_at"), logged_at().label("logged_at"))
        .add_columns(told_at().label("told_at"), overdue.label("overdue"), next_due.label("next_due"))
        .where(*conditions)
        .subquery()
    )
    spoke = later_of(told.c.logged_at, told.c.told_at)
    order = (told.c.overdue.desc(), func.coalesce(spoke, told.c.entered_at), told.c.id)
    place = func.row_number().over(partition_by=told.c.stage, order_by=order)
    return select(*told.c, spoke.label("contact_at"), place.label("place"))


def _teams(session: Session, mine: list[ColumnElement[bool]]) -> tuple[tuple[str, str], ...]:
    query = select(Team.id, Team.name).join(Case, Case.team_id == Team.id).where(*mine).distinct().order_by(Team.name)
    return tuple((str(team_id), name) for team_id, name in session.execute(query))


def _coordinators(session: Session, mine: list[ColumnElement[bool]]) -> tuple[tuple[str, str], ...]:
    query = select(StaffMember.id, StaffMember.name).join(Case, Case.coordinator_id == StaffMember.id).where(*mine)
    rows = session.execute(query.distinct().order_by(StaffMember.name))
    return tuple((str(staff_id), name) for staff_id, name in rows)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
