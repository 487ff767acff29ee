"""The approver's one page: what changes for whom, whether it would run, with whom it begins; or back it goes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.once import acting, once
from webapp.process import difference_words
from webapp.process import impact_words as words
from webapp.process.room import SORTS, room
from workflows.actions import process_changes as changes_made
from workflows.actions import publishing
from workflows.actions.change_check import check_change
from workflows.actions.publishing import Start
from workflows.casework.errors import AnswersRefused, OutOfDate
from workflows.casework.process_change import PUBLISHED, SENT
from workflows.questions import impact as impacts
from workflows.questions import process_changes, process_compared, publications

NOTHING: Mapping[str, str] = MappingProxyType({})
NEW, TEAM, SHARE, OPEN = "new", "team", "share", "open"
CHOICE = "instead:"
SHOWN_WHEN = {
    how: json.dumps({"op": "==", "of": [{"input": "start", "as": "word"}, {"value": how}]})
    for how in (TEAM, SHARE, OPEN)
}
Answer = Response | tuple[str, int]


@room.get("/changes/<uuid:change_id>/approve")
@permission("diagram.publish")
def approve(change_id: UUID) -> str | Response:
    """Show what changes, what the check says, what it means for the open cases, and how to begin."""
    found = process_changes.change_page(desk(), change_id)
    if found.row.status != SENT:
        page = "process.published" if found.row.status == PUBLISHED else "process.change"
        return redirect(url_for(page, change_id=change_id), 303)
    return _page(change_id, NOTHING)


@room.post("/changes/<uuid:change_id>/approve")
@permission("diagram.publish")
@once
def approve_and_publish(change_id: UUID) -> Answer:
    """Approve and publish it; the open cases that go over do so in the background."""
    try:
        start = _start(change_id)
        with acting() as act:
            publishing.approve(desk(), change_id, start, request.form.get("comment", ""))
            return act.done(url_for("process.published", change_id=change_id))
    except AnswersRefused as refused:
        typed = refused.errors.keys() <= {TEAM, SHARE}
        return _page(change_id, refused.errors if typed else {"check": "It does not pass the check"}), 422
    except OutOfDate as overtaken:
        return _page(change_id, {"start": str(overtaken)}), 409


@room.post("/changes/<uuid:change_id>/send-back")
@permission("diagram.publish")
@once
def send_back(change_id: UUID) -> Answer:
    """Give it back to its editors, with what is to be done."""
    try:
        with acting() as act:
            changes_made.send_back(desk(), change_id, request.form.get("comment", ""))
            return act.done(url_for("process.change", change_id=change_id), "Sent back, with your comment.")
    except AnswersRefused as refused:
        return _page(change_id, {"back": refused.errors["comment"]}), 422


def _start(change_id: UUID) -> Start:
    """Read with whom the release begins."""
    form, how = request.form, request.form.get("start", NEW)
    if how == TEAM:
        team = form.get("team", "")
        return Start(team=UUID(team)) if _is_id(team) else _refused("team", "Choose a team")
    if how == SHARE:
        share = form.get("share", "")
        return (
            Start(share=int(share)) if share.isdecimal() else _refused("share", "Say how many of a hundred new cases")
        )
    if how == OPEN:
        chosen = {name.removeprefix(CHOICE): value for name, value in form.items() if name.startswith(CHOICE)}
        left_out = re.findall(r"[^\s,;]+", form.get("left_out", "").upper())
        return Start(cases=impacts.cases_to_move(desk(), change_id, chosen, left_out))
    return Start()


def _refused(name: str, why: str) -> Start:
    raise AnswersRefused({name: why})


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _page(change_id: UUID, errors: Mapping[str, str]) -> str:
    found, report = process_changes.change_page(desk(), change_id), impacts.report(desk(), change_id)
    compared = {one.place: process_compared.change_beside(desk(), one.place).compared for one in found.models}
    known = process_compared.names_known(desk())
    return render_template(
        "process/approve.html",
        found=found,
        report=report,
        checked=check_change(desk(), change_id),
        groups={place: difference_words.groups(one, known) for place, one in compared.items()},
        teams=publications.teams(desk()),
        may_open=report is not None and report.fits and report.whole,
        moves=report.verdicts[impacts.MOVES] if report else 0,
        words=words,
        seen_words=lambda seen: words.seen_words(desk(), seen),
        sorts=SORTS,
        shown_when=SHOWN_WHEN,
        typed=request.form,
        errors=errors,
    )
