"""The text of a letter: its subject, what follows it, and a name for the text as somebody read it."""

from __future__ import annotations

import hashlib


def parts_of(text: str) -> tuple[str, str]:
    """Return a letter's subject and what follows it."""
    first, _, rest = text.partition("\n")
    if first.startswith("Subject:"):
        return first.removeprefix("Subject:").strip(), rest.strip()
    return "", text.strip()


def fingerprint(text: str) -> str:
    """Name a text, so that one can tell whether it is still the same."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
