"""The caseload by stage."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import current_actor, desk, office
from webapp.caseload import presenters as words
from webapp.guard import permission
from webapp.wording import when
from workflows.actions.seeing import note_list_seen
from workflows.questions.caseload import Narrowed, caseload
from workflows.questions.out_of_hours import out_of_hours
from workflows.questions.supervision_begun import where_to_supervise

room = Blueprint("caseload", __name__)


@room.get("/caseload")
@permission("case.see")
def board() -> str:
    """Show the open cases by stage."""
    given = request.args
    narrowed = Narrowed(given.get("team", ""), given.get("coordinator", ""), given.get("stage", ""))
    found = caseload(desk(), narrowed)
    note_list_seen(desk(), "caseload", (card.number for column in found.columns for card in column.cards))
    return render_template(
        "caseload/board.html",
        board=found,
        narrowed=narrowed,
        me=str(current_actor().id),
        now=office().clock.now(),
        words=words,
    )


@room.get("/caseload/out-of-hours")
@permission("case.see")
def tonight() -> str:
    """Show who may need help out of hours, with what whoever is on duty has to know."""
    team = request.args.get("team", "")
    found = out_of_hours(desk(), team)
    note_list_seen(desk(), "out of hours", (sheet.head.number for sheet in found.sheets))
    printed_at = when(office().clock.now())
    return render_template("caseload/out_of_hours.html", found=found, team=team, words=words, printed_at=printed_at)


@room.get("/caseload/supervision/<uuid:staff_id>")
@permission("case.reallocate")
def supervise(staff_id: UUID) -> Response:
    """Lead to where a talk about a colleague’s cases is written down."""
    place = where_to_supervise(desk(), staff_id)
    if place.task_id is not None:
        return redirect(url_for("tasks.show", task_id=place.task_id), 303)
    return redirect(url_for("buttons.ask", number=place.case_number, key="supervision"), 303)
