"""Answers that are dates, and dates with a time as a clock on a wall in London shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from forms.wording import demand, subject
from forms.words import Answered

LONDON = ZoneInfo("Europe/London")
EARLIEST_YEAR = 1900
FURTHEST_YEARS = 10  # nobody plans further ahead; a year beyond is a slip of the finger
PARTS = ("day", "month", "year")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_TIME = re.compile(r"([0-9]{1,2}?)(?:[:. ]?([0-9]{2}))?\s*([ap]m)?\s*([a-z]{3,4})?", re.I)


class Day(Answered):
    """A date typed as day, month and year; kept as "YYYY-MM-DD"."""

    present = "today"

    def _deserialize(self, value: Mapping[str, str], attr: str | None, data: object, **kwargs: Any) -> str:
        day = self.day(value)
        self.timely(day, self.circumstances.today)
        return day.isoformat()

    def day(self, parts: Mapping[str, str]) -> date:
        """The date that these parts name."""
        missing = [part for part in PARTS if not parts.get(part)]
        if len(missing) == len(PARTS):
            raise ValidationError(demand(self.question))
        if missing:
            raise self.wrong(f"must include a {' and a '.join(missing)}")
        if not re.fullmatch(r"[0-9]{4}", parts["year"]):
            raise self.wrong("must have a year of 4 digits")
        if int(parts["year"]) < EARLIEST_YEAR:
            raise self.wrong(f"must be in {EARLIEST_YEAR} or later")
        if int(parts["year"]) > self.circumstances.today.year + FURTHEST_YEARS:
            raise self.wrong(self._too_far())
        return self._real_day(parts)

    def _too_far(self) -> str:
        """What is wrong with a year that far ahead: nobody is born then, whatever the furthest year may be."""
        if self.question.past:
            return f"must be {self.present} or in the past"
        return f"must not be more than {FURTHEST_YEARS} years ahead. Check the year"

    def _real_day(self, parts: Mapping[str, str]) -> date:
        try:
            return date(int(parts["year"]), _month(parts["month"]), _number(parts["day"]))
        except ValueError as error:
            raise self.wrong("must be a real date") from error

    def timely(self, given: date | datetime, present: date | datetime) -> None:
        """Refuse what lies on the wrong side of the present; the present itself is always right.

        In a form that is corrected, what was still to come when it was written is right too.
        """
        this = "now" if isinstance(given, datetime) else "today"
        if self.question.past and given > present:
            raise self.wrong(f"must be {this} or in the past")
        if self.question.future and given < self._then(present):
            raise self.wrong(f"must be {this} or in the future")

    def _then(self, present: date | datetime) -> date | datetime:
        """When the form was first written, if it was written before; otherwise the present."""
        written = self.circumstances.written
        if written is None:
            return present
        return written if isinstance(present, datetime) else written.astimezone(LONDON).date()

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> dict[str, str]:
        return _parts(date.fromisoformat(str(value)))


class Moment(Day):
    """A date and a time in London; kept as an ISO instant in UTC, to the minute."""

    present = "now"

    def _deserialize(self, value: Mapping[str, str], attr: str | None, data: object, **kwargs: Any) -> str:
        day = self.day(value)
        clock, zone = self._clock(value.get("time", ""))
        moment = self._instant(datetime.combine(day, clock), zone)
        now = self.circumstances.now
        if now is None:
            self.timely(day, self.circumstances.today)
        else:
            self.timely(moment, now)
        return moment.isoformat()

    def _clock(self, typed: str) -> tuple[time, str]:
        found = _TIME.fullmatch(typed)
        if not typed or not found:
            raise self.wrong("must include a time, like 14:30")
        hour, minute, half, zone = int(found[1]), found[2], (found[3] or "").lower(), found[4] or ""
        if (minute is None and not half) or (half and not 1 <= hour <= 12):
            raise self.wrong("must include a time, like 14:30 or 2:30pm")
        try:
            return time(hour % 12 + (12 if half == "pm" else 0) if half else hour, int(minute or 0)), zone.upper()
        except ValueError as error:
            raise self.wrong("must include a time between 00:00 and 23:59") from error

    def _instant(self, wall: datetime, zone: str) -> datetime:
        """The one instant at which clocks in London showed this; says so when there is none, or two."""
        found = instants(wall)
        shown = f"{wall:%H:%M} on {long_date(wall.date())}"
        if not found:
            raise self.wrong(f"must be a time that existed: clocks went forward and skipped {shown}")
        if zone:
            found = {name: moment for name, moment in found.items() if name == zone}
        if not found:
            raise self.wrong(f"must be a time in London: {shown} was not in {zone}")
        if len(found) > 1:
            first, second = (f"{wall:%H:%M} {name}" for name in found)
            raise ValidationError(
                f"{shown} happened twice because the clocks went back: enter {first} or {second}"
                f" for {subject(self.question)}"
            )
        return next(iter(found.values()))

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> dict[str, str]:
        local = in_london(str(value))
        twice = len(instants(local.replace(tzinfo=None, fold=0))) > 1
        return {**_parts(local.date()), "time": f"{local:%H:%M}{f' {local.tzname()}' if twice else ''}"}


def instants(wall: datetime) -> dict[str, datetime]:
    """The instants (UTC) at which clocks in London showed this, by the name of the time then in force."""
    found = {}
    for fold in (0, 1):
        local = wall.replace(tzinfo=LONDON, fold=fold)
        moment = local.astimezone(UTC)
        if moment.astimezone(LONDON).replace(tzinfo=None, fold=0) == wall:
            found[str(local.tzname())] = moment
    return found


def in_london(moment: str) -> datetime:
    """The instant kept as ISO text, as clocks in London show it."""
    return datetime.fromisoformat(moment).astimezone(LONDON)


def long_date(day: date) -> str:
    """A date as people read it: 3 November 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def kept_day(answer: object) -> date | None:
    """The date of a kept answer; None where there is none."""
    try:
        return date.fromisoformat(str(answer))
    except ValueError:
        return None


def has_time(moment: str) -> bool:
    """Whether a kept date holds a time too."""
    return len(moment) > len("YYYY-MM-DD")


def human_day(moment: str) -> str:
    """A kept date as people read it: "3 November 2026", or "3 November 2026, 14:30" in London."""
    if not has_time(moment):
        return long_date(date.fromisoformat(moment))
    local = in_london(moment)
    return f"{long_date(local.date())}, {local:%H:%M}"


def _parts(day: date) -> dict[str, str]:
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def _number(typed: str) -> int:
    return int(typed) if re.fullmatch(r"[0-9]{1,2}", typed) else 0


def _month(typed: str) -> int:
    """The month by number, name or the beginning of its name (at least three letters); 0 if it is none."""
    word = typed.rstrip(".").lower()
    if len(word) < 3:
        return _number(word)
    known = "sep" if word == "sept" else word
    return next((at for at, name in enumerate(MONTHS, 1) if name.lower().startswith(known)), 0)
