"""Times as a scenario writes them, in London: "Mon 16 Nov 2026 09:00", "2026-11-16 09:00", "2WD"."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from workflows.clock import LONDON
from workflows.working_time import ENGLAND, Duration

FORMATS = ("%a %d %b %Y %H:%M", "%Y-%m-%d %H:%M")
_NEAR = re.compile(r"(?P<day>today|(?P<sign>[+-])(?P<days>\d+) days?)(?: (?P<time>\d\d:\d\d))?")


class BadMoment(ValueError):
    """The text is not a time, or its weekday is wrong."""


def moment(text: str) -> datetime:
    """Read a time in London; a weekday that does not belong to the date is a mistake in the scenario."""
    for pattern in FORMATS:
        try:
            local = datetime.strptime(text, pattern).replace(tzinfo=LONDON)
        except ValueError:
            continue
        if "%a" in pattern and local.strftime("%a") != text[:3]:
            raise BadMoment(f"{text}: that day is a {local:%A}")
        return local.astimezone(UTC)
    raise BadMoment(f"“{text}” is not a time; write for example “Mon 16 Nov 2026 09:00”")


def after(now: datetime, length: str) -> datetime:
    """Return when "2WD", "90D" or "6W" from now is over, as the service counts."""
    return ENGLAND.due(now, Duration.parse(length))


def near(text: str, now: datetime) -> str | None:
    """Turn "today", "+14 days" or "-1 day 10:30" into the date (and time) a form is given; None for other words."""
    found = _NEAR.fullmatch(text)
    if found is None:
        return None
    days = int(found["days"] or 0) * (-1 if found["sign"] == "-" else 1)
    day = now.astimezone(LONDON).date() + timedelta(days=days)
    return f"{day}T{found['time']}" if found["time"] else str(day)


def said(instant: datetime) -> str:
    """Write an instant as scenarios do."""
    return instant.astimezone(LONDON).strftime("%a %d %b %Y %H:%M")
