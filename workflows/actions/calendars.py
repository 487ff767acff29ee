"""Changing hours and closed days, of a programme or of one of its teams: asked for, looked at, then made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from workflows.casework.calendar_change import (
    ASKED,
    CLOSE,
    HOURS,
    OPEN,
    CalendarChange,
    may_change_calendar,
)
from workflows.casework.calendars import calendar_of, closed_days_of, written_week
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, RuleBroken
from workflows.casework.programme import Programme, Team
from workflows.desk import Desk, Work
from workflows.working_time import Calendar, Week, bank_holidays

LONGEST_REASON = 100
NOT_YOURS = "Hours, closed days and meetings are for the managers of the programme, a team’s for its own manager too."
ACTS = {CLOSE: "service closed on a day", OPEN: "service open after all", HOURS: "hours changed"}


@dataclass(frozen=True)
class Whose:
    """Whose calendar is meant, by keys: that of a programme, or of one team."""

    programme: str
    team: str | None = None


@dataclass(frozen=True)
class Owner:
    """The same, held: a programme, or one of its teams."""

    programme: Programme
    team: Team | None

    @property
    def keeps(self) -> Programme | Team:
        """Who keeps what is changed."""
        return self.team or self.programme

    @property
    def calendar(self) -> Calendar:
        """When it is open."""
        return self.keeps.calendar


def ask_to_close(desk: Desk, whose: Whose, day: date, why: str) -> UUID:
    """Ask to close the service on a day to come. Returns the change, to be looked at and confirmed.

    Raises AnswersRefused for a day that is past or closed anyway, and without a reason.
    """
    return _ask(desk, whose, CalendarChange(kind=CLOSE, first=day, why=why.strip()))


def ask_to_open(desk: Desk, whose: Whose, day: date) -> UUID:
    """Ask to open the service after all on a day to come that had been closed by hand."""
    return _ask(desk, whose, CalendarChange(kind=OPEN, first=day))


def ask_for_hours(desk: Desk, whose: Whose, first: date, week: Week | None) -> UUID:
    """Ask for other hours from a day to come; without a week a team works as its programme does.

    Raises AnswersRefused for a day that is not to come, for a week without an open day, and for the hours it has.
    """
    return _ask(desk, whose, CalendarChange(kind=HOURS, first=first, week=week and written_week(week)))


def confirm_change(desk: Desk, change_id: UUID) -> None:
    """Make a change; the dates that it moves follow, case by case. Twice is once."""
    with desk.work() as work:
        change, owner = _held(work, change_id)
        if change.status != ASKED:
            return
        if errors := _faults(owner, change, work.today):
            raise RuleBroken(f"{next(iter(errors.values()))}.")
        owner.keeps.content = dict(change.put_into(owner.keeps.content))
        owner.keeps.happened(ACTS[change.kind], **_told(owner, change))
        change.confirm(work.now)
        work.commit()


def drop_change(desk: Desk, change_id: UUID) -> Whose:
    """Think better of a change that was only looked at; returns whose calendar stays as it is."""
    with desk.work() as work:
        change, owner = _held(work, change_id)
        whose = Whose(owner.programme.key, owner.team.key if owner.team else None)
        if change.status == ASKED:
            change.happened("calendar change dropped", kind=change.kind, first=change.first.isoformat())
            work.session.delete(change)
            work.commit()
        return whose


def _ask(desk: Desk, whose: Whose, change: CalendarChange) -> UUID:
    with desk.work() as work:
        owner = owner_of(work, whose)
        if errors := _faults(owner, change, work.today):
            raise AnswersRefused(errors)
        change.programme_id, change.team_id = owner.programme.id, owner.team.id if owner.team else None
        change.asked_by_id, change.asked_at = work.actor.id, work.now
        # Whoever asks again has thought better of what they only looked at.
        mine = CalendarChange.asked_by_id == work.actor.id, CalendarChange.status == ASKED
        work.session.execute(delete(CalendarChange).where(*mine))
        change.happened("calendar change asked for", kind=change.kind, first=change.first.isoformat())
        work.session.add(change)
        work.commit()
        return change.id


def owner_of(work: Work, whose: Whose) -> Owner:
    """Hold the programme whose calendar, or whose team's, the actor changes; raises NotFound or NotAllowed."""
    owner = held_owner(work, whose)
    if not may_change_calendar(work.actor, owner.programme.id, owner.team.id if owner.team else None):
        raise NotAllowed(NOT_YOURS)
    return owner


def held_owner(work: Work, whose: Whose) -> Owner:
    """Hold a programme, for itself or for one of its teams: who changes either do so one after the other."""
    programme = work.session.scalar(
        select(Programme).where(Programme.key == whose.programme).with_for_update(of=Programme)
    )
    if programme is None:
        raise NotFound("There is no such programme.")
    team = next((one for one in programme.teams if one.key == whose.team), None)
    if whose.team is not None and team is None:
        raise NotFound("There is no such team in this programme.")
    return Owner(programme, team)


def _held(work: Work, change_id: UUID) -> tuple[CalendarChange, Owner]:
    found = work.session.get(CalendarChange, change_id)
    if found is None:
        raise NotFound("There is no such change.")
    programme = work.session.get_one(Programme, found.programme_id)
    team = work.session.get(Team, found.team_id) if found.team_id else None
    owner = owner_of(work, Whose(programme.key, team.key if team else None))
    query = select(CalendarChange).where(CalendarChange.id == change_id).with_for_update()
    return work.session.scalars(query, execution_options={"populate_existing": True}).one(), owner


def _faults(owner: Owner, change: CalendarChange, today: date) -> dict[str, str]:
    if change.kind == HOURS:
        return _wrong_hours(owner, change, today)
    if change.kind == OPEN:
        closed = {one.day for one in closed_days_of(owner.keeps.content) if not one.open_after_all}
        gone = change.first < today or change.first not in closed
        return {"day": "The service is not closed by hand on such a day to come"} if gone else {}
    return _wrong_day(owner, change.first, today) | _wrong_reason(change.why)


def _wrong_day(owner: Owner, day: date, today: date) -> dict[str, str]:
    if day < today:
        return {"day": "The day must be today or later: what fell due before is not counted again"}
    if day in owner.calendar.closures:
        return {"day": "This day is on the list already"}
    if not owner.calendar.is_working_day(day):
        return {"day": f"The service is closed on that day anyway: it is {_kind(day)}"}
    return {}


def _wrong_reason(why: str) -> dict[str, str]:
    if not why:
        return {"why": "Enter why the service is closed, for example “Extra bank holiday”"}
    too_long = len(why) > LONGEST_REASON
    return {"why": f"Say it in {LONGEST_REASON} characters or fewer"} if too_long else {}


def _wrong_hours(owner: Owner, change: CalendarChange, today: date) -> dict[str, str]:
    if change.first <= today:
        return {"first": "The first day must be to come: what is due today was counted by the hours of today"}
    if change.week is not None and not any(change.week):
        return {"opens-0": "Enter hours for at least one day"}
    before, after = owner.calendar, _changed(owner, change)
    days = {change.first, *(first for first, _week in before.later if first > change.first)}
    same = all(before.week_on(day) == after.week_on(day) for day in days)
    return {"opens-0": "These are the hours from that day on already"} if same else {}


def _changed(owner: Owner, change: CalendarChange) -> Calendar:
    """The calendar as it would be."""
    if owner.team is None:
        return calendar_of(change.put_into(owner.programme.content))
    return calendar_of(owner.programme.content, change.put_into(owner.team.content))


def _kind(day: date) -> str:
    if day in bank_holidays(day.year):
        return "a bank holiday"
    return "a Saturday or Sunday" if day.weekday() > 4 else "a weekday without hours"


def _told(owner: Owner, change: CalendarChange) -> dict[str, Any]:
    said: dict[str, Any] = {"programme": owner.programme.key, "day": change.first.isoformat()}
    if owner.team is not None:
        said["team"] = owner.team.key
    if change.kind == HOURS:
        said["week"] = change.week
    return said | ({"why": change.why} if change.why else {})
