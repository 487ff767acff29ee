"""Days, instants and lengths of time as they are written in cells, and what may be compared with what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from workflows.clock import london_day
from workflows.engine.refusals import ExpressionRefused

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO: Final = re.compile(
    r"(?P<sign>-?)P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,7})M)?(?:(?P<seconds>\d{1,8})S)?)?",
    re.ASCII,
)
_HOUSE: Final = re.compile(r"(?P<amount>\d{1,4})(?P<unit>WD|WH|UD|UH|H|D|W)", re.ASCII)
_SECONDS: Final = {"H": 3_600, "D": 86_400, "W": 604_800}


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time. Only spans counted in the same thing can be compared.

    counted: "seconds" (hours, days and weeks too), "months" (years too), or a unit of working time.
    """

    counted: str
    amount: int


Moment = date | datetime | Span


def day(text: object) -> date | None:
    """The day that a text names; of an instant, the day in London. None for anything else."""
    try:
        moment = instant(text)
        if moment is not None:
            return london_day(moment)
        return date.fromisoformat(text) if type(text) is str and _DAY.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None


def instant(text: object) -> datetime | None:
    """The instant that a text names, if it says its time zone; None for anything else."""
    if type(text) is not str or len(text) > 40 or "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def span(text: object) -> Span | None:
    """The length of time that a text names, as "P14D" or as settings write it, "14D"; None for anything else."""
    if type(text) is not str or len(text) > 40:
        return None
    house = _HOUSE.fullmatch(text)
    if house:
        amount, unit = int(house["amount"]), house["unit"]
        return Span("seconds", amount * _SECONDS[unit]) if unit in _SECONDS else Span(unit, amount)
    iso = _ISO.fullmatch(text)
    return _from_iso(iso) if iso else None


def _from_iso(match: re.Match[str]) -> Span | None:
    """Months and days do not go together: nobody can say which is longer, a month or 30 days."""
    said = {name: int(amount) for name, amount in match.groupdict().items() if name != "sign" and amount}
    sign = -1 if match["sign"] else 1
    if not said or match.group().endswith("T"):
        return None
    if said.keys() <= {"years", "months"}:
        return Span("months", sign * (said.get("years", 0) * 12 + said.get("months", 0)))
    if said.keys() & {"years", "months"}:
        return None
    days = said.get("weeks", 0) * 7 + said.get("days", 0)
    minutes = (days * 24 + said.get("hours", 0)) * 60 + said.get("minutes", 0)
    return Span("seconds", sign * (minutes * 60 + said.get("seconds", 0)))


READERS: Final = {"date": day, "date and time": instant, "duration": span}
_EXAMPLES: Final = {
    "date": 'date("2026-11-16")',
    "date and time": 'date and time("2026-11-16T09:00:00Z")',
    "duration": 'duration("P14D") or duration("14D")',
}


def written(kind: str, text: str) -> Moment:
    """The day, instant or length of time that a cell writes out; raises ExpressionRefused if it is none."""
    found = READERS[kind](text)
    if found is None:
        raise ExpressionRefused(f"There is no {kind} '{text[:40]}'. Write for example {_EXAMPLES[kind]}.")
    return found


def kind_of(text: str) -> str:
    """Which kind of moment a text looks like, for the short way of writing one: @"2026-11-16"."""
    if text.startswith(("P", "-P")):
        return "duration"
    return "date and time" if "T" in text else "date"


def like(value: object, other: date) -> date | None:
    """A value read as an instant if the other is one, otherwise as a day; None where it cannot be."""
    return instant(value) if isinstance(other, datetime) else day(value)
