"""An operator's hand on a process: where it stands, what would come of a hand, and doing it with a reason."""

from __future__ import annotations

from uuid import UUID

from flask import Response as Answer
from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.cases import outline_words
from webapp.guard import permission
from webapp.once import acting, once
from webapp.operations import hand_words
from webapp.operations import presenters as words
from webapp.operations.room import room
from workflows.actions import by_hand
from workflows.actions.seeing import note_seen
from workflows.casework.errors import AnswersRefused
from workflows.questions import by_hand as processes


@room.get("/processes/<uuid:run_id>")
@permission("operations.mend")
def process(run_id: UUID) -> str:
    """Show where a process stands, with what can be done to it by hand."""
    return _page(run_id, {})


@room.get("/processes/<uuid:run_id>.bpmn")
@permission("operations.mend")
def drawing(run_id: UUID) -> Answer:
    """Hand out the drawing of a process."""
    found = processes.drawing_xml(desk(), run_id, request.args.get("part", ""))
    return Answer(outline_words.with_roles_named(*found), mimetype="application/xml")


@room.post("/processes/<uuid:run_id>/preview")
@permission("operations.mend")
def preview(run_id: UUID) -> str | tuple[str, int]:
    """Show what would come of a hand, drawn and in words; nothing of it is kept."""
    try:
        return _preview(run_id, {})
    except AnswersRefused as refused:
        return _page(run_id, refused.errors), 422


@room.post("/processes/<uuid:run_id>/carry-out")
@permission("operations.mend")
@once
def carry_out(run_id: UUID) -> Response | tuple[str, int]:
    """Do it, with a reason, on the state that was looked at."""
    sent = hand_words.sent(request.form)
    try:
        with acting() as act:
            done = by_hand.carry_out(desk(), run_id, sent.hand, request.form.get("why", ""), sent.version)
            return act.done(url_for("operations.process", run_id=run_id), hand_words.done(done))
    except AnswersRefused as refused:
        return _preview(run_id, refused.errors), 422


def _page(run_id: UUID, errors: dict[str, str]) -> str:
    found, stands = processes.process(desk(), run_id, request.args.get("part", "")), by_hand.standing(desk(), run_id)
    note_seen(desk(), "record seen", "Case", found.case_id, page="operations, process")
    return render_template(
        "operations/process.html",
        found=found,
        stands=stands,
        errors=errors,
        typed=request.form,
        words=words,
        outline=outline_words,
        hands=hand_words,
    )


def _preview(run_id: UUID, errors: dict[str, str]) -> str:
    sent = hand_words.sent(request.form)
    shown = by_hand.sketch(desk(), run_id, sent.hand, sent.version)
    found = processes.process(desk(), run_id, hand_words.part_of(shown))
    before, after = ({one.key for one in tokens} for tokens in (shown.before, shown.after))
    return render_template(
        "operations/preview.html",
        found=found,
        shown=shown,
        then=sorted({one.key for one in hand_words.came_to(shown)}),
        told=outline_words.with_what_would_be(found.told, after, before),
        fields=sent.fields,
        errors=errors,
        words=words,
        outline=outline_words,
        hands=hand_words,
    )
