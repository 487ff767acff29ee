"""The pages of one team and of one service, and the forms to put right what has changed."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.programme.room import room
from webapp.typed_days import wanted_day
from webapp.wording import counted
from webapp.wording import day as in_words
from workflows.actions import teams as changes
from workflows.casework.errors import AnswersRefused, NotFound
from workflows.casework.programme import ADDRESSES
from workflows.questions import programmes


@room.get("/<key>/teams/<team>")
@permission("programme.see")
def team(key: str, team: str) -> str:
    """Show a team with its practices, and the forms to change it to those who may."""
    return _team(key, team, {})


@room.post("/<key>/teams/<team>")
@permission("programme.manage")
def change_team(key: str, team: str) -> Response | tuple[str, int]:
    """Give a team another name or mailbox."""
    name, mailbox = request.form.get("name", ""), request.form.get("mailbox", "")
    try:
        changes.change_team(desk(), key, team, name, mailbox)
    except AnswersRefused as refused:
        return _team(key, team, refused.errors), 422
    flash("Kept. What was written before stays as it was written.")
    return redirect(url_for("programme.team", key=key, team=team), 303)


@room.post("/<key>/teams/<team>/end")
@permission("programme.manage")
def end_team(key: str, team: str) -> Response | tuple[str, int]:
    """Say which day is the team's last."""
    try:
        last_day = wanted_day(request.form, "last_day")
        left = changes.end_team(desk(), key, team, last_day)
    except AnswersRefused as refused:
        return _team(key, team, refused.errors), 422
    flash(f"The last day of the team is {in_words(last_day)}.")
    if left:
        flash(
            f"{counted(left, 'open case is', 'open cases are')} with it: hand each over on its own page.", "important"
        )
    return redirect(url_for("programme.team", key=key, team=team), 303)


@room.post("/<key>/teams/<team>/keep")
@permission("programme.manage")
def keep_team(key: str, team: str) -> Response:
    """Take the last day back."""
    changes.keep_team(desk(), key, team)
    flash("The team goes on.")
    return redirect(url_for("programme.team", key=key, team=team), 303)


@room.get("/<key>/services/<service>")
@permission("programme.see")
def service(key: str, service: str) -> str:
    """Show a service with its address, and the form to change it to those who may."""
    return _service(key, service, {})


@room.post("/<key>/services/<service>/address")
@permission("programme.manage")
def change_service_address(key: str, service: str) -> Response | tuple[str, int]:
    """Say where letters to the service go."""
    try:
        changes.change_service_address(desk(), key, service, request.form.get("address", ""))
    except AnswersRefused as refused:
        return _service(key, service, refused.errors), 422
    flash("Kept. Letters to it follow this from now on.")
    return redirect(url_for("programme.service", key=key, service=service), 303)


def _team(key: str, team: str, errors: Mapping[str, str]) -> str:
    page = programmes.programme(desk(), key)
    found = next((each for each in page.teams if each.key == team), None)
    if found is None:
        raise NotFound("There is no such team in this programme.")
    theirs = [each for each in page.practices if team in {one.key for one in each.teams_today}]
    return render_template(
        "programme/team.html", page=page, team=found, practices=theirs, typed=request.form, errors=errors
    )


def _service(key: str, service: str, errors: Mapping[str, str]) -> str:
    page = programmes.programme(desk(), key)
    found = next((each for each in page.services if each.key == service), None)
    if found is None:
        raise NotFound("There is no such service in this programme.")
    address = request.form.get("address", page.content.get(ADDRESSES, {}).get(service, ""))
    return render_template("programme/service.html", page=page, service=found, address=address, errors=errors)
