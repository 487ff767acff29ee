"""How the installation is, with the button that mends it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.notice_words import notice_words
from webapp.operations import by_hand, incidents, standing
from webapp.operations.presenters import lines
from webapp.operations.room import room
from workflows.actions import outbox
from workflows.questions import operations

__all__ = ["by_hand", "incidents", "room", "standing"]


@room.get("")
@permission("operations.see")
def board() -> str:
    """Show one line for each part, and what waits for somebody's hand."""
    found = operations.board(desk())
    return render_template("operations/board.html", board=found, lines=lines(found), notice_words=notice_words)


@room.post("/notices/<uuid:notice_id>/again")
@permission("operations.see")
def try_again(notice_id: UUID) -> Response:
    """Give an undelivered notice another try."""
    outbox.try_again(desk(), notice_id)
    flash("The notice waits again and is sent at the worker's next round.")
    return redirect(url_for("operations.board"), 303)
