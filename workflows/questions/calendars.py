"""Hours and closed days as people look at them, and what a change of them would move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from workflows.casework.calendar_change import ASKED, MOVING, CalendarChange, may_change_calendar
from workflows.casework.calendars import (
    ClosedDay,
    Content,
    HoursFrom,
    calendar_of,
    closed_days_of,
    hours_of,
    read_week,
)
from workflows.casework.care import Review
from workflows.casework.case import Case
from workflows.casework.counted import counted_anew, day_counted_anew
from workflows.casework.diagram import Waiting
from workflows.casework.errors import NotAllowed, NotFound
from workflows.casework.notice import Letter
from workflows.casework.programme import Programme, Team
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.clock import at_london, london_day
from workflows.desk import Desk
from workflows.questions import reach
from workflows.questions.programmes import seen_programme
from workflows.storage import counted_dates
from workflows.working_time import Calendar, Counted, Remaining, Unit, Week

A_PAGE = 50
TASK, REVIEW, WAIT, LETTER = "task", "review", "wait", "letter"
KINDS = (TASK, REVIEW, WAIT, LETTER)
BY = time(17)  # where a letter, which goes by a day, stands among the instants of the others


@dataclass(frozen=True)
class CalendarPage:
    """The hours and closed days of a programme, or of one of its teams on top of those."""

    programme: str
    programme_key: str
    team: str
    team_key: str | None
    calendar: Calendar
    hours: Sequence[HoursFrom]  # its own, each with its first day
    closed_days: Sequence[ClosedDay]  # its own
    shared_days: Sequence[ClosedDay]  # of a team: those of its programme
    teams: Sequence[tuple[str, str, bool]]  # of a programme: key, name, and whether the team has something of its own
    may_change: bool
    following: Sequence[UUID]  # changes that dates are following just now


@dataclass(frozen=True)
class Move:
    """A date that a change would move; of a letter the days alone count."""

    kind: str  # task, review, wait, letter
    number: str
    name: str
    was: datetime
    due: datetime


@dataclass(frozen=True)
class Prospect:
    """What a change would move, and what it would not.

    moves: a page of those in cases the reader may open, `listed` such there are, of `counts` in all by kind.
    named: keep the date that somebody named. unknown: are older than the knowledge of how dates come about.
    standing: stand still and keep what is left of their time.
    """

    moves: Sequence[Move]
    listed: int
    counts: Mapping[str, int]
    named: int
    unknown: int
    standing: int

    @property
    def all(self) -> int:
        """How many dates would move."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class ChangePage:
    """A change of a calendar: what it says, who asked for it, how far it is, and what it would move."""

    id: UUID
    programme: str
    programme_key: str
    team: str
    team_key: str | None
    kind: str
    first: date
    why: str
    week: Week | None
    status: str
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None
    moved: int
    failed: Sequence[str]
    left: int  # cases, while dates follow
    prospect: Prospect | None  # while it is looked at


def calendar_page(desk: Desk, key: str, team_key: str | None = None) -> CalendarPage:
    """Return the hours and closed days of a programme or a team."""
    with desk.looking() as session:
        programme = seen_programme(session, desk.actor, key)
        team = _team(programme, team_key)
        own: Content = team.content if team else programme.content
        following = select(CalendarChange.id).where(
            CalendarChange.programme_id == programme.id, CalendarChange.status == MOVING
        )
        return CalendarPage(
            programme.name, programme.key, team.name if team else "", team_key,
            (team or programme).calendar,
            hours_of(own), closed_days_of(own), closed_days_of(programme.content) if team else (),
            () if team else _teams(programme, desk.today),
            may_change_calendar(desk.actor, programme.id, team.id if team else None),
            session.scalars(following.order_by(CalendarChange.confirmed_at)).all(),
        )  # fmt: skip


def change_page(desk: Desk, change_id: UUID, page: int = 1) -> ChangePage:
    """Return a change of a calendar; while it is looked at, with a page of what it would move."""
    with desk.looking() as session:
        change, programme, team = _change(session, desk, change_id)
        looked_at = change.status == ASKED
        asker = session.get(StaffMember, change.asked_by_id) if change.asked_by_id else None
        return ChangePage(
            change.id, programme.name, programme.key, team.name if team else "", team.key if team else None,
            change.kind, change.first, change.why, read_week(change.week) if change.week else None, change.status,
            asker.name if asker else "An administrator", change.asked_at, change.ended_at, change.moved, change.failed,
            counted_dates.cases_left(session, change) if change.status == MOVING else 0,
            _prospect(session, desk, change, programme, page) if looked_at else None,
        )  # fmt: skip


def _team(programme: Programme, key: str | None) -> Team | None:
    team = next((one for one in programme.teams if one.key == key), None)
    if key is not None and team is None:
        raise NotFound("There is no such team in this programme.")
    return team


def _teams(programme: Programme, today: date) -> list[tuple[str, str, bool]]:
    at_work = sorted((one for one in programme.teams if one.counts_on(today)), key=lambda one: one.name)
    return [(one.key, one.name, bool(one.content)) for one in at_work]


def _change(session: Session, desk: Desk, change_id: UUID) -> tuple[CalendarChange, Programme, Team | None]:
    change = session.get(CalendarChange, change_id)
    if change is None:
        raise NotFound("There is no such change.")
    programme = session.get_one(Programme, change.programme_id)
    if not may_change_calendar(desk.actor, programme.id, change.team_id):
        raise NotAllowed("You do not change this calendar.")
    return change, programme, session.get(Team, change.team_id) if change.team_id else None


def _prospect(session: Session, desk: Desk, change: CalendarChange, programme: Programme, page: int) -> Prospect:
    calendars, now = _as_changed(change, programme), desk.clock.now()
    counts, seen = dict.fromkeys(KINDS, 0), []
    named = unknown = standing = 0
    for kind, row in _dated(session, desk, change):
        if row.paused_at is not None:
            standing += 1
        elif row.due_amount is None:
            named, unknown = named + (row.due_since is not None), unknown + (row.due_since is None)
        elif moved := _moved(kind, row, calendars[row.team_id], now):
            counts[kind] += 1
            if row.seen:
                seen.append(Move(kind, row.number, row.name or "", *moved))
    seen.sort(key=lambda move: (move.was, move.number, move.name))
    first = (max(page, 1) - 1) * A_PAGE
    return Prospect(seen[first : first + A_PAGE], len(seen), counts, named, unknown, standing)


def _moved(kind: str, row: Any, calendar: Calendar, now: datetime) -> tuple[datetime, datetime] | None:
    """When something is due now, and when it would be; None where its date stays."""
    if kind != LETTER:
        due = counted_anew(_counted(row), row.due_at, calendar, now)
        return (row.due_at, due) if due else None
    day = day_counted_anew(_counted(row), row.due_at, calendar, london_day(now))
    return (at_london(row.due_at, BY), at_london(day, BY)) if day else None


def _as_changed(change: CalendarChange, programme: Programme) -> dict[UUID | None, Calendar]:
    """The calendar of each team, and of cases without one, as they would be."""
    ours = programme.content if change.team_id else change.put_into(programme.content)
    own = {one.id: change.put_into(one.content) if one.id == change.team_id else one.content for one in programme.teams}
    return {None: calendar_of(ours), **{team: calendar_of(ours, content) for team, content in own.items()}}


def _dated(session: Session, desk: Desk, change: CalendarChange) -> Iterator[tuple[str, Any]]:
    """Every date from the first day of the change on."""
    of_task, of_case = reach.may_see_task(desk.actor).label("seen"), reach.may_see(desk.actor).label("seen")
    running = null().label("paused_at")  # a review or a wait that stands still has no date
    found = (
        (TASK, select(Task.name, *_how(Task), Task.paused_at, of_task), counted_dates.tasks_after(change)),
        (REVIEW, select(null().label("name"), *_how(Review), running, of_case), counted_dates.reviews_after(change)),
        (WAIT, select(Waiting.name, *_how(Waiting), running, of_case), counted_dates.waits_after(change)),
        (
            LETTER,
            select(Letter.title.label("name"), *_how(Letter), running, of_case),
            counted_dates.letters_after(change),
        ),
    )
    for kind, query, of in found:
        asked = query.add_columns(Case.number, Case.team_id).join(Case, of).where(counted_dates.cases_under(change))
        yield from ((kind, row) for row in session.execute(asked))


def _how(noun: type[Task | Review | Waiting | Letter]) -> tuple[Any, ...]:
    due = noun.send_by.label("due_at") if issubclass(noun, Letter) else noun.due_at
    return due, noun.due_since, noun.due_amount, noun.due_unit


def _counted(row: Any) -> Counted:
    return Counted(row.due_since, Remaining(row.due_amount, Unit(row.due_unit)))
