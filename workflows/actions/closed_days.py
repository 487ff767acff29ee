"""Days on which a programme's service is closed besides weekends and bank holidays, entered by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from workflows.actions.programmes import managed
from workflows.casework.errors import AnswersRefused, NotFound
from workflows.casework.programme import CLOSED_DAYS, Programme
from workflows.desk import Desk
from workflows.working_time import ENGLAND, bank_holidays

LONGEST_REASON = 100


def close_on(desk: Desk, programme_key: str, day: date, why: str) -> None:
    """Close the service on a day to come: promises made from now on are counted without it.

    Raises AnswersRefused for a day that is past or closed anyway, and without a reason.
    """
    with desk.work() as work:
        programme = managed(work, programme_key)
        why = why.strip()
        errors = _faults(programme, day, why, work.today)
        if errors:
            raise AnswersRefused(errors)
        others = [row for row in programme.content.get(CLOSED_DAYS, ()) if row["day"] != day.isoformat()]
        _list(programme, [*others, {"day": day.isoformat(), "why": why}])
        programme.happened("service closed on a day", programme=programme.key, day=day.isoformat(), why=why)
        work.commit()


def open_after_all(desk: Desk, programme_key: str, day: date) -> None:
    """Open the service on a day to come that had been closed; that it was to be closed stays in the record."""
    with desk.work() as work:
        programme = managed(work, programme_key)
        if day < work.today or day not in programme.calendar.closures:
            raise NotFound("The service is not closed by hand on such a day to come.")
        rows = programme.content[CLOSED_DAYS]
        _list(programme, [{**row, "open_after_all": True} if row["day"] == day.isoformat() else row for row in rows])
        programme.happened("service open after all", programme=programme.key, day=day.isoformat())
        work.commit()


def _list(programme: Programme, rows: list[dict[str, Any]]) -> None:
    programme.content = {**programme.content, CLOSED_DAYS: sorted(rows, key=lambda row: str(row["day"]))}


def _faults(programme: Programme, day: date, why: str, today: date) -> dict[str, str]:
    errors = {}
    if day < today:
        errors["day"] = "The day must be today or later: what was promised before is not counted again"
    elif not ENGLAND.is_working_day(day):
        errors["day"] = f"The service is closed on that day anyway: it is a {_kind(day)}"
    elif day in programme.calendar.closures:
        errors["day"] = "This day is on the list already"
    if not why:
        errors["why"] = "Enter why the service is closed, for example “Extra bank holiday”"
    elif len(why) > LONGEST_REASON:
        errors["why"] = f"Say it in {LONGEST_REASON} characters or fewer"
    return errors


def _kind(day: date) -> str:
    return "bank holiday" if day in bank_holidays(day.year) else "Saturday or Sunday"
