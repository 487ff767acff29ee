"""One's own account: posts, password, sessions; leave of oneself and of one's team."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from webapp.actor import current_actor, desk
from webapp.devices import device, place
from webapp.guard import let_in, let_out, permission
from webapp.once import acting, once
from webapp.typed_days import wanted_day
from workflows.actions import accounts, sessions, sign_in
from workflows.casework.errors import AnswersRefused, NotAllowed
from workflows.questions import people

room = Blueprint("account", __name__, url_prefix="/account")
COVERED = "The leave is entered. New tasks go to the person who covers."
NOT_COVERED = (
    "The leave is entered. Nobody covers: new tasks go to the pool of the team. "
    "What is in hand and about safety, or falls due meanwhile, stands under “To hand on” for those who run the case."
)


@room.get("")
@permission("account")
def own() -> str:
    """Show one's own account."""
    return _page({})


@room.post("/password")
@permission("account")
def change_password() -> Response | tuple[str, int]:
    """Change the password; this session goes on, every other ends."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    try:
        entered = sign_in.change_password(desk(), old, new, place(), device())
    except AnswersRefused as refused:
        return _page(refused.errors), 422
    let_in(entered)
    flash("Your password is changed. You are signed out everywhere else.")
    return redirect(url_for("account.own"), 303)


@room.post("/sign-out-everywhere")
@permission("account")
def end_all_sessions() -> Response:
    """End every session, this one too."""
    sessions.end_all(desk())
    let_out()
    flash("You are signed out on every device.")
    return redirect(url_for("auth.sign_in"), 303)


@room.get("/leave")
@permission("account")
def leave() -> str:
    """Show leave to come, and the form for more."""
    return _leave_page({})


@room.post("/leave")
@permission("account")
@once
def enter_leave() -> Response | tuple[str, int]:
    """Enter leave with cover."""
    try:
        first, last = wanted_day(request.form, "first_day"), wanted_day(request.form, "last_day")
        cover = _id(request.form.get("cover", ""))
        with acting() as act:
            accounts.enter_leave(desk(), _who(), first, last, cover)
            return act.done(url_for("account.leave"), COVERED if cover else NOT_COVERED)
    except AnswersRefused as refused:
        return _leave_page(refused.errors), 422


@room.post("/leave/<uuid:leave_id>/cancel")
@permission("account")
def cancel_leave(leave_id: UUID) -> Response:
    """Take leave back."""
    accounts.cancel_leave(desk(), leave_id)
    flash("The leave is cancelled.")
    return redirect(url_for("account.leave"), 303)


def _page(errors: dict[str, str]) -> str:
    record = people.member_record(desk(), _own_id())
    since = session.get("since")
    return render_template(
        "account/own.html", record=record, errors=errors, since=datetime.fromisoformat(since) if since else None
    )


def _leave_page(errors: dict[str, str]) -> str:
    who = _who()
    return render_template(
        "account/leave.html",
        leave=people.leave_to_come(desk()),
        looked_after=people.looked_after(desk()),
        cover=people.who_may_cover(desk(), who),
        who=who,
        typed=request.form,
        errors=errors,
    )


def _own_id() -> UUID:
    staff_id = current_actor().id
    if staff_id is None:
        raise NotAllowed("Sign in first.")
    return staff_id


def _who() -> UUID:
    return _id(request.values.get("staff", "")) or _own_id()


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as wrong:
        raise AnswersRefused({"staff": "Choose somebody from the list"}) from wrong
