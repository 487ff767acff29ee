"""The only place that asks the time. Everything else is handed a clock."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Clock(Protocol):
    """Says what time it is, as an aware UTC instant."""

    def now(self) -> datetime: ...  # noqa: D102 - the protocol's one sentence says it


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved: for tests, `make walk` and trying out a draft."""

    def __init__(self, start: datetime) -> None:
        self._now = as_utc(start)

    def now(self) -> datetime:
        """Return the instant the clock was set to."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Set the clock to `instant` (aware)."""
        self._now = as_utc(instant)

    def advance(self, step: timedelta) -> None:
        """Move the clock on by `step`."""
        self._now += step


class FileClock:
    """A clock read from a file, so that several processes of a rehearsal share one moved time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """Return the instant written in the file (ISO 8601, aware)."""
        return as_utc(datetime.fromisoformat(self._path.read_text(encoding="utf-8").strip()))


def as_utc(instant: datetime) -> datetime:
    """Return `instant` in UTC; a naive time is refused, because nobody can say which hour it means."""
    if instant.tzinfo is None:
        raise ValueError(f"a time without a time zone: {instant.isoformat()}")
    return instant.astimezone(UTC)


def london_day(instant: datetime) -> date:
    """Return the date in London at an instant."""
    return as_utc(instant).astimezone(LONDON).date()


def at_london(day: date, clock: time) -> datetime:
    """Return the instant, in UTC, at which the clocks of London say this on a day."""
    return datetime.combine(day, clock, LONDON).astimezone(UTC)
