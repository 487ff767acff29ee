"""What a change would mean for the open cases: asked for, how far it is, and case by case."""

from __future__ import annotations

from uuid import UUID

from flask import jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.process import impact_words as words
from webapp.process.room import room
from workflows.actions import impacts
from workflows.questions import impact as questions
from workflows.questions import process_changes


@room.get("/changes/<uuid:change_id>/impact")
@permission("process.see")
def impact(change_id: UUID) -> str:
    """List what the change would mean for each open case; `verdict` and `page` in the address."""
    verdict = request.args.get("verdict", "")
    verdict = verdict if verdict in questions.VERDICTS else ""
    found = questions.report(desk(), change_id)
    return render_template(
        "process/impact.html",
        change=process_changes.change_page(desk(), change_id),
        report=found,
        cases=questions.cases_page(desk(), change_id, verdict, request.args.get("page", 1, int)) if found else None,
        verdict=verdict,
        words=words,
        seen_words=lambda seen: words.seen_words(desk(), seen),
        may_ask=may_ask(),
    )


@room.get("/changes/<uuid:change_id>/impact/progress")
@permission("process.see")
def impact_progress(change_id: UUID) -> Response:
    """Say to the page's script how far it is."""
    found = questions.report(desk(), change_id)
    if found is None or not found.under_way:
        return jsonify(going_on=False)
    return jsonify(going_on=True, done=found.done, good=found.in_all or 1, words=words.waiting_words(found))


@room.post("/changes/<uuid:change_id>/impact")
@permission("process.see")
def ask_impact(change_id: UUID) -> Response:
    """Ask the worker to try every open case."""
    impacts.ask_for_impact(desk(), change_id)
    return _back(change_id)


@room.post("/changes/<uuid:change_id>/impact/stop")
@permission("process.see")
def stop_impact(change_id: UUID) -> Response:
    """Stop; what is known so far stays."""
    found = questions.report(desk(), change_id)
    if found is not None:
        impacts.stop_impact(desk(), found.id)
    return _back(change_id)


def may_ask() -> bool:
    """Whether whoever looks may ask for a report."""
    return impacts.may_ask(desk().actor)


def _back(change_id: UUID) -> Response:
    """Return to the page from which it was asked: the approver's, or the list."""
    page = "process.approve" if request.form.get("from") == "approve" else "process.impact"
    return redirect(url_for(page, change_id=change_id, _anchor="open-cases"), 303)
