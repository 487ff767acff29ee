"""Two windows of one form: each page says which draft it began with, and writes over no other."""

from __future__ import annotations

import re
from secrets import token_hex

from flask import Flask, request

from webapp.actor import desk
from workflows.actions import drafts
from workflows.actions.drafts import NOTHING_YET, Page

DRAFT_PAGE = "draft_page"  # the input in which a page names itself and what it began with
BOTH_KEPT = "You typed into this form in another window too: both are kept"
_NAMED = re.compile(r"([0-9a-f]{8})[.]([0-9a-f]{16}|0)")


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
