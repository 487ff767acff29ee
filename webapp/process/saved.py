"""One model of a change: as it stands, what was saved of it, who has it in hand, and two versions that met."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from webapp.actor import desk
from webapp.cases.outline_words import with_roles_named
from webapp.guard import permission
from webapp.once import acting, once
from webapp.process.changes import NOTHING, edit_address
from webapp.process.models import as_file, compared_in_words, shown_in_words
from webapp.process.room import FILE, SORTS, place_of, room
from workflows.actions import process_saves as acts
from workflows.actions.change_check import check_change
from workflows.casework.errors import AnswersRefused
from workflows.casework.process_change import ChangedMeanwhile, Place
from workflows.questions import process_changes as changes
from workflows.questions import process_compared

Answer = AnyResponse | tuple[str, int]


@room.get("/changes/<uuid:change_id>/<sort>/<key>/saved")
@permission("process.see")
def saved(change_id: UUID, sort: str, key: str) -> str:
    """Show a model as it stands in the change, and what was saved of it."""
    return _page(place_of(change_id, sort, key))


@room.get("/changes/<uuid:change_id>/<sort>/<key>/compare")
@permission("process.see")
def changed(change_id: UUID, sort: str, key: str) -> str:
    """Show what the change makes of a model."""
    place = place_of(change_id, sort, key)
    row, found = changes.model_row(desk(), place), process_compared.change_beside(desk(), place)
    before = "" if row.base is None else url_for("process.drawing", sort=sort, key=key, number=row.base.number)
    return render_template(
        "process/changed.html",
        change=changes.change_page(desk(), change_id),
        row=row,
        sort=sort,
        **compared_in_words(found, before, _drawing(place)),
    )


@room.get("/changes/<uuid:change_id>/<sort>/<key>/drawing")
@permission("process.see")
def draft_drawing(change_id: UUID, sort: str, key: str) -> Response:
    """Hand out a model to be drawn as it stands, or as it was in a save."""
    return Response(with_roles_named(_content(place_of(change_id, sort, key))), mimetype=FILE)


@room.get("/changes/<uuid:change_id>/<sort>/<key>/file")
@permission("process.see")
def draft_file(change_id: UUID, sort: str, key: str) -> Response:
    """Hand out a model as a file, as it stands or as it was in a save."""
    place = place_of(change_id, sort, key)
    return as_file(_content(place), place.file)


@room.post("/changes/<uuid:change_id>/<sort>/<key>/file")
@permission("process.draft")
def upload(change_id: UUID, sort: str, key: str) -> Answer:
    """Take a model from a file that was changed elsewhere; what is wrong in it is said, and nothing is lost."""
    place, sent = place_of(change_id, sort, key), request.files.get("file")
    content = sent.stream.read() if sent else b""
    if not content:
        return _page(place, {"file": "Choose the file you have changed"}), 422
    try:
        acts.save_model(desk(), place, content, request.form.get("seen", 0, int))
    except AnswersRefused as refused:
        return _page(place, refused.errors), 422
    except ChangedMeanwhile as meanwhile:
        flash(str(meanwhile), "important")
        return redirect(_beside(place, meanwhile.copy_id), 303)
    flash("The file is saved in this change.")
    return redirect(url_for("process.saved", change_id=change_id, sort=sort, key=key, checked="yes"), 303)


@room.post("/changes/<uuid:change_id>/<sort>/<key>/take-over")
@permission("process.draft")
def take_over(change_id: UUID, sort: str, key: str) -> AnyResponse:
    """Take a model in hand though somebody else edits it."""
    acts.hold_model(desk(), place_of(change_id, sort, key), over=True)
    flash("It is in your hands now. Whoever had it is told when they save, and their version is kept beside.")
    return redirect(url_for("process.saved", change_id=change_id, sort=sort, key=key), 303)


@room.post("/changes/<uuid:change_id>/<sort>/<key>/saves/<uuid:save_id>/restore")
@permission("process.draft")
@once
def restore(change_id: UUID, sort: str, key: str, save_id: UUID) -> AnyResponse:
    """Let an earlier save stand again."""
    with acting() as act:
        acts.restore_save(desk(), place_of(change_id, sort, key), save_id, request.form.get("seen", 0, int))
        there = url_for("process.saved", change_id=change_id, sort=sort, key=key)
        return act.done(there, "The earlier version stands again. The one before it is kept below.")


@room.get("/changes/<uuid:change_id>/<sort>/<key>/beside/<uuid:save_id>")
@permission("process.see")
def beside(change_id: UUID, sort: str, key: str, save_id: UUID) -> str:
    """Show two versions that met, or an earlier save beside what stands: what differs, and whose is which."""
    place = place_of(change_id, sort, key)
    save, _ = changes.save_content(desk(), place, save_id)
    found = process_compared.save_beside(desk(), place, save_id)
    return render_template(
        "process/beside.html",
        change=changes.change_page(desk(), change_id),
        row=changes.model_row(desk(), place),
        save=save,
        sort=sort,
        **compared_in_words(found, _drawing(place), _drawing(place, save_id)),
    )


@room.post("/changes/<uuid:change_id>/<sort>/<key>/beside/<uuid:save_id>")
@permission("process.draft")
@once
def settle(change_id: UUID, sort: str, key: str, save_id: UUID) -> AnyResponse:
    """Take one of two versions that met: the copy, or what stands."""
    place, there = place_of(change_id, sort, key), url_for("process.saved", change_id=change_id, sort=sort, key=key)
    with acting() as act:
        if request.form.get("take") == "copy":
            acts.restore_save(desk(), place, save_id, request.form.get("seen", 0, int), over=True)
            return act.done(there, "It stands now. The other version is among the saves below.")
        acts.drop_copy(desk(), place, save_id)
        return act.done(there, "The version of the change stands. The other one is thrown away.")


def _page(place: Place, errors: Mapping[str, str] = NOTHING) -> str:
    change, sort = changes.change_page(desk(), place.change_id), SORTS[place.kind]
    content = changes.content(desk(), place)
    asked = request.args.get("checked") == "yes"
    return render_template(
        "process/saved.html",
        change=change,
        row=changes.model_row(desk(), place),
        saves=changes.saves(desk(), place),
        sort=sort,
        drawing=_drawing(place),
        errors=errors,
        checked=check_change(desk(), place.change_id) if asked else None,
        edit_address=edit_address(place),
        **shown_in_words(place.kind, content.xml),
    )


def _content(place: Place) -> bytes:
    save_id = request.args.get("save", None, UUID)
    return changes.save_content(desk(), place, save_id)[1] if save_id else changes.content(desk(), place).xml


def _drawing(place: Place, save_id: UUID | None = None) -> str:
    sort = SORTS[place.kind]
    return url_for("process.draft_drawing", change_id=place.change_id, sort=sort, key=place.key, save=save_id)


def _beside(place: Place, save_id: UUID) -> str:
    sort = SORTS[place.kind]
    return url_for("process.beside", change_id=place.change_id, sort=sort, key=place.key, save_id=save_id)
