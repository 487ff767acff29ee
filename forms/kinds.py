"""The kinds of question: which widget asks each, how its inputs are shaped, and what a definition may say of it.

How an answer is read (its marshmallow field) stands in `forms.schema`, from the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from forms.definition import Choice


class Shape(Enum):
    """How many inputs of a page make one answer."""

    ONE = "one input"
    SEVERAL = "one name repeated"
    PARTS = "day, month and year"
    SET = "one nested set of questions"
    SETS = "a list of nested sets"
    NONE = "shown, not asked"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question. `entries` are the entries of a definition that belong to this kind only."""

    widget: str
    shape: Shape = Shape.ONE
    entries: frozenset[str] = frozenset()
    offered: tuple[Choice, ...] = ()


EVERY_KIND = frozenset({"id", "label", "kind", "hint", "show_when", "sensitive", "columns"})
ASKED = frozenset({"required", "required_when", "required_message", "warn_when", "warning"})

_YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))
_UNKNOWN = Choice("unknown", "Not known")
_LENGTHS = frozenset({"min_length", "max_length"})
_LIMITS = frozenset({"min", "max", "unit"})
_DAYS = frozenset({"past", "future", "not_before"})
_CHOICES = frozenset({"choices"})

KINDS: Mapping[str, Kind] = {
    "text": Kind("text", entries=_LENGTHS),
    "name": Kind("text", entries=_LENGTHS),
    "longtext": Kind("longtext", entries=_LENGTHS),
    "int": Kind("text", entries=_LIMITS),
    "decimal": Kind("text", entries=_LIMITS | {"decimals"}),
    "date": Kind("date", Shape.PARTS, _DAYS),
    "datetime": Kind("date", Shape.PARTS, _DAYS),
    "yes_no": Kind("radios", offered=_YES_NO),
    "yes_no_unknown": Kind("radios", offered=(*_YES_NO, _UNKNOWN)),
    "choice": Kind("radios", entries=_CHOICES),
    "select": Kind("select", entries=_CHOICES),
    "multichoice": Kind("checkboxes", Shape.SEVERAL, _CHOICES | {"min_items", "max_items"}),
    "bool": Kind("checkboxes", offered=(Choice("yes", ""),)),
    "nhs_number": Kind("text"),
    "postcode": Kind("text"),
    "phone": Kind("text"),
    "email": Kind("text"),
    "lookup": Kind("select", entries=frozenset({"lookup"})),
    "group": Kind("group", Shape.SET, frozenset({"fields"})),
    "repeating": Kind("repeating", Shape.SETS, frozenset({"fields", "min_items", "max_items", "item_label"})),
    "file": Kind("file"),
    "files": Kind("files", Shape.SEVERAL, frozenset({"max_items"})),
    "computed": Kind("computed", Shape.NONE, frozenset({"computed", "unit", "decimals"})),
    "info": Kind("info", Shape.NONE),
    "scale": Kind("radios", entries=frozenset({"min", "max", "choices"})),
    "instrument": Kind("instrument", Shape.SET, frozenset({"instrument", "fields"})),
}

FILE_KINDS = frozenset({"file", "files"})  # one file, or several

LOOKUPS = frozenset(
    {
        "practice",
        "team",
        "staff",
        "care_coordinator",
        "staff_on_case",
        "service",
        "role",
        "meeting",
        "open_actions",
        "previous_episode",
        "known_record",
        "left_out",
        "joined_record",
    }
)
