"""Dates that were counted on a calendar, and how, so that they can be counted anew when it changes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from workflows.clock import london_day
from workflows.working_time import Calendar, Counted, Remaining, Unit


class CountedDate:
    """A noun that falls due, and knows whether its date was counted or somebody named it.

    due_since: from when its time counts; where there is no `due_amount`, when the date was named. Both are empty where
    the date is older than this knowledge. due_amount: how much time, in the measure of `Remaining`; due_unit: of what.
    """

    due_since: Mapped[datetime | None]
    due_amount: Mapped[int | None]
    due_unit: Mapped[str] = mapped_column(default="WD", server_default="WD")

    @property
    def counted(self) -> Counted | None:
        """How its date came about; None where nobody counted it, or nobody knows."""
        if self.due_since is None or self.due_amount is None:
            return None
        return Counted(self.due_since, Remaining(self.due_amount, Unit(self.due_unit)))

    def rest_on(self, counted: Counted | None, now: datetime) -> None:
        """Note how its date came about; without a count somebody names it now, and no calendar moves it."""
        if counted is None:
            self.due_since, self.due_amount, self.due_unit = now, None, self.due_unit or Unit.WORKING_DAYS.value
        else:
            self.due_since, self.due_amount = counted.since, counted.length.amount
            self.due_unit = counted.length.unit.value


def counted_anew(counted: Counted | None, due: datetime, calendar: Calendar, now: datetime) -> datetime | None:
    """Return when something falls due on another calendar, or None where its date stays.

    It stays where nobody counted it. What is late stays late, and nothing becomes late by being counted.
    """
    if counted is None or due <= now:
        return None
    moved = calendar.counted(counted)
    return moved if moved != due and moved > now else None


def day_counted_anew(counted: Counted | None, day: date, calendar: Calendar, today: date) -> date | None:
    """Return by which day something goes on another calendar, or None where its day stays, by the same rule."""
    if counted is None or day < today:
        return None
    moved = london_day(calendar.counted(counted))
    return moved if moved != day and moved >= today else None
