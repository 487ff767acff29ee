"""The hand-over pack: prepared by whoever hands on, handed on by a manager, read and confirmed by the next."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import current_actor, desk, office
from webapp.guard import permission
from webapp.tasks import handover_words as words
from webapp.wording import counted, when
from workflows.actions import passing
from workflows.actions.seeing import note_list_seen
from workflows.casework.errors import AnswersRefused
from workflows.questions import passing as question

room = Blueprint("passing", __name__, url_prefix="/handing-on")
KEPT = "Kept. It goes with case {number} when it is handed on, or when another care coordinator is named for it."
READ = "Noted: you have read what goes with this case."


@room.get("/own")
@permission("inbox")
def own() -> Response:
    """Lead to one’s own pack."""
    return redirect(url_for("passing.pack", staff_id=_own_id()), 303)


@room.get("/<uuid:staff_id>")
@permission("inbox")
def pack(staff_id: UUID) -> str:
    """Show everything somebody hands on, case by case."""
    return _page(staff_id, "", {})


@room.post("/<uuid:staff_id>/cases/<number>")
@permission("inbox")
def write(staff_id: UUID, number: str) -> Response | tuple[str, int]:
    """Keep what only they know of a case, and to whom it is to go."""
    typed = request.form
    try:
        written = passing.Written(typed.get("text", "").replace("\x00", ""), _id(typed.get("to", "")))
        passing.write_note(desk(), staff_id, number, written)
    except AnswersRefused as refused:
        return _page(staff_id, number, {f"{name}-{number}": said for name, said in refused.errors.items()}), 422
    flash(KEPT.format(number=number))
    return redirect(url_for("passing.pack", staff_id=staff_id, _anchor=f"case-{number}"), 303)


@room.post("/<uuid:staff_id>")
@permission("case.reallocate")
def hand_on(staff_id: UUID) -> Response:
    """Hand on every case for which somebody is chosen."""
    results = passing.hand_on_all(desk(), staff_id)
    went = sum(one.problem is None for one in results)
    flash(f"Handed on: {counted(went, 'case')} of {len(results)}. Each receiver is told and confirms having read it.")
    for one in results:
        if one.problem:
            flash(f"{one.case_number} was not handed on: {one.problem}", "important")
    return redirect(url_for("passing.pack", staff_id=staff_id), 303)


@room.get("/received")
@permission("inbox")
def received() -> str:
    """Show what was handed to oneself and is not read yet."""
    found = question.received(desk())
    note_list_seen(desk(), "cases handed over to me", (one.number for one in found))
    return render_template("passing/received.html", found=found, words=words, printed_at=_now())


@room.post("/received/<uuid:note_id>")
@permission("inbox")
def confirm(note_id: UUID) -> Response:
    """Confirm that one has read what goes with a case."""
    passing.confirm_read(desk(), note_id)
    flash(READ)
    return redirect(url_for("passing.received"), 303)


def _page(staff_id: UUID, number: str, errors: dict[str, str]) -> str:
    found = question.pack_of(desk(), staff_id)
    note_list_seen(desk(), "hand-over pack", (one.goes.head.number for one in found.cases))
    typed = {number: request.form} if errors else {}
    return render_template(
        "passing/pack.html",
        pack=found,
        own=staff_id == current_actor().id,
        typed=typed,
        errors=errors,
        words=words,
        printed_at=_now(),
    )


def _now() -> str:
    return when(office().clock.now())


def _own_id() -> UUID:
    staff_id = current_actor().id
    return staff_id if staff_id is not None else abort(404)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as wrong:
        raise AnswersRefused({"to": "Choose a colleague from the list"}) from wrong
