"""Whether two names of a hospital, as people and other systems write them, certainly mean two hospitals."""

from __future__ import annotations

import re

# What stands in the names of many hospitals, or of a part of one.
_PARTS = """accident and the not named of nhs trust hospital hospitals ward unit bed bay floor department dept emergency
    assessment admissions medical surgical general royal infirmary university district community city saint st site"""
SAYS_LITTLE = frozenset(_PARTS.split())
LETTERS = re.compile(r"[^\W\d_]{2,}")  # no numbers of wards, and no A of A&E


def another_hospital(one: str | None, other: str | None) -> bool:
    """Say whether both name a hospital and have no telling word in common."""
    first, second = _telling(one), _telling(other)
    return bool(first and second and not first & second)


def _telling(name: str | None) -> frozenset[str]:
    return frozenset(LETTERS.findall(str(name or "").casefold())) - SAYS_LITTLE
