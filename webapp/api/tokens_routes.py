"""One's own tokens for other systems: made here, shown once, ended here."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import current_actor, desk
from webapp.guard import permission
from webapp.once import acting, once
from workflows.actions import api_access
from workflows.casework.errors import AnswersRefused
from workflows.questions.api import own_tokens

room = Blueprint("tokens", __name__, url_prefix="/account/tokens")
SHOWN_ONCE = "The token was made and its secret shown, once. If you have not copied it, revoke it and make another."
DAYS = ((30, "30 days"), (90, "90 days"), (365, "A year"))


@room.get("")
@permission("account")
def own() -> str:
    """Show one's own tokens, and the form for another."""
    return _page({})


@room.post("")
@permission("account")
@once
def make() -> str | tuple[str, int]:
    """Make a token and show its secret this once."""
    days = request.form.get("days", 0, int)
    try:
        with acting() as act:
            made = api_access.make_token(desk(), request.form.get("name", ""), request.form.getlist("scopes"), days)
            act.keep(url_for("tokens.own"), SHOWN_ONCE)
    except AnswersRefused as refused:
        return _page(refused.errors), 422
    return render_template("api/made.html", made=made)


@room.post("/<uuid:token_id>/revoke")
@permission("account")
def revoke(token_id: UUID) -> Response:
    """End a token at once."""
    api_access.revoke_token(desk(), token_id)
    flash("The token has ended. Whatever used it is shut out from now on.")
    return redirect(url_for("tokens.own"), 303)


def _page(errors: dict[str, str]) -> str:
    return render_template(
        "api/tokens.html",
        tokens=own_tokens(desk()),
        scopes=api_access.scopes_of(current_actor()),
        days=DAYS,
        errors=errors,
        typed=request.form,
    )
