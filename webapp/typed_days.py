"""Reading a day from its three boxes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from workflows.casework.errors import AnswersRefused


def read_day(typed: Mapping[str, str], name: str) -> date | None:
    """Return the day typed into `name[day]`, `name[month]`, `name[year]`; None when all are empty.

    Raises AnswersRefused when what is typed is no day.
    """
    parts = [typed.get(f"{name}[{part}]", "").strip() for part in ("year", "month", "day")]
    if not any(parts):
        return None
    try:
        year, month, day = (int(part) for part in parts)
        found = date(year, month, day)
    except ValueError as wrong:
        raise AnswersRefused({name: "Enter a real date, for example 27 3 2027"}) from wrong
    if not 2000 <= found.year <= 2100:
        raise AnswersRefused({name: "Enter the year with four digits, for example 2027"})
    return found


def wanted_day(typed: Mapping[str, str], name: str) -> date:
    """Return the day, which must be given."""
    found = read_day(typed, name)
    if found is None:
        raise AnswersRefused({name: "Enter a date"})
    return found


def read_period(typed: Mapping[str, str]) -> tuple[list[date | None], dict[str, str]]:
    """Return the days typed as `first` and `last`, and what is wrong with them, by name.

    What is no day, or the wrong way round, is not asked for.
    """
    days: list[date | None] = [None, None]
    errors: dict[str, str] = {}
    for place, name in enumerate(("first", "last")):
        try:
            days[place] = read_day(typed, name)
        except AnswersRefused as refused:
            errors |= refused.errors
    if days[0] and days[1] and days[0] > days[1]:
        return [None, None], {"last": "Enter a day that is not before the first"}
    return days, errors


def boxes(name: str, day: date) -> dict[str, str]:
    """Return a day as its three boxes hold it."""
    return {f"{name}[day]": str(day.day), f"{name}[month]": str(day.month), f"{name}[year]": str(day.year)}
