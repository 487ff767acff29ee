"""The telephone numbers of a programme: whom to call, and when, instead of writing here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PROFESSIONALS = "professionals"  # for them alone: what a member of the public could not ask for


@dataclass(frozen=True)
class Emergency:
    """Whom to call, and when."""

    number: str
    name: str
    when: str


def emergency_of(content: Mapping[str, Any], whose: str = "") -> tuple[Emergency, ...]:
    """Return the emergency numbers of a programme; with `whose` only those for them alone."""
    rows = content.get("emergency_numbers") or []
    return tuple(
        Emergency(str(row["number"]), str(row["name"]), str(row["when"]))
        for row in rows
        if not whose or row.get("for") == whose
    )
