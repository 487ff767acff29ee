"""The times that the diagrams name: the settings their steps and timers are counted by."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from tests.tables.shipped import table

WORKFLOWS = Path(__file__).parents[2] / "workflows"
DIAGRAMS = sorted((WORKFLOWS / "diagrams").glob("*.bpmn"))
KEY = re.compile(r"(?<![\w.])((?:due|wait)\.[a-z0-9_]+(?:\.[a-z0-9_{}]+)*)")
NOT_FROM_A_TABLE = {"residence": ("home", "care_home"), "haste": ("standard", "urgent")}
VARIABLE = re.compile(r"\{(\w+)\}")


def times_of(diagram: Path) -> set[str]:
    """The settings a diagram needs."""
    named = KEY.findall(unescape(diagram.read_text(encoding="utf-8")))
    return {key for rule in named for key in _spelled_out(rule)}


def _spelled_out(key: str) -> set[str]:
    """The keys that `due.first_contact.{priority}` stands for: one for each value the variable may have."""
    found = VARIABLE.search(key)
    if found is None:
        return {key}
    name = found[1]
    values = NOT_FROM_A_TABLE.get(name) or next(o.values for o in table(name).outputs if o.name == name)
    return {key.replace(found[0], str(value)) for value in values}
