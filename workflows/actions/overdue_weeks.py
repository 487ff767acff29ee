"""Counting what is overdue when a week ends: each week once, and those before the first count from what tasks tell."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.casework.access import HELD_BACK
from workflows.casework.case import Case
from workflows.casework.errors import OutOfDate
from workflows.casework.overdue import KINDS, OverdueWeek, end_of_week, last_sundays
from workflows.casework.programme import Programme, Team
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.storage.lateness import kind, late_at

WEEKS = 12  # that the trend shows
AT_THE_TIME = timedelta(hours=1)  # counted later than this, a week is reckoned afterwards
Place = tuple[UUID, UUID]  # programme, and team or again the programme


def count_weeks(desk: Desk) -> int:
    """Count every one of the last weeks that is over and not counted yet; twice is once. Returns how many."""
    weeks = _not_counted(desk)
    for week in weeks:
        with suppress(OutOfDate):  # another worker was faster
            _count(desk, week)
    return len(weeks)


def _not_counted(desk: Desk) -> list[date]:
    """The weeks since there are cases: before that there was nothing to be late."""
    weeks = last_sundays(desk.today, WEEKS)
    with desk.looking() as session:
        counted = set(session.scalars(select(OverdueWeek.week).where(OverdueWeek.week >= weeks[0]).distinct()))
        missing = [week for week in weeks if week not in counted]
        began = session.scalar(select(func.min(Case.opened_at))) if missing else None
    return [week for week in missing if began is not None and began < end_of_week(week)]


def _count(desk: Desk, week: date) -> None:
    """Count one week: a row for every place and kind, noughts too, so that it is known to be counted."""
    with desk.looking() as session:
        found = {(place, one): number for place, one, number in _late(session, week)}
        places = _places(session)
    with desk.work() as work:
        reckoned = work.now > end_of_week(week) + AT_THE_TIME
        for programme_id, place_id in places:
            for one in KINDS:
                number = found.get((place_id, one), 0)
                row = {"week": week, "programme_id": programme_id, "place_id": place_id, "kind": one}
                work.session.add(OverdueWeek(**row, tasks=number, reckoned=reckoned))
        work.commit()


def _late(session: Session, week: date) -> Sequence[Any]:
    place = func.coalesce(Case.team_id, Case.programme_id).label("at_place")
    late = (late_at(end_of_week(week)), Case.sharing_scope != HELD_BACK)
    counted = select(place, kind().label("of_kind"), func.count()).join(Case, Case.id == Task.case_id).where(*late)
    return session.execute(counted.group_by("at_place", "of_kind")).all()


def _places(session: Session) -> list[Place]:
    whole = [(one, one) for one in session.scalars(select(Programme.id))]
    return whole + [(row.programme_id, row.id) for row in session.execute(select(Team.programme_id, Team.id))]
