"""A table of ladders while somebody drafts it: rows in their order, whole or not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from workflows.casework.ladder import AT_DUE, DUE, LEVELS, NAMES
from workflows.casework.ladder_table import COLUMNS, Fault, LadderRefused
from workflows.durations import Duration, DurationError, Unit

Row = Mapping[str, str]
BEFORE, AT, AFTER = "before", "at", "after"
# About how long each unit is, in days, so that rungs stand in their order.
_DAYS = {
    Unit.WORKING_DAYS: 1.4, Unit.WORKING_HOURS: 1.4 / 8, Unit.URGENT_DAYS: 1.0, Unit.URGENT_HOURS: 1 / 12,
    Unit.HOURS: 1 / 24, Unit.MINUTES: 1 / 1440, Unit.DAYS: 1.0, Unit.WEEKS: 7.0,
}  # fmt: skip


def rows_in(table: str) -> list[dict[str, str]]:
    """Return the rows of a table as it is kept in a draft."""
    return [{name: row.get(name) or "" for name in COLUMNS} for row in csv.DictReader(io.StringIO(table))]


def table_of(rows: Iterable[Row]) -> str:
    """Write rows as a draft keeps them: a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def side_of(row: Row) -> str:
    """Say whether a row is for the time before its task is due, that moment, or after it."""
    when = row["when"]
    return AT if when == DUE else AFTER if when.startswith("+") else BEFORE


def numbered(rows: Sequence[Row]) -> list[dict[str, str]]:
    """Put rows in order and give each its level: R1, R2 before, L1 when due, L2 and on after.

    Raises LadderRefused where there are more than a ladder can hold.
    """
    found: list[dict[str, str]] = []
    for name in NAMES:
        theirs = sorted((row for row in rows if row["ladder"] == name), key=_order)
        for side, levels in _LEVELS.items():
            here = [row for row in theirs if side_of(row) == side]
            if len(here) > len(levels):
                raise LadderRefused([Fault(f"there can be {_MOST[side]}.", NAMES[name])])
            found += [{**row, "level": level} for row, level in zip(here, levels, strict=False)]
    return found


_LEVELS = {BEFORE: LEVELS[: AT_DUE - 1], AT: LEVELS[AT_DUE - 1 : AT_DUE], AFTER: LEVELS[AT_DUE:]}
_MOST = {
    BEFORE: "two reminders before a task is due, no more",
    AT: "one rung at the moment at which a task is due, no more",
    AFTER: f"{len(LEVELS) - AT_DUE} rungs after a task is due, no more",
}


def _order(row: Row) -> float:
    when = row["when"]
    if when.endswith("%"):
        return -10_000 + int(when[:-1] or 0)
    if when == DUE:
        return 0
    try:
        days = about_days(Duration.parse(when[1:]))
    except DurationError:
        return 0
    return days if when.startswith("+") else -days


def about_days(length: Duration) -> float:
    """Say about how many days a length of time is, as they go by in a usual week."""
    return length.amount * _DAYS[length.unit]
