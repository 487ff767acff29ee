"""Lists of people at risk: upload, look through, confirm, and watch them being taken in."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from webapp.actor import desk
from webapp.csv_files import handed_out
from webapp.guard import permission
from webapp.lists import presenters
from webapp.once import acting, once
from workflows.actions import lists as acts
from workflows.actions.list_files import COLUMNS, LARGEST, MOST_ROWS
from workflows.actions.seeing import note_list_seen
from workflows.casework.errors import AnswersRefused
from workflows.questions import lists as asked

room = Blueprint("lists", __name__, url_prefix="/lists")


@room.get("")
@permission("list.import")
def overview() -> str:
    """Show the lists, and the form for another."""
    return _overview({})


@room.post("")
@permission("list.import")
@once
def upload() -> AnyResponse | tuple[str, int]:
    """Read and check a file; nothing is taken in yet."""
    chosen = request.files.get("file")
    if chosen is None or not chosen.filename:
        return _overview({"file": "Choose a CSV file"}), 422
    with chosen.stream as stream:
        content = stream.read(LARGEST + 1)
    try:
        with acting() as act:
            programme, source = request.form.get("programme", ""), request.form.get("source", "")
            right = "letters" in request.form
            list_id = acts.upload_list(desk(), programme, source, chosen.filename, content, right)
            return act.done(url_for("lists.show", list_id=list_id))
    except AnswersRefused as refused:
        return _overview(refused.errors), 422


@room.get("/<uuid:list_id>")
@permission("list.import")
def show(list_id: UUID) -> str:
    """Show what is good and what is wrong in a list, or how far it is."""
    after = request.args.get("after", 0, int)
    page = asked.list_page(desk(), list_id, after)
    _seen(page.head, "candidate list", (*page.problems, *page.good))
    return render_template("lists/list.html", page=page, after=after, words=presenters, columns=COLUMNS)


@room.post("/<uuid:list_id>/confirm")
@permission("list.import")
def confirm(list_id: UUID) -> AnyResponse:
    """Let the good rows be taken in."""
    acts.confirm_list(desk(), list_id)
    return redirect(url_for("lists.show", list_id=list_id), 303)


@room.post("/<uuid:list_id>/again")
@permission("list.import")
def again(list_id: UUID) -> AnyResponse:
    """Let a list that stopped be tried again."""
    acts.try_list_again(desk(), list_id)
    return redirect(url_for("lists.show", list_id=list_id), 303)


@room.post("/<uuid:list_id>/discard")
@permission("list.import")
def discard(list_id: UUID) -> AnyResponse:
    """Throw a list away that was only looked through."""
    acts.discard_list(desk(), list_id)
    flash("The list is thrown away. Nothing of it was taken in.")
    return redirect(url_for("lists.overview"), 303)


@room.get("/<uuid:list_id>/progress")
@permission("list.import")
def progress(list_id: UUID) -> Response:
    """Say to the page's script how far a list is."""
    found = asked.list_head(desk(), list_id)
    going_on, told = found.status == "importing", presenters.status_words(found)
    return jsonify(going_on=going_on, done=found.done, good=found.good, words=told)


@room.get("/<uuid:list_id>/to-mend.csv")
@permission("list.import")
def to_mend(list_id: UUID) -> Response:
    """Hand out the rows that were not taken in, with what to mend."""
    head, rows = asked.rows_to_mend(desk(), list_id)
    _seen(head, "rows to mend, as a file", rows)
    name = f"to-mend-{head.uploaded_at:%Y-%m-%d}.csv"
    return handed_out(presenters.mending_file(rows), name)


def _seen(head: asked.ListRow, page: str, rows: Iterable[asked.CandidateRow]) -> None:
    """Record which rows of a list were shown: somebody on it has no case yet."""
    note_list_seen(desk(), f"{page} {head.id}", (f"row {row.row}" for row in rows))


def _overview(errors: dict[str, str]) -> str:
    return render_template(
        "lists/overview.html",
        lists=asked.all_lists(desk()),
        programmes=asked.programmes_to_import(desk()),
        sources=[(choice.value, choice.label) for choice in acts.sources_of(desk())],
        source_names={choice.value: choice.label for choice in acts.sources_of(desk())},
        columns=COLUMNS,
        most_rows=MOST_ROWS,
        errors=errors,
        typed=request.form,
        words=presenters,
    )
