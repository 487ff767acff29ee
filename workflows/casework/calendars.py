"""When a service is open: hours by weekday and closed days, as its programme and its teams keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import chain
from types import MappingProxyType
from typing import Any

from workflows.working_time import ENGLAND, Calendar, Hours, Week

Content = Mapping[str, Any]
CLOSED_DAYS, HOURS = "closures", "hours"  # where the content of a programme or a team keeps them
NOTHING_OF_ITS_OWN: Content = MappingProxyType({})


@dataclass(frozen=True)
class ClosedDay:
    """A day the service was closed by hand, and why. `open_after_all`: that was taken back."""

    day: date
    why: str
    open_after_all: bool = False


@dataclass(frozen=True)
class HoursFrom:
    """The hours of a week from a day on; `week` None: from then on a team works as its programme does."""

    first: date
    week: Week | None


def closed_days_of(content: Content) -> tuple[ClosedDay, ...]:
    """Return the days a programme or a team closed by hand, in their order."""
    rows = content.get(CLOSED_DAYS, ())
    found = [ClosedDay(date.fromisoformat(row["day"]), row["why"], row.get("open_after_all", False)) for row in rows]
    return tuple(sorted(found, key=lambda closed: closed.day))


def hours_of(content: Content) -> tuple[HoursFrom, ...]:
    """Return the hours a programme or a team gave itself, in the order in which they count."""
    rows = content.get(HOURS, ())
    found = [HoursFrom(date.fromisoformat(row["from"]), row["week"] and read_week(row["week"])) for row in rows]
    return tuple(sorted(found, key=lambda hours: hours.first))


def calendar_of(programme: Content, team: Content = NOTHING_OF_ITS_OWN) -> Calendar:
    """Return when a service is open: England's working days, unless its programme, and then its team, says otherwise.

    A team is closed on the days of its programme and on its own.
    """
    closed = chain(closed_days_of(programme), closed_days_of(team))
    off = frozenset(one.day for one in closed if not one.open_after_all)
    return replace(ENGLAND, closures=off, later=_weeks(hours_of(programme), hours_of(team)))


def _weeks(programme: Sequence[HoursFrom], team: Sequence[HoursFrom]) -> tuple[tuple[date, Week], ...]:
    days = sorted({one.first for one in (*programme, *team)})
    return tuple((day, _on(team, day) or _on(programme, day) or ENGLAND.hours) for day in days)


def _on(hours: Sequence[HoursFrom], day: date) -> Week | None:
    return next((one.week for one in reversed(hours) if one.first <= day), None)


def closed_on(content: Content, day: date, why: str) -> Content:
    """Return the content with one more closed day."""
    rows = [row for row in content.get(CLOSED_DAYS, ()) if row["day"] != day.isoformat()]
    return {**content, CLOSED_DAYS: sorted([*rows, {"day": day.isoformat(), "why": why}], key=lambda row: row["day"])}


def opened_on(content: Content, day: date) -> Content:
    """Return the content with a closed day taken back; that it was to be closed stays in the record."""
    rows = content.get(CLOSED_DAYS, ())
    return {
        **content,
        CLOSED_DAYS: [{**row, "open_after_all": True} if row["day"] == day.isoformat() else row for row in rows],
    }


def working_from(content: Content, first: date, week: Week | None) -> Content:
    """Return the content with other hours from a day on; what was planned from that day or later is no more.

    The hours of earlier days stay: what fell due then was counted by them.
    """
    rows = [row for row in content.get(HOURS, ()) if row["from"] < first.isoformat()]
    return {**content, HOURS: [*rows, {"from": first.isoformat(), "week": week and written_week(week)}]}


def read_week(rows: Sequence[Sequence[str] | None]) -> Week:
    """Read the hours of a week, Monday first, as they are kept: ["09:00", "17:00"], or None for a day that is shut."""
    return tuple(Hours(*map(time.fromisoformat, row)) if row else None for row in rows)


def written_week(week: Week) -> list[list[str] | None]:
    """Write the hours of a week as they are kept."""
    return [day and [f"{day.opens:%H:%M}", f"{day.closes:%H:%M}"] for day in week]
