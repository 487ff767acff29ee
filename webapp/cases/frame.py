"""What every page of a case stands in, and the record that it was looked at."""

from __future__ import annotations

from flask import request

from webapp.actor import desk, office
from webapp.cases.presenters import tabs
from webapp.wording import when
from workflows.actions.seeing import note_seen
from workflows.questions.case_head import Head


def seen(head: Head, page: str) -> None:
    """Record that a page of the case was looked at, in plain words and without what it says."""
    note_seen(desk(), "record seen", "Case", head.id, page=page)


def frame(head: Head, here: str = "") -> dict[str, object]:
    """Return what the layout of a case's pages needs; `here` is the tab, if it is not the page itself."""
    return {
        "head": head,
        "tabs": tabs(head, here or request.endpoint or ""),
        "printed_at": when(office().clock.now()),
    }
