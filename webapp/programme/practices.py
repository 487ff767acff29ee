"""The register of practices: who looks after whose people, and the forms to change that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.once import acting, once
from webapp.programme.room import room
from webapp.typed_days import read_day, wanted_day
from webapp.wording import day as in_words
from workflows.actions import practices as changes
from workflows.casework.errors import AnswersRefused, NotFound
from workflows.casework.programme import ADDRESSES
from workflows.questions import programmes
from workflows.questions.programmes import ProgrammePage

NOTHING: Mapping[str, str] = {}


@room.get("/<key>/practices")
@permission("programme.see")
def practices(key: str) -> str:
    """Show the register of practices with their teams."""
    return render_template("programme/practices.html", page=programmes.programme(desk(), key), here="practices")


@room.get("/<key>/practices/new")
@permission("programme.manage")
def new_practice(key: str) -> str:
    """Ask for a practice to enter."""
    page = programmes.programme(desk(), key)
    if not page.may_change:
        abort(403)
    return _new(page, {})


@room.post("/<key>/practices/new")
@permission("programme.manage")
@once
def add_practice(key: str) -> Response | tuple[str, int]:
    """Enter a practice."""
    typed = request.form
    try:
        given = changes.NewPractice(
            typed.get("code", ""), typed.get("name", ""), typed.getlist("teams"), read_day(typed, "first_day")
        )
        with acting() as act:
            changes.add_practice(desk(), key, given)
            return act.done(url_for("programme.practices", key=key), f"{given.name.strip()} is in the register.")
    except AnswersRefused as refused:
        return _new(programmes.programme(desk(), key), refused.errors), 422


@room.get("/<key>/practices/<code>")
@permission("programme.see")
def practice(key: str, code: str) -> str:
    """Show a practice with the teams it had, and the forms to change it to those who may."""
    return _one(key, code, {})


@room.post("/<key>/practices/<code>/teams")
@permission("programme.manage")
@once
def change_teams(key: str, code: str) -> Response | tuple[str, int]:
    """Give the practice's people to other teams from a day on."""
    try:
        from_day = wanted_day(request.form, "from_day")
        with acting() as act:
            changes.change_teams(desk(), key, code, request.form.getlist("teams"), from_day)
            said = f"New referrals follow this from {in_words(from_day)}. People already with a team stay with it."
            return act.done(url_for("programme.practice", key=key, code=code), said)
    except AnswersRefused as refused:
        return _one(key, code, refused.errors), 422


@room.post("/<key>/practices/<code>/address")
@permission("programme.manage")
def change_address(key: str, code: str) -> Response | tuple[str, int]:
    """Say where letters to the practice go."""
    try:
        changes.change_address(desk(), key, code, request.form.get("address", ""))
    except AnswersRefused as refused:
        return _one(key, code, refused.errors), 422
    flash(_told_address(key, code))
    return redirect(url_for("programme.practice", key=key, code=code), 303)


@room.post("/<key>/practices/<code>/end")
@permission("programme.manage")
def end_practice(key: str, code: str) -> Response | tuple[str, int]:
    """Say which day is the practice's last."""
    try:
        last_day = wanted_day(request.form, "last_day")
        changes.end_practice(desk(), key, code, last_day)
    except AnswersRefused as refused:
        return _one(key, code, refused.errors), 422
    flash(_told_end(last_day, desk().today))
    return redirect(url_for("programme.practice", key=key, code=code), 303)


@room.post("/<key>/practices/<code>/keep")
@permission("programme.manage")
def keep_practice(key: str, code: str) -> Response:
    """Take the last day back."""
    changes.keep_practice(desk(), key, code)
    flash("The practice goes on.")
    return redirect(url_for("programme.practice", key=key, code=code), 303)


def _told_end(last_day: date, today: date) -> str:
    ends = "has ended" if last_day < today else f"ends after {in_words(last_day)}"
    return f"The practice {ends}. People already with a team stay with it; nobody new can be referred from it then."


def _told_address(key: str, code: str) -> str:
    page = programmes.programme(desk(), key)
    name = next(each.name for each in page.practices if each.code == code)
    if page.content.get(ADDRESSES, {}).get(code):
        return f"Letters to {name} bear this address."
    return f"The address of {name} is not known any more: letters bear its name."


def _new(page: ProgrammePage, errors: Mapping[str, str]) -> str:
    chosen = request.form.getlist("teams")
    return render_template(
        "programme/new_practice.html", page=page, typed=request.form, chosen=chosen, errors=errors, today=desk().today
    )


def _one(key: str, code: str, errors: Mapping[str, str]) -> str:
    page = programmes.programme(desk(), key)
    found = next((each for each in page.practices if each.code == code), None)
    if found is None:
        raise NotFound("There is no such practice in this programme.")
    typed = request.form
    chosen = typed.getlist("teams") if "teams" in typed else [team.key for team in found.teams_today]
    address = typed.get("address", page.content.get(ADDRESSES, {}).get(code, ""))
    return render_template(
        "programme/practice.html",
        page=page, practice=found, typed=typed, chosen=chosen, address=address, errors=errors,
    )  # fmt: skip
