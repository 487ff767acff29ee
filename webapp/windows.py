"""Two windows of one form: each page says which draft it began with, and writes over no other."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from secrets import token_hex

from flask import Flask, request

from webapp.actor import desk
from webapp.inbox.presenters import draft_time
from workflows.actions import drafts
from workflows.actions.drafts import NOTHING_YET, Page

DRAFT_PAGE = "draft_page"  # the input in which a page names itself and what it began with
BOTH_KEPT = "You typed into this form in another window too: both are kept"
_NAMED = re.compile(r"([0-9a-f]{8})[.]([0-9a-f]{16}|0)")
_WINDOW = re.compile(r"[0-9a-f]{8}")


def stand_by(app: Flask) -> None:
    """Let forms name their page: `{{ draft_page(about) }}` goes into a hidden field."""
    app.jinja_env.globals["draft_page"] = draft_page


def draft_page(about: str) -> str:
    """Name a page and the mark of the draft it shows; a page shown again after it was sent keeps its name."""
    if page_sent():
        return request.form[DRAFT_PAGE]
    draft = drafts.draft_for(desk(), about)
    return f"{token_hex(4)}.{draft.mark if draft else NOTHING_YET}"


def page_sent() -> Page | None:
    """Return the page that this request was sent from, if it names one."""
    named = _NAMED.fullmatch(request.form.get(DRAFT_PAGE, ""))
    return Page(named[1], named[2]) if named else None


def place_for(about: str) -> str:
    """Name the draft that takes what this request sent: another window's draft stays as it is."""
    return drafts.place_for(desk(), about, page_sent())


def of_this_window(form: str) -> str:
    """Name the draft a page works on: what was typed in another window is opened by that window's name (`?draft=`).

    Whatever is no such name names no window.
    """
    which = _WINDOW.fullmatch(request.args.get("draft", ""))
    return f"{form}~{which[0]}" if which else form


def window_of(about: str) -> str | None:
    """Return by which name a draft is opened; None for that of the first window."""
    return about.partition("~")[2] or None


def other_windows(about: str, now: datetime, address: Callable[[str | None], str]) -> list[tuple[str, str]]:
    """Name the actor's other drafts of a form: the address each is opened with, and when it was kept."""
    found = drafts.drafts_apart(desk(), about)
    return [(address(window or None), draft_time(draft.saved_at, now)) for window, draft in found.items()]
