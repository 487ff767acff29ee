"""Whether a text will do as a programme's time or threshold: it must be of the kind the setting has."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from workflows.casework.errors import AnswersRefused
from workflows.working_time import ENGLAND, Duration, DurationError, Unit

_NUMBER = re.compile(r"\d{1,6}(\.\d{1,4})?")


def checked_value(key: str, present: str, wanted: str, now: datetime) -> str:
    """Return the value to keep; raise AnswersRefused with a sentence when it is not of the setting's kind."""
    wanted = wanted.strip()
    if key.startswith("remind."):
        _reminder(wanted, now)
        return wanted
    if _NUMBER.fullmatch(present):
        return _number(present, wanted)
    try:
        return str(Duration.parse(wanted.upper()))
    except DurationError as refusal:
        raise AnswersRefused({"value": str(refusal)}) from refusal


def _reminder(wanted: str, now: datetime) -> None:
    try:
        ENGLAND.reminder(now, now + timedelta(days=30), wanted, Unit.WORKING_DAYS)
    except DurationError as refusal:
        raise AnswersRefused({"value": str(refusal)}) from refusal


def _number(present: str, wanted: str) -> str:
    if "." in present:
        return _like(_NUMBER, wanted, "Enter a number, for example 0.24")
    return _like(re.compile(r"\d{1,6}"), wanted, "Enter a whole number")


def _like(pattern: re.Pattern[str], wanted: str, refusal: str) -> str:
    if not pattern.fullmatch(wanted):
        raise AnswersRefused({"value": refusal})
    return wanted
