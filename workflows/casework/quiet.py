"""Quiet hours: the part of the night in which only what cannot wait, or what somebody waits for, is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from workflows.casework.backoff import LONGEST
from workflows.clock import LONDON, at_london

FROM, TO = "quiet_from", "quiet_to"  # the settings of a programme
# Between which times of day each may lie: they never take the working day, and end before the message of the morning.
BOUNDS = {FROM: (time(16), time(23, 59)), TO: (time(5), time(9))}


@dataclass(frozen=True)
class Quiet:
    """From an evening to the next morning, by the clocks of London."""

    begins: time
    ends: time

    def until(self, now: datetime) -> datetime | None:
        """Return when the quiet hours end in which an instant lies; None where it lies in none."""
        here = now.astimezone(LONDON)
        if here.time() < self.ends:
            return at_london(here.date(), self.ends)
        return at_london(here.date() + timedelta(days=1), self.ends) if here.time() >= self.begins else None


USUAL = Quiet(time(19), time(8))
WIDEST = Quiet(BOUNDS[FROM][0], BOUNDS[TO][1])


def longest_wait(now: datetime) -> datetime:
    """Return until when anything waits at most: what waits for longer was put off by a clock that has been set back."""
    return max(now + LONGEST, WIDEST.until(now) or now)
