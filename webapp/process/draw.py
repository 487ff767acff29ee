"""Drawing a process in the browser: the page of the editor, and the words of the service that it offers."""

from __future__ import annotations

from uuid import UUID

from flask import Response, jsonify, make_response, render_template, url_for

from webapp.actor import desk
from webapp.guard import permission
from webapp.headers import CONTENT_SECURITY_POLICY
from webapp.process.keeping import sent_json
from webapp.process.models import shown_in_words
from webapp.process.room import place_of, room
from workflows.casework.errors import AnswersRefused
from workflows.check.mended import mended
from workflows.questions import process_changes
from workflows.questions.drawing_words import drawing_words

# The drawing library places what floats over the drawing by styles on the elements themselves.
_WHERE_IT_FLOATS = f"{CONTENT_SECURITY_POLICY}; style-src-attr 'unsafe-inline'"
_DIAGRAMS = "diagrams"


@room.get("/changes/<uuid:change_id>/diagrams/<key>")
@permission("process.draft")
def edit(change_id: UUID, key: str) -> Response:
    """Show a diagram of a change to be drawn: the chosen step beside it, below it the check and the whole in words."""
    place = place_of(change_id, _DIAGRAMS, key)
    found, content = process_changes.change_page(desk(), change_id), process_changes.content(desk(), place)
    page = render_template(
        "process/draw.html",
        change=found,
        key=key,
        title=process_changes.model_row(desk(), place).title,
        addresses={
            name.replace("_", "-"): url_for(f"process.{name}", change_id=change_id, sort=_DIAGRAMS, key=key)
            for name in ("content", "hold", "let_go")
        }
        | {
            "mend": url_for("process.mend", change_id=change_id, sort=_DIAGRAMS, key=key),
            "check": url_for("process.check_one", change_id=change_id, sort=_DIAGRAMS, key=key),
            "words": url_for("process.words"),
        },
        **shown_in_words(place.kind, content.xml),
    )
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = _WHERE_IT_FLOATS
    return answer


@room.post("/changes/<uuid:change_id>/<sort>/<key>/mend")
@permission("process.draft")
def mend(change_id: UUID, sort: str, key: str) -> Response:
    """Make a mend in what is drawn just now, `{xml, fix}`, and hand it back, `{xml}`; nothing is saved by that."""
    place, sent = place_of(change_id, sort, key), sent_json()
    process_changes.model_row(desk(), place)
    xml, fix = sent.get("xml"), sent.get("fix")
    if not isinstance(xml, str) or not isinstance(fix, dict):
        raise AnswersRefused({"fix": "Send what is drawn, and the mend"})
    return jsonify(xml=mended(place.kind, xml.encode(), fix).decode())


@room.get("/words")
@permission("process.see")
def words() -> Response:
    """Hand out what a step may name, for the editor."""
    return jsonify(drawing_words(desk()))
