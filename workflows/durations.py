"""Lengths of time, as the settings of a programme write them and as people say them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

LONGEST = 9999  # of any unit: a typing slip must not send the calendar looking for a day centuries away

_DURATION = re.compile(r"(?P<amount>\d{1,4})(?P<unit>WD|WH|UD|UH|M|H|D|W)")


class DurationError(ValueError):
    """The text is not a length of time this service can count in."""


class Unit(StrEnum):
    """What a length of time is counted in."""

    WORKING_DAYS = "WD"
    WORKING_HOURS = "WH"
    URGENT_DAYS = "UD"
    URGENT_HOURS = "UH"
    HOURS = "H"
    MINUTES = "M"
    DAYS = "D"
    WEEKS = "W"

    @property
    def counts_days(self) -> bool:
        """Whether it ends with a day's close rather than at an exact minute."""
        return self in (Unit.WORKING_DAYS, Unit.URGENT_DAYS, Unit.DAYS, Unit.WEEKS)


_SAID = {
    Unit.WORKING_DAYS: ("working day", "working days"),
    Unit.WORKING_HOURS: ("working hour", "working hours"),
    Unit.URGENT_DAYS: ("day, weekends and holidays too", "days, weekends and holidays too"),
    Unit.URGENT_HOURS: (
        "hour between 8 in the morning and 8 in the evening",
        "hours between 8 in the morning and 8 in the evening",
    ),
    Unit.HOURS: ("hour", "hours"),
    Unit.MINUTES: ("minute", "minutes"),
    Unit.DAYS: ("day", "days"),
    Unit.WEEKS: ("week", "weeks"),
}
_NOUGHT = {Unit.WORKING_DAYS: "the same working day", Unit.URGENT_DAYS: "the same day, whatever day it is"}


@dataclass(frozen=True)
class Duration:
    """A length of time as the programme's settings write it: "2WD", "4WH", "2UH", "24H", "14D", "12W"."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read a duration; raises DurationError with a sentence for the person who typed it."""
        found = _DURATION.fullmatch(text.strip())
        if found is None:
            raise DurationError(
                f"“{text}” is not a duration. Write a whole number from 0 to {LONGEST} and a unit, for example "
                "2WD: WD working days, WH working hours, UD days with weekends and holidays, "
                "UH hours between 08:00 and 20:00, H hours, M minutes, D days, W weeks."
            )
        return cls(int(found["amount"]), Unit(found["unit"]))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @property
    def length(self) -> timedelta:
        """How long it is where it is counted in hours or minutes, of whatever hours of the day."""
        return timedelta(minutes=self.amount) if self.unit is Unit.MINUTES else timedelta(hours=self.amount)

    @property
    def words(self) -> str:
        """Say it as people do: "2WD" is "2 working days"."""
        if self.amount == 0:
            return _NOUGHT.get(self.unit, "at once")
        one, many = _SAID[self.unit]
        return f"{self.amount} {one if self.amount == 1 else many}"


@dataclass(frozen=True)
class Remaining:
    """What is left of a paused clock; negative when it was overdue.

    `amount` is in days for the units that count days, otherwise in seconds of open time.
    """

    amount: int
    unit: Unit
