"""Values and facts as people say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from workflows.check.regions import is_known

_MOST_SAID: Final = 12
_NOTHING_ELSE: Final[Mapping[str, str]] = {}


def spoken(value: object) -> str:
    """A value as people say it: yes, not known, “given”, 18, 1 April 2026."""
    if not is_known(value):
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(spoken(item) for item in value) or "nothing"
    return _day(value) or f"“{value}”" if isinstance(value, str) else str(value)


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return ""
    return f"{day.day} {day:%B %Y}" if day else ""


def facts_in_words(facts: Mapping[str, object], labels: Mapping[str, str] = _NOTHING_ELSE) -> str:
    """Facts in a sentence, by the names people know them by: Age is 75 and Frailty is not known."""
    said = [f"{labels.get(name, name)} is {spoken(value)}" for name, value in facts.items()]
    return listed(said if len(said) <= _MOST_SAID else [*said[:_MOST_SAID], "so on"])


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
