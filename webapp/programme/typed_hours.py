"""Reading the hours of a week from two boxes a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time

from workflows.casework.errors import AnswersRefused
from workflows.working_time import Hours, Week

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TIME = re.compile(r"(?P<hour>\d{1,2})(?:[:.]?(?P<minute>\d{2}))?")


def read_hours(typed: Mapping[str, str]) -> Week:
    """Return the hours typed into `opens-0`, `closes-0` (Monday) to `closes-6`; a day with empty boxes is shut.

    Raises AnswersRefused, with a sentence for each box that cannot be read.
    """
    errors: dict[str, str] = {}
    week = tuple(_day(typed, number, errors) for number in range(7))
    if not errors and not any(week):
        errors["opens-0"] = "Enter hours for at least one day"
    if errors:
        raise AnswersRefused(errors)
    return week


def typed_hours(week: Week) -> dict[str, str]:
    """Return what has to be in the boxes for these hours."""
    open_days = {number: day for number, day in enumerate(week) if day}
    opens = {f"opens-{number}": f"{day.opens:%H:%M}" for number, day in open_days.items()}
    return opens | {f"closes-{number}": f"{day.closes:%H:%M}" for number, day in open_days.items()}


def _day(typed: Mapping[str, str], number: int, errors: dict[str, str]) -> Hours | None:
    boxes = [f"opens-{number}", f"closes-{number}"]
    said = [typed.get(box, "").strip() for box in boxes]
    if not any(said):
        return None
    times = [read_time(text) for text in said]
    for box, found in zip(boxes, times, strict=True):
        if found is None:
            word = "opens" if box.startswith("opens") else "closes"
            errors[box] = f"Enter when it {word} on {WEEKDAYS[number]}, for example 9:00 or 17:30"
    opens, closes = times
    if opens is None or closes is None:
        return None
    if opens >= closes:
        errors[boxes[1]] = f"On {WEEKDAYS[number]} it must close after it opens"
        return None
    return Hours(opens, closes)


def read_time(text: str) -> time | None:
    """Return the time of day that somebody typed, such as 9, 9:30 or 14.00; None where it is none."""
    found = _TIME.fullmatch(text)
    if found is None or int(found["hour"]) > 23 or int(found["minute"] or 0) > 59:
        return None
    return time(int(found["hour"]), int(found["minute"] or 0))
