"""The caseload by stage."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from webapp.actor import current_actor, desk, office
from webapp.caseload import presenters as words
from webapp.guard import permission
from workflows.actions.seeing import note_list_seen
from workflows.questions.caseload import Narrowed, caseload

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
