"""Hiding what is about the person in what is told to those who mend the machinery."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

MOST_DIGITS = 5  # a larger number may be a telephone number or an NHS number
MOST_SHOWN = 12  # items of a list
SHORTEST = 2  # a single letter is found in every word
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.+Z-]*)?")
HIDDEN = "…"


def masked(data: Mapping[str, Any], codes: Collection[str], sensitive: Collection[str] = ()) -> dict[str, Any]:
    """Return decision variables as somebody may see them who sees no record.

    Shown are yes and no, small numbers, and words that are among the `codes`: those that diagrams, tables and forms
    themselves use. Of everything else only what kind of thing it is. `sensitive`: variables of which nothing is shown.
    """
    return {name: "hidden: sensitive" if name in sensitive else _masked(value, codes) for name, value in data.items()}


def kinds_only(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `masked` shows for somebody who may not see the record at all: of each variable its kind alone.

    Even a code tells of somebody's health, whoever they are.
    """
    return {name: _kind_only(value) for name, value in shown.items()}


def _kind_only(value: Any) -> Any:
    if value is None or value == "" or (isinstance(value, str) and value.startswith("hidden")):
        return value
    if isinstance(value, bool):
        return "hidden: yes or no"
    if isinstance(value, int | float):
        return "hidden: a number"
    return "hidden: a code" if isinstance(value, str) else f"hidden: a list of {len(value)}"


def without(text: str, hidden: Iterable[str]) -> str:
    """Return a sentence without these words, and without days."""
    for word in sorted({one for one in hidden if len(one) >= SHORTEST}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
    return _DAY.sub("a date", text)


def words_hidden(data: Mapping[str, Any], codes: Collection[str], sensitive: Collection[str] = ()) -> Iterator[str]:
    """Return every word and number among the decision variables that `masked` does not show."""
    for name, value in data.items():
        yield from _hidden(value, frozenset() if name in sensitive else codes)


def _masked(value: Any, codes: Collection[str]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if _small(value) else "hidden: a number"
    if isinstance(value, str):
        return value if not value or value in codes else f"hidden: {_kind(value)}"
    if isinstance(value, list):
        more = [f"and {len(value) - MOST_SHOWN} more"] if len(value) > MOST_SHOWN else []
        return [_masked(item, codes) for item in value[:MOST_SHOWN]] + more
    return f"hidden: {len(value)} named values" if isinstance(value, dict) else "hidden"


def _hidden(value: Any, codes: Collection[str]) -> Iterator[str]:
    if isinstance(value, str):
        if value not in codes:
            yield value
    elif isinstance(value, int | float):
        if not _small(value):
            yield str(value)
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _hidden(item, codes)


def _small(number: float) -> bool:
    return isinstance(number, bool) or len(str(abs(int(number)))) <= MOST_DIGITS


def _kind(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return f"text of {len(text)} characters"
    return "a date"
