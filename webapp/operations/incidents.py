"""What failed and stands still: the queue of incidents, one of them in full, and trying again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk, office
from webapp.guard import permission
from webapp.inbox.presenters import ids
from webapp.once import acting, once
from webapp.operations import presenters as words
from webapp.operations.room import room
from workflows.actions import mending
from workflows.actions.seeing import note_seen
from workflows.casework.errors import AnswersRefused, NotFound, RuleBroken
from workflows.questions import incidents


@room.get("/incidents")
@permission("operations.see")
def queue() -> str:
    """Show the incidents that wait for somebody, those still tried by themselves, or those that are over."""
    found = incidents.queue(desk(), request.args.get("show", incidents.FOR_SOMEBODY))
    return render_template("operations/incidents.html", found=found, words=words, tabs=words.tabs(found))


@room.post("/incidents/again")
@permission("operations.mend")
def try_incidents_again() -> Response | str:
    """Try the ticked ones again now, each by itself, and tell of each what came of it."""
    chosen = ids(request.form.getlist("incident"))[: mending.MOST_AT_ONCE]
    if not chosen:
        flash("Tick the incidents first, then try them again.", "important")
        return redirect(url_for("operations.queue", show=request.form.get("show")), 303)
    tried = mending.try_again(desk(), chosen)
    over, waiting = sum(one.over for one in tried), sum(one.waits for one in tried)
    return render_template("operations/tried.html", tried=tried, over=over, waiting=waiting)


@room.post("/incidents/all-again")
@permission("operations.mend")
def try_all_again() -> Response:
    """Let the worker, or other systems, try all that stand at one step again, and show how far they are."""
    alike = mending.Alike(request.form.get("process", ""), request.form.get("step", ""))
    since = office().clock.now()
    if not mending.try_all_again(desk(), alike):
        flash("Nothing stands at that step any more.", "important")
        return redirect(url_for("operations.queue"), 303)
    address = url_for("operations.progress", process=alike.process, step=alike.step_key, since=since.isoformat())
    return redirect(address, 303)


@room.get("/incidents/progress")
@permission("operations.see")
def progress() -> str:
    """Show how far the worker is with a step that is tried again wherever it stands."""
    given = request.args
    try:
        since = datetime.fromisoformat(given.get("since", ""))
    except ValueError:
        raise NotFound("There is no such incident.") from None
    if since.tzinfo is None:
        raise NotFound("There is no such incident.")
    found = incidents.progress(desk(), given.get("process", ""), given.get("step", ""), since)
    return render_template("operations/progress.html", found=found, words=words)


@room.get("/incidents/<uuid:incident_id>")
@permission("operations.see")
def incident(incident_id: UUID) -> str:
    """Show one incident: what failed, with which input, why, how often it was tried and when again."""
    return _page(incident_id, {})


@room.post("/incidents/<uuid:incident_id>/repeat")
@permission("operations.mend")
def ask_to_repeat(incident_id: UUID) -> Response:
    """Ask whoever did what was refused to do it once more."""
    try:
        mending.ask_to_repeat(desk(), incident_id)
        flash("Whoever did it is asked by email to do it once more.")
    except RuleBroken as refusal:
        flash(str(refusal), "important")
    return redirect(url_for("operations.incident", incident_id=incident_id), 303)


@room.post("/incidents/<uuid:incident_id>/settle")
@permission("operations.mend")
@once
def settle(incident_id: UUID) -> Response | tuple[str, int]:
    """Close what nobody can try again, with a reason."""
    try:
        with acting() as act:
            mending.settle(desk(), incident_id, request.form.get("why", ""))
            return act.done(url_for("operations.queue"), "The incident is closed.")
    except AnswersRefused as refused:
        return _page(incident_id, refused.errors), 422


def _page(incident_id: UUID, errors: dict[str, str]) -> str:
    found = incidents.incident(desk(), incident_id)
    if found.case_id is not None:
        note_seen(desk(), "record seen", "Case", found.case_id, page="operations, incident")
    return render_template("operations/incident.html", one=found, words=words, errors=errors)
