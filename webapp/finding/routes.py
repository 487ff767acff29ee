"""Finding a person among the cases one may open."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from webapp.actor import desk
from webapp.cases.presenters import STAGES, ended_or_ending
from webapp.guard import permission
from workflows.actions.seeing import note_list_seen
from workflows.questions.finding import Search, find_nhs_number, find_person, nhs_number_in

room = Blueprint("finding", __name__)


@room.get("/find")
@permission("case.see")
def find() -> str:
    """Ask for whom to look."""
    return _page(find_person(desk(), ""), by_number=False)


@room.post("/find")
@permission("case.see")
def look() -> str:
    """Look for what was typed, and answer here: neither a name nor an NHS number ever stands in an address."""
    typed = request.form.get("q", "")
    number = nhs_number_in(typed)
    return _page(find_nhs_number(desk(), number) if number else find_person(desk(), typed), by_number=bool(number))


def _page(search: Search, by_number: bool) -> str:
    note_list_seen(desk(), "search", (one.number for one in search.found))
    return render_template(
        "finding/find.html", search=search, by_number=by_number, stages=STAGES, ended_or_ending=ended_or_ending
    )
