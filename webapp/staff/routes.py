"""Accounts of staff, for the system administrator."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import current_actor, desk
from webapp.guard import permission
from webapp.once import acting, once
from webapp.staff.presenters import organisation_choices, posting, role_choices, workplaces
from webapp.typed_days import read_day, wanted_day
from workflows.actions import accounts, sign_in
from workflows.actions.seeing import note_account_seen, note_list_seen
from workflows.casework.errors import AnswersRefused
from workflows.questions import people, programmes
from workflows.questions.passing import still_theirs

room = Blueprint("staff", __name__, url_prefix="/staff")
OPENED = "The account is open. A link to choose a password is on its way. Next: give a post."


@room.get("")
@permission("staff.manage")
def everybody() -> str:
    """List the accounts."""
    words, ended = request.args.get("find", ""), request.args.get("show") == "ended"
    found = people.everybody(desk(), words, ended=ended)
    note_list_seen(desk(), "accounts", (member.name for member in found))
    return render_template("staff/everybody.html", members=found, words=words, ended=ended)


@room.get("/new")
@permission("staff.manage")
def new() -> str:
    """Ask for a new colleague's name and address."""
    return render_template("staff/new.html", typed={}, errors={})


@room.post("/new")
@permission("staff.manage")
@once
def add() -> Response | tuple[str, int]:
    """Open the account and send the link for a password."""
    typed = request.form
    try:
        with acting() as act:
            name, email = typed.get("name", ""), typed.get("email", "")
            staff_id = accounts.open_account(desk(), name, email, typed.get("profession", ""))
            sign_in.send_reset_link(desk(), email)
            return act.done(url_for("staff.one", staff_id=staff_id), OPENED)
    except AnswersRefused as refused:
        return render_template("staff/new.html", typed=typed, errors=refused.errors), 422


@room.get("/<uuid:staff_id>")
@permission("staff.manage")
def one(staff_id: UUID) -> str:
    """Show one account."""
    return _page(staff_id, {})


@room.post("/<uuid:staff_id>/posts")
@permission("staff.manage")
@once
def give_post(staff_id: UUID) -> Response | tuple[str, int]:
    """Give a post."""
    try:
        days = read_day(request.form, "valid_from"), read_day(request.form, "valid_to")
        with acting() as act:
            accounts.give_post(desk(), staff_id, posting(request.form, days))
            return act.done(url_for("staff.one", staff_id=staff_id), "The post is given. It counts from its first day.")
    except AnswersRefused as refused:
        return _page(staff_id, refused.errors), 422


@room.post("/<uuid:staff_id>/organisation")
@permission("staff.manage")
def put_under(staff_id: UUID) -> Response | tuple[str, int]:
    """Say for which kind of organisation somebody works."""
    try:
        accounts.put_under(desk(), staff_id, request.form.get("works_for", ""))
    except AnswersRefused as refused:
        return _page(staff_id, refused.errors), 422
    flash("It counts at once: they see the cases that are shared with this kind of organisation.")
    return redirect(url_for("staff.one", staff_id=staff_id), 303)


@room.get("/<uuid:staff_id>/posts/<uuid:post_id>/end")
@permission("staff.manage")
def last_day(staff_id: UUID, post_id: UUID) -> str:
    """Ask for the last day of a post."""
    record = _seen(staff_id)
    return render_template("staff/end_post.html", record=record, post_id=post_id, typed={}, errors={})


@room.post("/<uuid:staff_id>/posts/<uuid:post_id>/end")
@permission("staff.manage")
def end_post(staff_id: UUID, post_id: UUID) -> Response | tuple[str, int]:
    """Say which day is a post's last."""
    try:
        accounts.end_post(desk(), post_id, wanted_day(request.form, "last_day"))
    except AnswersRefused as refused:
        record, typed = _seen(staff_id), request.form
        page = render_template(
            "staff/end_post.html", record=record, post_id=post_id, typed=typed, errors=refused.errors
        )
        return page, 422
    flash("The post has its last day. Open tasks stay with the person: hand them over in the inbox.")
    return redirect(url_for("staff.one", staff_id=staff_id), 303)


@room.post("/<uuid:staff_id>/end")
@permission("staff.manage")
def end(staff_id: UUID) -> Response:
    """End the account."""
    accounts.end_account(desk(), staff_id)
    flash("The account has ended and is signed out everywhere. Its open tasks still bear its name: hand them over.")
    return redirect(url_for("staff.one", staff_id=staff_id), 303)


@room.post("/<uuid:staff_id>/activate")
@permission("staff.manage")
def activate(staff_id: UUID) -> Response:
    """Take the account into use again."""
    accounts.activate_account(desk(), staff_id)
    flash("The account is in use again.")
    return redirect(url_for("staff.one", staff_id=staff_id), 303)


@room.post("/<uuid:staff_id>/send-link")
@permission("staff.manage")
def send_link(staff_id: UUID) -> Response:
    """Send a link for a new password."""
    sign_in.send_reset_link(desk(), people.member_record(desk(), staff_id).member.email)
    flash("A link to choose a password is on its way. It counts for 30 minutes.")
    return redirect(url_for("staff.one", staff_id=staff_id), 303)


@room.post("/<uuid:staff_id>/hand-out-link")
@permission("staff.manage")
def hand_out_link(staff_id: UUID) -> str:
    """Show a link for a new password, once, to be handed over where no email arrives."""
    record = people.member_record(desk(), staff_id)
    link = sign_in.hand_out_link(desk(), record.member.email)
    return render_template("staff/link.html", record=record, link=link)


def _seen(staff_id: UUID) -> people.MemberRecord:
    record = people.member_record(desk(), staff_id)
    note_account_seen(desk(), staff_id, record.member.name)
    return record


def _page(staff_id: UUID, errors: dict[str, str]) -> str:
    return render_template(
        "staff/one.html",
        record=_seen(staff_id),
        roles=role_choices(),
        workplaces=workplaces(programmes.all_programmes(desk())),
        organisations=organisation_choices(),
        typed=request.form,
        errors=errors,
        me=current_actor().id,
        left=still_theirs(desk(), staff_id),
    )
