"""Signing in and out, and a new password for a forgotten one."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.actor import desk, office
from webapp.auth.presenters import grouped
from webapp.devices import device, place
from webapp.guard import let_in, let_out, permission, public
from webapp.navigation import home
from workflows.actions import sign_in as entrance
from workflows.casework.errors import AnswersRefused
from workflows.questions import people

room = Blueprint("auth", __name__)
SENT = "If there is an account with this email address, a link is on its way. It counts for 30 minutes."


@room.get("/sign-in")
@public
def sign_in() -> str | Response:
    """Show the way in; in a demonstration, the people one can be."""
    if current_user.is_authenticated:
        return redirect(wanted())
    return _way_in()


@room.post("/sign-in")
@public
def check_sign_in() -> str | Response | tuple[str, int]:
    """Check an address and a password."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        entered = entrance.sign_in(desk(), email, password, place(), device())
    except entrance.SignInRefused as refusal:
        return _way_in(email, str(refusal)), 422
    let_in(entered)
    return redirect(wanted(), 303)


@room.post("/sign-in/as/<uuid:staff_id>")
@public
def become(staff_id: UUID) -> Response:
    """Become one of the demonstration's people."""
    entered = entrance.enter_demonstration(desk(), staff_id, place(), device())
    let_in(entered)
    return redirect(wanted(), 303)


@room.post("/sign-out")
@public
def sign_out() -> Response:
    """End this session."""
    let_out()
    flash("You have signed out.")
    return redirect(url_for("auth.sign_in"), 303)


@room.get("/password/forgotten")
@public
def forgotten() -> str:
    """Ask where to send a link."""
    return render_template("auth/forgotten.html")


@room.post("/password/forgotten")
@public
def send_link() -> Response:
    """Send a link if there is such an account; the answer is the same if there is not."""
    entrance.send_reset_link(desk(), request.form.get("email", ""))
    flash(SENT, "important")
    return redirect(url_for("auth.sign_in"), 303)


@room.get("/password/new/<token>")
@public
def new_password(token: str) -> str:
    """Ask for a new password."""
    entrance.check_reset_link(desk(), token)
    return render_template("auth/new_password.html", token=token, errors={})


@room.post("/password/new/<token>")
@public
def set_new_password(token: str) -> Response | tuple[str, int]:
    """Set the new password and use the link up."""
    try:
        entrance.choose_password(desk(), token, request.form.get("new", ""))
    except AnswersRefused as refused:
        return render_template("auth/new_password.html", token=token, errors=refused.errors), 422
    flash("Your new password counts from now on. Sign in with it.")
    return redirect(url_for("auth.sign_in"), 303)


@room.get("/")
@permission("account")
def begin() -> Response:
    """Go where one's work begins."""
    return redirect(home())


def wanted() -> str:
    """Return the page somebody was on the way to; only ever a page of this site."""
    asked = request.values.get("next", "")
    split = urlsplit(asked)
    ours = asked.startswith("/") and asked.isprintable() and not asked.startswith(("//", "/\\"))
    ours = ours and not split.netloc and not split.scheme
    return asked if ours else home()


def _way_in(email: str = "", problem: str = "") -> str:
    demonstration = office().settings.demonstration
    return render_template(
        "auth/sign_in.html",
        email=email,
        problem=problem,
        next=request.values.get("next", ""),
        kept=bool(request.args.get("kept")),
        programmes=grouped(people.demonstration_people(desk())) if demonstration else [],
    )
