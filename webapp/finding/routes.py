"""Finding a person among the cases one may open."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.cases.presenters import STAGES, ended_or_ending
from webapp.guard import permission
from workflows.actions.seeing import note_list_seen
from workflows.questions.finding import Search, find_nhs_number, find_person, nhs_number_in

room = Blueprint("finding", __name__)


@room.get("/find")
@permission("case.see")
def find() -> str:
    """Look for a person by name or case number."""
    typed = request.args.get("q", "")
    return _page(find_person(desk(), typed), by_number=bool(nhs_number_in(typed)))


@room.post("/find")
@permission("case.see")
def look() -> Response | str:
    """Look for what was typed. An NHS number is answered here, so that it never stands in an address."""
    typed = request.form.get("q", "")
    number = nhs_number_in(typed)
    if number:
        return _page(find_nhs_number(desk(), number), by_number=True)
    return redirect(url_for("finding.find", q=typed), 303)


def _page(search: Search, by_number: bool) -> str:
    note_list_seen(desk(), "search", (one.number for one in search.found))
    return render_template(
        "finding/find.html", search=search, by_number=by_number, stages=STAGES, ended_or_ending=ended_or_ending
    )
