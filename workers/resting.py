"""Items that failed rest before they are tried again, so that they keep no other from its turn."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from workflows.casework.backoff import wait_after


class Resting:
    """What failed in this worker, and until when it is left alone: longer after each time, never above `longest`.

    Only the worker that saw it fail knows of it. One that begins anew tries at once.
    """

    def __init__(self, longest: timedelta = timedelta()) -> None:
        self._longest = longest
        self._failed: dict[UUID, tuple[int, datetime]] = {}

    def at(self, now: datetime) -> frozenset[UUID]:
        """Return what rests at an instant; a rest that ends too far ahead was begun before the clock was set back."""
        ends = {one: until for one, (_, until) in dict(self._failed).items()}
        return frozenset(one for one, until in ends.items() if now < until <= now + self._longest)

    def failed(self, one: UUID, now: datetime) -> None:
        """Let something rest that went wrong."""
        times = self._failed.get(one, (0, now))[0] + 1
        if self._longest:
            self._failed[one] = times, now + min(wait_after(times), self._longest)

    def worked(self, one: UUID) -> None:
        """Forget what went wrong before."""
        self._failed.pop(one, None)
