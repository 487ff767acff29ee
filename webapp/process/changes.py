"""Changes of the process: those under way, and one with everything it holds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.once import acting, once
from webapp.process import difference_words as words
from webapp.process.room import KINDS, SORTS, place_of, room
from workflows.actions import process_changes as acts
from workflows.actions.change_check import Checked, check_change
from workflows.casework.errors import AnswersRefused, NotFound
from workflows.casework.process_change import (
    DRAFTING,
    PUBLISHED,
    SENT,
    SENT_BACK,
    UNDER_WAY,
    WITHDRAWN,
    Place,
)
from workflows.questions import process_changes, process_compared, process_models

STATUSES = {
    DRAFTING: "Being drafted",
    SENT: "Waiting for approval",
    SENT_BACK: "Sent back",
    PUBLISHED: "Published",
    WITHDRAWN: "Withdrawn",
}
ENDED = (PUBLISHED, WITHDRAWN)
NOTHING: Mapping[str, str] = MappingProxyType({})
Answer = Response | tuple[str, int]


@room.get("/changes")
@permission("process.see")
def all_changes() -> str:
    """List the changes under way; with `show=ended`, those that were published or withdrawn."""
    ended = request.args.get("show") == "ended"
    found = process_changes.changes(desk(), ENDED if ended else UNDER_WAY)
    return render_template("process/changes.html", changes=found, ended=ended, statuses=STATUSES)


@room.get("/changes/new")
@permission("process.draft")
def new_change() -> str:
    """Ask what a new change is about; `sort` and `key` in the address name what it begins with."""
    return _new(NOTHING)


@room.post("/changes/new")
@permission("process.draft")
@once
def open_change() -> Answer:
    """Open a change, with the diagram or table it begins with, if one is named."""
    sort, key = request.form.get("sort", ""), request.form.get("key", "")
    try:
        with acting() as act:
            change_id = acts.open_change(desk(), request.form.get("title", ""), request.form.get("why", ""))
            if sort:
                acts.take_in(desk(), place_of(change_id, sort, key))
            return act.done(url_for("process.change", change_id=change_id))
    except AnswersRefused as refused:
        return _new(refused.errors), 422


@room.get("/changes/<uuid:change_id>")
@permission("process.see")
def change(change_id: UUID) -> str:
    """Show one change: its models, what differs from today, where it stands."""
    return page(change_id)


@room.get("/changes/<uuid:change_id>/check")
@permission("process.see")
def checked(change_id: UUID) -> str:
    """Show one change with what the check finds in it now."""
    return page(change_id, checked=check_change(desk(), change_id))


@room.post("/changes/<uuid:change_id>/describe")
@permission("process.draft")
def describe(change_id: UUID) -> Answer:
    """Say anew what it is called and why."""
    try:
        acts.describe_change(desk(), change_id, request.form.get("title", ""), request.form.get("why", ""))
    except AnswersRefused as refused:
        return page(change_id, refused.errors), 422
    return _back(change_id, "Title and reason are kept.")


@room.post("/changes/<uuid:change_id>/take-in")
@permission("process.draft")
def take_in(change_id: UUID) -> Answer:
    """Take a diagram or table of today into the change."""
    sort, _, key = request.form.get("model", "").partition("/")
    if not sort:
        return page(change_id, {"model": "Choose a diagram or a table"}), 422
    acts.take_in(desk(), place_of(change_id, sort, key))
    return _back(change_id, "")


@room.post("/changes/<uuid:change_id>/begin-new")
@permission("process.draft")
@once
def begin_new(change_id: UUID) -> Answer:
    """Begin a new diagram or table within the change."""
    sort, key = request.form.get("sort", "diagrams"), request.form.get("key", "").strip()
    try:
        with acting() as act:
            acts.begin_new(desk(), place_of(change_id, sort, key), request.form.get("name", ""))
            return act.done(url_for("process.change", change_id=change_id))
    except AnswersRefused as refused:
        errors = {"name" if name == "title" else name: words for name, words in refused.errors.items()}
        return page(change_id, errors), 422


@room.post("/changes/<uuid:change_id>/<sort>/<key>/leave-out")
@permission("process.draft")
@once
def leave_out(change_id: UUID, sort: str, key: str) -> Answer:
    """Take a model out of the change."""
    with acting() as act:
        acts.leave_out(desk(), place_of(change_id, sort, key))
        return act.done(url_for("process.change", change_id=change_id), "It is left out of this change.")


@room.post("/changes/<uuid:change_id>/bring-up")
@permission("process.draft")
def bring_up(change_id: UUID) -> Answer:
    """Let the change begin from the newest release, with a choice for each model that both changed."""
    try:
        acts.bring_up(desk(), change_id, {name: text for name, text in request.form.items() if ":" in name})
    except AnswersRefused as refused:
        return page(change_id, refused.errors), 422
    return _back(change_id, "This change begins from the newest release now.")


@room.post("/changes/<uuid:change_id>/send")
@permission("process.draft")
def send(change_id: UUID) -> Answer:
    """Send it for approval; what the check finds is shown, and nothing is sent."""
    try:
        acts.send(desk(), change_id, request.form.get("why", ""))
    except AnswersRefused as refused:
        found = check_change(desk(), change_id) if "check" in refused.errors else None
        return page(change_id, refused.errors, found), 422
    return _back(change_id, "Sent for approval. Nobody who worked on it can approve it.")


@room.post("/changes/<uuid:change_id>/take-back")
@permission("process.draft")
def take_back(change_id: UUID) -> Answer:
    """Take it back from approval."""
    acts.take_back(desk(), change_id)
    return _back(change_id, "Taken back: it can be edited again.")


@room.post("/changes/<uuid:change_id>/withdraw")
@permission("process.draft")
def withdraw(change_id: UUID) -> Answer:
    """Give it up."""
    acts.withdraw(desk(), change_id, request.form.get("comment", ""))
    return _back(change_id, "Withdrawn. It stays to be read.")


def page(change_id: UUID, errors: Mapping[str, str] = NOTHING, checked: Checked | None = None) -> str:
    """Show one change, with what is wrong in what was sent and what the check found."""
    found = process_changes.change_page(desk(), change_id)
    held = {model.place.name for model in found.models}
    offered = process_models.models(desk()) if found.may_edit else ()
    return render_template(
        "process/change.html",
        found=found,
        sorts=SORTS,
        statuses=STATUSES,
        errors=errors,
        typed=request.form,
        checked=checked,
        in_short={model.place: words.in_short(_compared(model.place)) for model in found.models if model.base},
        offered=[(f"{SORTS[one.kind]}/{one.key}", one.title) for one in offered if f"{one.kind}:{one.key}" not in held],
        edit_address=edit_address,
    )


def edit_address(place: Place) -> str:
    """Return where a model is drawn in the browser, where there is such a page: the endpoint `process.edit`."""
    if "process.edit" not in current_app.view_functions or place.kind != "bpmn":
        return ""
    return url_for("process.edit", change_id=place.change_id, key=place.key)


def _compared(place: Place) -> process_compared.Compared:
    return process_compared.change_beside(desk(), place).compared


def _new(errors: Mapping[str, str]) -> str:
    sort, key = request.values.get("sort", ""), request.values.get("key", "")
    if sort and sort not in KINDS:
        raise NotFound("There is no such page.")
    begins = process_models.model_page(desk(), KINDS[sort], key) if sort else None
    return render_template("process/new.html", sort=sort, begins=begins, errors=errors, typed=request.form)


def _back(change_id: UUID, said: str) -> Response:
    if said:
        flash(said)
    return redirect(url_for("process.change", change_id=change_id), 303)
