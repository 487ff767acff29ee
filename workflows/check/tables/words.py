"""What is found in a table, as people say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from workflows.check.regions import is_known
from workflows.engine.decisions import DecisionTable

_MOST_LISTED: Final = 6


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


def example(table: DecisionTable, facts: Mapping[str, object]) -> str:
    """Facts in a sentence, by the headings of their columns: Age is 75 and Frailty is not known."""
    labels = {column.expression: column.label for column in table.inputs}
    return listed([f"{labels.get(name, name)} is {spoken(value)}" for name, value in facts.items()])


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def rules_named(numbers: Iterable[int]) -> str:
    """Rules by their numbers: rule 3; rules 3 and 5; rules 1, 2, 3, 4, 5 and 37 more."""
    those = list(numbers)
    shown = [str(number) for number in those[:_MOST_LISTED]]
    if len(those) > _MOST_LISTED:
        shown = [*shown[:-1], f"{len(those) - _MOST_LISTED + 1} more"]
    return f"rule{'s' if len(those) > 1 else ''} {listed(shown)}"


def columns_named(table: DecisionTable, places: Iterable[int]) -> str:
    """Columns by their headings."""
    return listed([f"“{table.inputs[place].label}”" for place in sorted(places)])
