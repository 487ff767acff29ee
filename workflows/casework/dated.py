"""What counts for a time only: teams, practices, posts, settings. Nothing of it is ever overwritten, it ends."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped


def in_force(start: date | None, end: date | None, on: date) -> bool:
    """Say whether something dated `start` to `end` (last day included) counts on the day `on`."""
    return (start is None or start <= on) and (end is None or on <= end)


class Dated:
    """A noun with a first and a last day, both included; where one is missing it is open on that side."""

    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    def counts_on(self, day: date) -> bool:
        """Say whether it counts on the day."""
        return in_force(self.valid_from, self.valid_to, day)
