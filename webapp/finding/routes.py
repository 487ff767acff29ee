"""Finding a person among the cases one may open."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from webapp.actor import desk
from webapp.cases.presenters import STAGES, ended_or_ending
from webapp.guard import permission
from webapp.searches import recall, remember
from workflows.actions.seeing import note_list_seen
from workflows.questions.finding import find_nhs_number, find_person, nhs_number_in

room = Blueprint("finding", __name__)


@room.get("/find")
@permission("case.see")
def find() -> str:
    """Ask for whom to look; on the way back, show again who was found."""
    return _page(*recall(request.args.to_dict(flat=False)))


@room.post("/find")
@permission("case.see")
def look() -> str:
    """Look for what was typed, and answer here: neither a name nor an NHS number ever stands in an address."""
    typed = request.form.get("q", "")
    return _page(remember(typed) if typed.strip() else "", typed)


def _page(mark: str, typed: str) -> str:
    number = nhs_number_in(typed)
    search = find_nhs_number(desk(), number) if number else find_person(desk(), typed)
    note_list_seen(desk(), "search", (one.number for one in search.found))
    return render_template(
        "finding/find.html",
        search=search,
        by_number=bool(number),
        own_address=url_for("finding.find", search=mark) if mark else "",
        stages=STAGES,
        ended_or_ending=ended_or_ending,
    )
