"""One's own account: posts, password, sessions; leave of oneself and of one's team."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from forms.days import long_date
from webapp.account import ways
from webapp.account.room import room
from webapp.actor import current_actor, desk
from webapp.devices import device, place
from webapp.guard import let_in, let_out, permission
from webapp.once import acting, once
from webapp.typed_days import wanted_day
from workflows.actions import accounts, cover, sessions, sign_in
from workflows.actions.seeing import note_list_seen
from workflows.casework.errors import AnswersRefused, NotAllowed
from workflows.questions import people
from workflows.questions import while_away as question
from workflows.questions.duty_rota import duty_days_of

__all__ = ["room", "ways"]
COVERED = "The leave is entered. New tasks go to the person who covers."
COVER_CHANGED = (
    "The cover is changed. What the first cover has in hand stays there: hand it over in the inbox if need be."
)
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
        covers = _id(request.form.get("cover", ""))
        with acting() as act:
            who = _who()
            accounts.enter_leave(desk(), who, first, last, covers)
            uncovered = [_uncovered(one) for one in people.left_uncovered(desk(), who, first, last)]
            return act.done(url_for("account.leave"), COVERED if covers else NOT_COVERED, *uncovered)
    except AnswersRefused as refused:
        return _leave_page(refused.errors), 422


@room.get("/leave/<uuid:leave_id>/cover")
@permission("account")
def ask_cover(leave_id: UUID) -> str:
    """Ask who covers instead."""
    return _cover_page(leave_id, {})


@room.post("/leave/<uuid:leave_id>/cover")
@permission("account")
def change_cover(leave_id: UUID) -> Response | tuple[str, int]:
    """Let somebody else cover, or nobody."""
    try:
        changed = _id(request.form.get("cover", ""))
        cover.change_cover(desk(), leave_id, changed)
    except AnswersRefused as refused:
        return _cover_page(leave_id, refused.errors), 422
    flash(COVER_CHANGED)
    return redirect(url_for("account.leave"), 303)


@room.get("/leave/<uuid:leave_id>/while-away")
@permission("inbox")
def while_away(leave_id: UUID) -> str:
    """Show what happened during leave of one’s own."""
    found = question.while_away(desk(), leave_id)
    shown = (*found.done, *found.moved, *found.new)
    note_list_seen(desk(), "while away", (one.case_number for one in shown))
    return render_template("account/while_away.html", found=found)


@room.post("/leave/<uuid:leave_id>/while-away")
@permission("inbox")
def note_read(leave_id: UUID) -> Response:
    """Note that one has read it."""
    cover.note_read(desk(), leave_id)
    flash("Noted. Welcome back.")
    return redirect(url_for("inbox.show"), 303)


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
        "account/own.html",
        record=record,
        duty=duty_days_of(desk(), _own_id()),
        errors=errors,
        since=datetime.fromisoformat(since) if since else None,
    )


def _leave_page(errors: dict[str, str]) -> str:
    who = _who()
    return render_template(
        "account/leave.html",
        leave=people.leave_to_come(desk()),
        looked_after=people.looked_after(desk()),
        cover=people.who_may_cover(desk(), who),
        covered=people.covered_by_me(desk()),
        who=who,
        typed=request.form,
        errors=errors,
    )


def _cover_page(leave_id: UUID, errors: dict[str, str]) -> str:
    found = people.leave_of(desk(), leave_id)
    able = people.who_may_cover(desk(), found.staff_id)
    return render_template("account/cover.html", leave=found, able=able, typed=request.form, errors=errors)


def _uncovered(one: people.Leave) -> str:
    """Say that somebody who was to be covered is not, on the days when their cover is away too."""
    days = f"from {long_date(one.first_day)} to {long_date(one.last_day)}"
    return (
        f"{one.cover} is to cover for {one.name} {days}, and is away on some of these days: then nobody covers, and "
        f"tasks go to the pool. Let {one.name} or their manager choose another cover."
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
