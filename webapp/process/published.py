"""What was published of a change: with whom it began, the open cases that go over, and going back in one act."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.once import acting, once
from webapp.process.room import room
from webapp.wording import counted
from workflows.actions import going_back as returning
from workflows.actions import publication_moves, publishing
from workflows.casework.errors import AnswersRefused
from workflows.questions import process_changes, publications
from workflows.questions.publications import Moves, PublicationPage

NOTHING: Mapping[str, str] = MappingProxyType({})


@room.get("/changes/<uuid:change_id>/published")
@permission("process.see")
def published(change_id: UUID) -> str:
    """Show how the release stands, which cases moved, and which did not and why."""
    return _page(change_id, NOTHING)


@room.get("/changes/<uuid:change_id>/published/progress")
@permission("process.see")
def published_progress(change_id: UUID) -> Response:
    """Say to the page's script how far the moves are."""
    found = publications.publication_page(desk(), change_id)
    if not found.under_way:
        return jsonify(going_on=False)
    moves = moving(found)
    return jsonify(going_on=True, done=moves.done, good=moves.in_all, words=moving_words(found))


@room.post("/changes/<uuid:change_id>/published/widen")
@permission("diagram.publish")
def widen(change_id: UUID) -> Response:
    """Let every new case begin on it."""
    publishing.widen(desk(), publications.publication_page(desk(), change_id).id)
    return _back(change_id, "Every new case begins on it from now on.")


@room.post("/changes/<uuid:change_id>/published/again")
@permission("diagram.publish")
def move_again(change_id: UUID) -> Response:
    """Try the cases once more that stayed where they are."""
    publication_moves.ask_again(desk(), publications.publication_page(desk(), change_id).id)
    return _back(change_id, "")


@room.post("/changes/<uuid:change_id>/published/go-back")
@permission("diagram.publish")
@once
def go_back(change_id: UUID) -> Response | tuple[str, int]:
    """Let the release before count again; cases that moved return."""
    try:
        with acting() as act:
            found = publications.publication_page(desk(), change_id)
            returning.take_back_release(desk(), found.id, request.form.get("why", ""))
            return act.done(
                url_for("process.published", change_id=change_id),
                f"Release {found.before} counts again. Cases that moved return now.",
            )
    except AnswersRefused as refused:
        return _page(change_id, refused.errors), 422


def moving(found: PublicationPage) -> Moves:
    """Return the moves that are under way: back, once it was taken back."""
    return found.back if found.taken_back_at else found.over


def moving_words(found: PublicationPage) -> str:
    """Say how far the moves are, in tenths."""
    moves = moving(found)
    tenths = moves.done * 10 // (moves.in_all or 1)
    return (
        f"{tenths * 10} per cent of {counted(moves.in_all, 'case')} {'asked back' if found.taken_back_at else 'moved'}"
    )


def _page(change_id: UUID, errors: Mapping[str, str]) -> str:
    found = publications.publication_page(desk(), change_id)
    return render_template(
        "process/published.html",
        change=process_changes.change_page(desk(), change_id),
        found=found,
        moves=moving(found),
        moving_words=moving_words(found),
        typed=request.form,
        errors=errors,
    )


def _back(change_id: UUID, said: str) -> Response:
    if said:
        flash(said)
    return redirect(url_for("process.published", change_id=change_id), 303)
