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
