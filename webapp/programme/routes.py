"""How a programme is set up: teams, practices, services, times and thresholds."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.programme import (
    calendars,
    duty_rota,
    ladder_compare,
    ladder_draft,
    ladder_try,
    ladders,
    meetings,
    practices,
    teams,
    webhooks,
)
from webapp.programme.presenters import in_words, sections
from webapp.programme.room import room
from workflows.actions import programmes as changes
from workflows.casework.errors import AnswersRefused
from workflows.questions import programmes

__all__ = [
    "calendars", "duty_rota", "ladder_compare", "ladder_draft", "ladder_try", "ladders", "meetings", "practices",
    "room", "teams", "webhooks",
]  # fmt: skip


@room.get("")
@permission("programme.see")
def all_programmes() -> str | Response:
    """List the programmes; with only one, go there."""
    found = programmes.all_programmes(desk())
    if len(found) == 1:
        return redirect(url_for("programme.about", key=found[0].key))
    return render_template("programme/all.html", programmes=found)


@room.get("/<key>")
@permission("programme.see")
def about(key: str) -> str:
    """Say what the programme is for, and show its teams."""
    return render_template("programme/about.html", page=programmes.programme(desk(), key), here="about")


@room.get("/<key>/services")
@permission("programme.see")
def services(key: str) -> str:
    """Show the directory of local services."""
    return render_template("programme/services.html", page=programmes.programme(desk(), key), here="services")


@room.get("/<key>/settings")
@permission("programme.see")
def settings(key: str) -> str:
    """Show times and thresholds."""
    page = programmes.programme(desk(), key)
    return render_template(
        "programme/settings.html",
        page=page,
        here="settings",
        sections=sections(page.settings),
        in_words=in_words,
    )


@room.get("/<key>/settings/<setting>")
@permission("programme.see")
def setting(key: str, setting: str) -> str:
    """Show one setting with its history, and the form for another value to those who may change it."""
    return _setting_page(key, setting, {})


@room.post("/<key>/settings/<setting>")
@permission("programme.manage")
def change(key: str, setting: str) -> Response | tuple[str, int]:
    """Give a setting another value from today on."""
    try:
        kept = changes.change_setting(desk(), key, setting, request.form.get("value", ""))
    except AnswersRefused as refused:
        return _setting_page(key, setting, refused.errors), 422
    flash(f"From now on: {in_words(kept)}. Tasks that are already open keep their due times.")
    return redirect(url_for("programme.setting", key=key, setting=setting), 303)


@room.post("/<key>/teams/<team>/suspend")
@permission("programme.manage")
def suspend(key: str, team: str) -> Response | tuple[str, int]:
    """Let another team take a team's new people, or send the team back to work."""
    try:
        changes.suspend_team(desk(), key, team, request.form.get("cover") or None)
    except AnswersRefused as refused:
        page = programmes.programme(desk(), key)
        return render_template("programme/about.html", page=page, here="about", errors=refused.errors), 422
    flash("Done. New referrals follow this from now on; people already with a team stay with it.")
    return redirect(url_for("programme.about", key=key), 303)


def _setting_page(key: str, setting: str, errors: dict[str, str]) -> str:
    today, history = programmes.setting_history(desk(), key, setting)
    return render_template(
        "programme/setting.html",
        page=programmes.programme(desk(), key),
        setting=today,
        history=history,
        typed=request.form.get("value", today.value if today else ""),
        in_words=in_words,
        errors=errors,
    )
