"""The hours and closed days of a programme and of its teams, and the changes of them that dates follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.once import acting, once
from webapp.programme import calendar_words as words
from webapp.programme.room import room
from webapp.programme.typed_hours import read_hours, typed_hours
from webapp.typed_days import wanted_day
from workflows.actions import calendars as changes
from workflows.actions.calendars import Whose
from workflows.actions.seeing import note_list_seen
from workflows.casework.errors import AnswersRefused, NotFound
from workflows.questions import calendars, programmes

OF_TEAM = "/<key>/teams/<team>"


@room.get("/<key>/closed-days")
@room.get(f"{OF_TEAM}/closed-days")
@permission("programme.see")
def closed_days(key: str, team: str | None = None) -> str:
    """Show when a programme, or one of its teams, is open."""
    return _page(Whose(key, team), {})


@room.post("/<key>/closed-days")
@room.post(f"{OF_TEAM}/closed-days")
@permission("calendar.change")
@once
def close_on(key: str, team: str | None = None) -> Response | tuple[str, int]:
    """Ask what it would move to close on a day."""
    whose, typed = Whose(key, team), request.form
    try:
        day = wanted_day(typed, "day")
        with acting() as act:
            change = changes.ask_to_close(desk(), whose, day, typed.get("why", ""))
            return act.done(url_for("programme.calendar_change", change=change))
    except AnswersRefused as refused:
        return _page(whose, refused.errors), 422


@room.post("/<key>/closed-days/<day>/open")
@room.post(f"{OF_TEAM}/closed-days/<day>/open")
@permission("calendar.change")
@once
def open_after_all(key: str, day: str, team: str | None = None) -> Response:
    """Ask what it would move to open on a day that had been closed."""
    try:
        opened = date.fromisoformat(day)
    except ValueError as wrong:
        raise NotFound("There is no such day.") from wrong
    with acting() as act:
        change = changes.ask_to_open(desk(), Whose(key, team), opened)
        return act.done(url_for("programme.calendar_change", change=change))


@room.get("/<key>/hours")
@room.get(f"{OF_TEAM}/hours")
@permission("calendar.change")
def hours(key: str, team: str | None = None) -> str:
    """Ask for other hours."""
    return _hours(Whose(key, team), {})


@room.post("/<key>/hours")
@room.post(f"{OF_TEAM}/hours")
@permission("calendar.change")
@once
def change_hours(key: str, team: str | None = None) -> Response | tuple[str, int]:
    """Ask what it would move to work other hours from a day on."""
    whose, typed = Whose(key, team), request.form
    try:
        week = None if team and "as_programme" in typed else read_hours(typed)
        first = wanted_day(typed, "first")
        with acting() as act:
            change = changes.ask_for_hours(desk(), whose, first, week)
            return act.done(url_for("programme.calendar_change", change=change))
    except AnswersRefused as refused:
        return _hours(whose, refused.errors), 422


@room.get("/calendar-changes/<uuid:change>")
@permission("calendar.change")
def calendar_change(change: UUID) -> str:
    """Show what a change would move, how far it is, or what it has moved."""
    page = max(request.args.get("page", 1, int), 1)
    found = calendars.change_page(desk(), change, page)
    if found.prospect:
        note_list_seen(desk(), "due dates that would move", (one.number for one in found.prospect.moves))
    return render_template("programme/calendar_change.html", found=found, page=page, words=words, size=calendars.A_PAGE)


@room.post("/calendar-changes/<uuid:change>/confirm")
@permission("calendar.change")
def confirm_change(change: UUID) -> Response:
    """Make a change; the dates follow."""
    changes.confirm_change(desk(), change)
    return redirect(url_for("programme.calendar_change", change=change), 303)


@room.post("/calendar-changes/<uuid:change>/drop")
@permission("calendar.change")
def drop_change(change: UUID) -> Response:
    """Leave everything as it is."""
    whose = changes.drop_change(desk(), change)
    flash("Nothing was changed.")
    return redirect(url_for("programme.closed_days", key=whose.programme, team=whose.team), 303)


@room.get("/calendar-changes/<uuid:change>/progress")
@permission("calendar.change")
def change_progress(change: UUID) -> Response:
    """Say to the page's script how far the dates have followed."""
    found = calendars.change_page(desk(), change)
    return jsonify(going_on=found.status == "moving", words=words.progress(found))


def _page(whose: Whose, errors: Mapping[str, str]) -> str:
    found, today = calendars.calendar_page(desk(), whose.programme, whose.team), desk().today
    coming = [one for one in found.closed_days if one.day >= today and not one.open_after_all]
    return render_template(
        "programme/closed_days.html",
        page=programmes.programme(desk(), whose.programme),
        here="closed_days",
        found=found,
        today=today,
        coming=coming,
        others=[one for one in found.closed_days if one not in coming],
        shared=[one for one in found.shared_days if one.day >= today and not one.open_after_all],
        bank_holidays=words.bank_holidays_ahead(today, found.calendar),
        words=words,
        typed=request.form,
        errors=errors,
    )


def _hours(whose: Whose, errors: Mapping[str, str]) -> str:
    found = calendars.calendar_page(desk(), whose.programme, whose.team)
    typed = request.form or typed_hours(found.calendar.week_on(desk().today))
    return render_template("programme/hours.html", found=found, words=words, typed=typed, errors=errors)
