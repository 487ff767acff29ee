"""How a look at a case is said: what somebody opened, or which list showed them the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.messages.presenters import kind_words
from webapp.wording import counted, lowered
from workflows.questions.audit import Verified
from workflows.questions.inbox_views import BY_KEY
from workflows.questions.looked import Looked

BY_API = " (API)"
PAGES = {"case": "Opened the case", "documents": "Looked at the list of documents"}
OPENED = ("document ", "letter ", "form ")  # what stands in the trail with its own name
LISTS = {
    "search": "a search",
    "caseload": "the caseload",
    "letters to send": "the letters to send",
    "own referrals": "their own referrals",
    "inbox, to hand over": "tasks to hand over",
    "cases": "the list of cases",
    "tasks": "the list of tasks",
    "referral": "the state of a referral",
}


def looked_words(look: Looked) -> str:
    """Say one look: "Opened the document Referral, number 1", "Saw the person in a list: the caseload"."""
    page, api = _without_api(str(look.detail.get("page") or look.detail.get("task") or ""))
    return _said(look.act, page, look.detail) + (", by a program (API)" if api else "")


def _said(act: str, page: str, detail: Mapping[str, Any]) -> str:
    if act == "list seen":
        return f"Saw the person in a list: {_list_words(page)}"
    if act == "task seen":
        return f"Opened the task “{page}”"
    if act == "file seen":
        return "Opened an attached file"
    if act == "message seen":
        return f"Opened a message: {lowered(kind_words(str(detail.get('type', ''))))}"
    return PAGES.get(page) or (f"Opened the {page}" if page.startswith(OPENED) else f"Looked at: {page}")


def _list_words(page: str) -> str:
    view = BY_KEY.get(page.removeprefix("inbox, "))
    return LISTS.get(page) or (f"the inbox, “{view.name}”" if view else page)


def _without_api(page: str) -> tuple[str, bool]:
    return page.removesuffix(BY_API), page.endswith(BY_API)


def whole_words(found: Verified) -> str:
    """Say whether everything that was written about the case is still there, as it was written."""
    if found.whole:
        return f"The record is complete: {counted(found.entries, 'entry', 'entries')} checked."
    broken = found.breaks[0]
    return (
        f"The record of this case is not complete: at entry {broken.seq:,}, {broken.why}. "
        "Tell whoever runs the service before anything else is done with it."
    )
