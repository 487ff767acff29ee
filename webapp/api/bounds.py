"""What is taken from other systems: nothing that no database keeps, and of decision variables only so much."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterable, Mapping

from marshmallow import ValidationError

DEEPEST = 10  # lists and sets of named values within one another; the engine keeps 20
MOST_BYTES = 8_000  # of all variables together as JSON: a process carries them as long as it runs
LARGEST_BITS = 256


def plain(text: str) -> None:
    """Refuse what cannot be kept as text: control characters and halves of characters."""
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        raise ValidationError("Must not hold control characters.")


def keepable(told: object, levels: int = 0) -> None:
    """Refuse what no database keeps, at any depth: half a character, a NUL, a number without end. Lines may break."""
    if levels > DEEPEST:
        raise ValidationError(f"Must not hold lists within one another more than {DEEPEST} levels deep.")
    for inner in _within(told):
        keepable(inner, levels + 1)
    if isinstance(told, str) and any(sign == "\0" or unicodedata.category(sign) == "Cs" for sign in told):
        raise ValidationError("Must not hold a NUL or half a character.")
    if isinstance(told, float) and not math.isfinite(told):
        raise ValidationError("Must not hold a number too great to be kept.")
    if isinstance(told, int) and told.bit_length() > LARGEST_BITS:
        raise ValidationError("Must not hold a number too great to be reckoned with.")


def decisive(told: object) -> None:
    """Refuse variables that cannot be kept, or of which there is too much to decide anything by."""
    keepable(told)
    if len(json.dumps(told, ensure_ascii=False).encode()) > MOST_BYTES:
        raise ValidationError(
            f"Must not be more than {MOST_BYTES:,} bytes in all: what is longer belongs into a document."
        )


def _within(told: object) -> Iterable[object]:
    if isinstance(told, Mapping):
        return (*told, *told.values())
    return told if isinstance(told, list) else ()
