"""Saying who is on duty: one at a time for a team or a programme, on days to come; what was stays in the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from forms.days import long_date
from workflows.actions.calendars import Owner, Whose, held_owner
from workflows.casework.duty_rota import DutyDays, may_be_on_duty, may_keep_rota
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound
from workflows.casework.programme import Programme, Team
from workflows.casework.staff import StaffMember
from workflows.desk import Desk, Work

LONGEST = timedelta(days=400)
NOT_YOURS = "Who is on duty is said by the managers and coordinators of the team, or of the whole programme."
NOT_ABLE = "Choose a colleague who holds a clinical role here on all these days"


@dataclass(frozen=True)
class Turn:
    """Somebody (None: nobody is chosen) on duty from one day to another, both included."""

    staff_id: UUID | None
    first_day: date
    last_day: date


def name_on_duty(desk: Desk, whose: Whose, turn: Turn) -> UUID:
    """Name who is on duty for a team, or for a whole programme, on days to come.

    Raises AnswersRefused for somebody without a clinical role there on these days, and where somebody is named already.
    """
    with desk.work() as work:
        owner = held_owner(work, whose)
        _must_keep(work, owner.programme.id, owner.team.id if owner.team else None)
        staff = work.session.get(StaffMember, turn.staff_id) if turn.staff_id else None
        if errors := dict(_faults(work, owner, staff, turn)):
            raise AnswersRefused(errors)
        duty = DutyDays(programme_id=owner.programme.id, team_id=owner.team.id if owner.team else None, staff=staff)
        duty.first_day, duty.last_day = turn.first_day, turn.last_day
        duty.happened("duty days named", **_told(work, duty))
        work.session.add(duty)
        work.commit()
        return duty.id


def end_duty(desk: Desk, duty_id: UUID, last_day: date) -> Whose:
    """Let duty days end earlier; returns whose they are. Raises AnswersRefused for a day that is none of them, or past.

    What was said to be yesterday and before stays: whom the ladders told then follows from it.
    """
    with desk.work() as work:
        duty, whose = _held(work, duty_id)
        earliest = max(duty.first_day, work.today - timedelta(days=1))
        if not earliest <= last_day <= duty.last_day:
            days = f"{long_date(earliest)} to {long_date(duty.last_day)}"
            raise AnswersRefused({"last_day": f"Choose a day from {days}"})
        if last_day != duty.last_day:
            duty.end(last_day)
            work.commit()
        return whose


def remove_duty(desk: Desk, duty_id: UUID) -> Whose:
    """Take duty days back; returns whose they were. Those that have begun end yesterday."""
    with desk.work() as work:
        duty, whose = _held(work, duty_id)
        if duty.first_day < work.today:
            duty.end(min(duty.last_day, work.today - timedelta(days=1)))
        else:
            duty.happened("duty days removed", **_told(work, duty))
            work.session.delete(duty)
        work.commit()
        return whose


def _must_keep(work: Work, programme_id: UUID, team_id: UUID | None) -> None:
    if not may_keep_rota(work.actor, programme_id, team_id):
        raise NotAllowed(NOT_YOURS)


def _held(work: Work, duty_id: UUID) -> tuple[DutyDays, Whose]:
    duty = work.session.get(DutyDays, duty_id, with_for_update={"of": DutyDays})
    if duty is None:
        raise NotFound("There are no such duty days.")
    _must_keep(work, duty.programme_id, duty.team_id)
    return duty, _whose(work, duty)


def _whose(work: Work, duty: DutyDays) -> Whose:
    team = work.session.get(Team, duty.team_id) if duty.team_id else None
    return Whose(work.session.get_one(Programme, duty.programme_id).key, team.key if team else None)


def _faults(work: Work, owner: Owner, staff: StaffMember | None, turn: Turn) -> Iterator[tuple[str, str]]:
    place = (owner.programme.id, owner.team.id if owner.team else None)
    if turn.first_day < work.today:
        yield "first_day", "The day must be today or later: who was on duty before stays as it was"
    elif turn.last_day < turn.first_day:
        yield "last_day", "The last day must not be before the first"
    elif turn.last_day - turn.first_day > LONGEST:
        yield "last_day", "Name somebody for a year at most"
    elif taken := _taken(work, *place, turn):
        days = f"from {long_date(taken.first_day)} to {long_date(taken.last_day)}"
        yield "first_day", f"{taken.staff.name} is on duty {days} already. Choose days outside it, or end it first"
    if staff is None:
        yield "staff", "Choose who is on duty"
    elif not all(may_be_on_duty(staff, *place, day) for day in (turn.first_day, turn.last_day)):
        yield "staff", NOT_ABLE


def _taken(work: Work, programme_id: UUID, team_id: UUID | None, turn: Turn) -> DutyDays | None:
    """Duty days of the same team, or of the programme itself, that share a day with these."""
    here = (DutyDays.programme_id == programme_id, DutyDays.team_id.is_not_distinct_from(team_id))
    shared = (DutyDays.first_day <= turn.last_day, DutyDays.last_day >= turn.first_day)
    return work.session.scalar(select(DutyDays).where(*here, *shared).order_by(DutyDays.first_day).limit(1))


def _told(work: Work, duty: DutyDays) -> dict[str, str]:
    whose = _whose(work, duty)
    return {
        "of": duty.staff.name, "programme": whose.programme, "team": whose.team or "",
        "first_day": duty.first_day.isoformat(), "last_day": duty.last_day.isoformat(),
    }  # fmt: skip
