"""What is found in a table, as people say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from workflows.check.saying import facts_in_words, listed
from workflows.engine.decisions import DecisionTable

_MOST_LISTED: Final = 6


def example(table: DecisionTable, facts: Mapping[str, object]) -> str:
    """Facts in a sentence, by the headings of their columns."""
    return facts_in_words(facts, {column.expression: column.label for column in table.inputs})


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
