"""Whether a text will do as a programme's time or threshold: it must be of the kind the setting has."""

from __future__ import annotations

import re
from datetime import time

from workflows.casework.errors import AnswersRefused
from workflows.casework.quiet import BOUNDS
from workflows.durations import LONGEST
from workflows.working_time import Duration, DurationError, Unit

_NUMBER = re.compile(r"\d{1,6}(\.\d{1,4})?")
_TIME_OF_DAY = re.compile(r"[0-9]{2}:[0-9]{2}")
# Counts of days, months, years and attempts of which none at all would undo what they are for: a decision to share
# without consent that lapses as it is made, a record that is not kept, a meeting that has room for nobody.
AT_LEAST_ONE = frozenset(
    {
        "agenda_capacity",
        "consent_review_months",
        "contact_attempts",
        "evidence_days",
        "override_days",
        "put_off_days",
        "retention_years",
        "retention_years_mental_health",
    }
)
# A span of no time that makes sense: a review opens on its own day, no second notice of a stay is taken for the first,
# nothing that was completed is taken back.
MAY_BE_NOTHING = frozenset({"review_window", "hospital_merge", "undo_within"})
OVERDUE_AT_ONCE = (
    "A task with no time is overdue as soon as it is asked. Enter 0WD for the same working day, 0UD for the same day "
    "whatever day it is, or a longer time"
)
NO_LENGTH = f"Enter a whole number from 0 to {LONGEST} and one of the units above, for example 2WD"
OVER_AT_ONCE = "A wait of no time is over before it begins. Enter at least 1, for example 1WD"


def checked_value(key: str, present: str, wanted: str) -> str:
    """Return the value to keep; raise AnswersRefused with a sentence when it is not of the setting's kind."""
    wanted = wanted.strip()
    if key in BOUNDS:
        return _time_of_day(wanted, *BOUNDS[key])
    if _NUMBER.fullmatch(present):
        return _number(key, present, wanted)
    try:
        duration = Duration.parse(wanted.upper())
    except DurationError as refusal:
        raise AnswersRefused({"value": NO_LENGTH}) from refusal
    if duration.amount == 0:
        _must_make_sense(key, duration)
    return str(duration)


def _time_of_day(wanted: str, first: time, last: time) -> str:
    try:
        found = time.fromisoformat(wanted) if _TIME_OF_DAY.fullmatch(wanted) else None
    except ValueError:
        found = None
    if found is None or not first <= found <= last:
        raise AnswersRefused({"value": f"Enter a time from {first:%H:%M} to {last:%H:%M}, for example {last:%H}:00"})
    return f"{found:%H:%M}"


def _must_make_sense(key: str, nothing: Duration) -> None:
    """Refuse a time of nothing, unless it says something: a task may be due at the close of the same day."""
    if key.startswith("due."):
        if nothing.unit not in (Unit.WORKING_DAYS, Unit.URGENT_DAYS):
            raise AnswersRefused({"value": OVERDUE_AT_ONCE})
    elif key not in MAY_BE_NOTHING:
        raise AnswersRefused({"value": OVER_AT_ONCE})


def _number(key: str, present: str, wanted: str) -> str:
    if "." in present:
        return _like(_NUMBER, wanted, "Enter a number, for example 0.24")
    if key in AT_LEAST_ONE:
        return _like(re.compile(r"(?!0+$)\d{1,6}"), wanted, "Enter a whole number of at least 1")
    return _like(re.compile(r"\d{1,6}"), wanted, "Enter a whole number")


def _like(pattern: re.Pattern[str], wanted: str, refusal: str) -> str:
    if not pattern.fullmatch(wanted):
        raise AnswersRefused({"value": refusal})
    return wanted
