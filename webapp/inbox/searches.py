"""What somebody searches the inbox for: it may be a name or an NHS number, so it never stands in an address.

This browser's session keeps the words until it ends. The address holds a mark that means nothing anywhere else, so
that paging, sorting and the way back keep the list; a colleague to whom it is sent sees the list without the search.
"""

from __future__ import annotations

import secrets

from flask import session

from workflows.questions.inbox_filters import Filters, Given

KEPT, MARK = "searches", "search"
MOST = 5  # lists open side by side; a cookie has little room


def remember(words: str) -> str:
    """Keep words for this browser; returns their mark, the same one for the same words."""
    before = [(mark, kept) for mark, kept in session.get(KEPT, []) if kept != words]
    mark = next((mark for mark, kept in session.get(KEPT, []) if kept == words), secrets.token_hex(4))
    session[KEPT] = [*before, (mark, words)][-MOST:]
    return mark


def read(given: Given) -> Filters:
    """Read the filters of an address, and what its mark stands for in this browser."""
    mark = next(iter(given.get(MARK, ())), "")
    words = next((kept for known, kept in session.get(KEPT, []) if known == mark), "")
    return Filters.read({**given, "q": [words]}, mark if words else "")
