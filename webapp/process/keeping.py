"""What an editor in the browser asks while somebody draws: the content, saving it, the hold on it, the check.

All of it is JSON below `/process/changes/<id>/diagrams/<key>` (or `tables`), with the token of the page in the header
`X-CSRFToken`, as `drafts.js` sends it. `mark`: which save something is; it grows.

- GET  …/content   `{xml, mark, may_edit, held_by, held_until}`; held_by: who else is editing it just now
- POST …/content   `{xml, seen}` saves; seen: the mark of what was edited. `{mark, saved_at}`; 409 where somebody saved
                   another since or has taken it over: `{detail, by, at, mark, saved, copy, look}`, what was sent is
                   kept as `copy`, and `look` is the page on which to choose; 422 where it is no document
- POST …/hold      `{over}` takes it in hand for five minutes, or goes on; over: from somebody else. `{until, mark}`;
                   409 `{detail, by, until}` while somebody else edits it
- POST …/let-go    leaves it to the next
- POST …/check     `{xml}` (or nothing: as saved) checks it with the rest of the change: `{runnable, answers}`,
                   an answer for each file as `roundtable check --json` prints it
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, jsonify, make_response, request, url_for

from webapp.actor import desk, office
from webapp.guard import permission
from webapp.process.room import place_of, room
from workflows.actions import change_check, process_saves
from workflows.casework.errors import AnswersRefused
from workflows.casework.process_change import ChangedMeanwhile, InOtherHands
from workflows.check.asking import told
from workflows.clock import LONDON
from workflows.questions import process_changes as changes


@room.get("/changes/<uuid:change_id>/<sort>/<key>/content")
@permission("process.see")
def content(change_id: UUID, sort: str, key: str) -> Response:
    """Hand out a model as it stands."""
    place = place_of(change_id, sort, key)
    row, found = changes.model_row(desk(), place), changes.content(desk(), place)
    page = changes.change_page(desk(), change_id)
    return jsonify(
        xml=found.text,
        mark=found.mark,
        may_edit=page.may_edit,
        held_by=row.held_by,
        held_until=_time(row.held_until) if row.held_until else "",
    )


@room.post("/changes/<uuid:change_id>/<sort>/<key>/content")
@permission("process.draft")
def save(change_id: UUID, sort: str, key: str) -> Response:
    """Save a model; where another version stands meanwhile, say whose, and keep this one beside it."""
    sent, place = sent_json(), place_of(change_id, sort, key)
    xml, seen = sent.get("xml"), sent.get("seen")
    if not isinstance(xml, str) or not isinstance(seen, int):
        raise AnswersRefused({"xml": "Send the content, and the mark of what was edited"})
    try:
        mark = process_saves.save_model(desk(), place, xml.encode(), seen)
    except ChangedMeanwhile as meanwhile:
        look = url_for("process.beside", change_id=change_id, sort=sort, key=key, save_id=meanwhile.copy_id)
        said = {"detail": str(meanwhile), "by": meanwhile.by, "at": _time(meanwhile.at), "mark": meanwhile.mark}
        return make_response(jsonify(**said, saved=meanwhile.saved, copy=str(meanwhile.copy_id), look=look), 409)
    return jsonify(mark=mark, saved_at=_time(office().clock.now()))


@room.post("/changes/<uuid:change_id>/<sort>/<key>/hold")
@permission("process.draft")
def hold(change_id: UUID, sort: str, key: str) -> Response:
    """Take a model in hand, or keep it there."""
    place = place_of(change_id, sort, key)
    try:
        until = process_saves.hold_model(desk(), place, over=sent_json().get("over") is True)
    except InOtherHands as held:
        return make_response(jsonify(detail=str(held), by=held.by, until=_time(held.until)), 409)
    return jsonify(until=_time(until), mark=changes.content(desk(), place).mark)


@room.post("/changes/<uuid:change_id>/<sort>/<key>/let-go")
@permission("process.draft")
def let_go(change_id: UUID, sort: str, key: str) -> tuple[str, int]:
    """Leave a model to whoever comes next."""
    process_saves.let_go(desk(), place_of(change_id, sort, key))
    return "", 204


@room.post("/changes/<uuid:change_id>/<sort>/<key>/check")
@permission("process.see")
def check_one(change_id: UUID, sort: str, key: str) -> Response:
    """Check the change, with this model as it is drawn now or as it was saved."""
    place, xml = place_of(change_id, sort, key), sent_json().get("xml")
    drawn = {place: xml.encode()} if isinstance(xml, str) else {}
    found = change_check.check_change(desk(), change_id, drawn)
    return jsonify(runnable=found.runnable, answers=[told(answer) for answer in found.answers])


def sent_json() -> dict[str, Any]:
    """Return what was sent as JSON; nothing where it is none."""
    sent = request.get_json(silent=True)
    return sent if isinstance(sent, dict) else {}


def _time(instant: datetime) -> str:
    return f"{instant.astimezone(LONDON):%H:%M}"
