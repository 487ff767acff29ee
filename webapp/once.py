"""Twice is once: a page that is sent again, by a second click, Back and Send or a bad line, is not acted on again.

Each form carries a mark of its page. A page with changes in it is another one, and so is a fresh page of the same form.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from secrets import token_hex
from typing import Any, TypeVar, cast

from flask import Flask, flash, g, json, make_response, redirect, request
from werkzeug.wrappers import Response

from webapp.actor import current_actor, desk, left_out, trying, within
from webapp.wording import held_up_line
from workflows.actions.sent_pages import Answered, Recording, first_answer, recorded_once
from workflows.casework.errors import CaseworkError

View = TypeVar("View", bound=Callable[..., Any])
PAGE_MARK = "page_mark"  # the input in which a page names itself
ALREADY = "This was already recorded. Nothing was done a second time."
# What may differ when the same page comes again: it was asked whether one is sure, or the session has begun anew.
NOT_COMPARED = frozenset({PAGE_MARK, "csrf_token", "draft_token", "draft_page", "seen", "confirmed"})
_MARK = re.compile(r"[0-9a-f]{16}")
_ONCE = "_roundtable_once"


def stand_by(app: Flask) -> None:
    """Let forms carry the mark of their page: `{{ page_mark() }}` goes into a hidden field."""
    app.jinja_env.globals["page_mark"] = page_mark


def page_mark() -> str:
    """Name a page, in all its forms; one that is shown again because something is wrong in it keeps its name."""
    mark: str = g.get("page_mark", "") or token_hex(8)
    g.page_mark = mark
    return mark


def once(view: View) -> View:
    """Answer a page that was acted on as it was answered then. The act itself is done within `acting()`."""

    @wraps(view)
    def answered(*given: Any, **named: Any) -> Response:
        g.page_mark = _mark_sent()
        g.page_key = _key(g.page_mark)  # while its files can still be read
        earlier = _answer_again()
        if earlier is not None:
            return earlier
        try:
            answer = trying(lambda: make_response(view(*given, **named)))
        except CaseworkError:
            earlier = _answer_again()  # of the same page, sent at the same moment
            if earlier is None:
                raise
            return earlier
        return answer if answer.status_code == HTTPStatus.SEE_OTHER else _answer_again() or answer

    setattr(answered, _ONCE, True)
    return cast(View, answered)


def acts_once(view: Callable[..., Any]) -> bool:
    """Say whether a view minds pages that are sent twice."""
    return getattr(view, _ONCE, False) is True


@dataclass(frozen=True)
class Act:
    """What a page asks for, under way in one transaction. Without `done` or `keep` nothing of it is kept."""

    recording: Recording

    def done(self, address: str, *said: str) -> Response:
        """Keep everything, say it, and lead to an address. Of what failed it is said that it has not followed."""
        true = (held_up_line(left_out()),) if left_out() else said
        self.keep(address, *true)
        return _lead_to(Answered(address, true))

    def keep(self, address: str, *said: str) -> None:
        """Keep everything; the address and the words are for whoever sends the page again."""
        self.recording.keep(Answered(address, said))
        g.page_key = None  # the answer of this request is its own


@contextmanager
def acting() -> Iterator[Act]:
    """Make everything done at this request's desk one act, kept together with the mark of the page."""
    with recorded_once(desk(), g.page_key) as recording, within(recording.work):
        yield Act(recording)


def _answer_again() -> Response | None:
    before = first_answer(desk(), g.page_key) if g.page_key else None
    if before is None:
        return None
    return _lead_to(Answered(before.address, [*before.said, ALREADY]))


def _lead_to(answer: Answered) -> Response:
    for sentence in answer.said:
        flash(sentence)
    return redirect(answer.address, 303)


def _mark_sent() -> str:
    mark = request.form.get(PAGE_MARK, "")
    return mark if _MARK.fullmatch(mark) else ""


def _key(mark: str) -> str | None:
    """Name this page with everything in it, and whoever sends it; None for a page without a mark."""
    if not mark:
        return None
    typed = sorted(item for item in request.form.to_dict(flat=False).items() if item[0] not in NOT_COMPARED)
    said = json.dumps([str(current_actor().id), mark, request.full_path, typed, _files()])
    return hashlib.sha256(said.encode()).hexdigest()


def _files() -> list[list[str]]:
    found = []
    for name, sent in request.files.items(multi=True):
        found.append([name, sent.filename or "", hashlib.sha256(sent.stream.read()).hexdigest()])
        sent.stream.seek(0)
    return found
