"""What somebody searches for: it may be a name or an NHS number, so it never stands in an address.

This browser's session keeps the words until it ends. The address holds a mark that means nothing anywhere else, so
that paging, sorting and the way back keep what was found; a colleague to whom it is sent sees the page without it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from flask import session

KEPT, MARK = "searches", "search"
MOST = 5  # lists open side by side; a cookie has little room
LONGEST = 60


def remember(words: str) -> str:
    """Keep words for this browser; returns their mark, the same one for the same words."""
    words = words.strip()[:LONGEST]
    kept = [(mark, known) for mark, known in session.get(KEPT, []) if known != words]
    mark = next((mark for mark, known in session.get(KEPT, []) if known == words), secrets.token_hex(4))
    session[KEPT] = [*kept, (mark, words)][-MOST:]
    return mark


def recall(given: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """Return the mark in an address and the words it stands for in this browser; both empty when there are none."""
    mark = next(iter(given.get(MARK, ())), "")
    words = next((known for kept, known in session.get(KEPT, []) if kept == mark), "")
    return (mark, words) if words else ("", "")
