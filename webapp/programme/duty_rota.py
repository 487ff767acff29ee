"""Who is on duty: shown to whoever sees the programme, said by managers and coordinators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.once import acting, once
from webapp.programme.room import room
from webapp.typed_days import wanted_day
from workflows.actions import duty_rota as changes
from workflows.actions.calendars import Whose
from workflows.actions.duty_rota import Turn
from workflows.casework.errors import AnswersRefused
from workflows.questions import duty_rota as question
from workflows.questions import programmes
from workflows.questions.duty_rota import OnDuty, Stretch

OF_TEAM = "/<key>/teams/<team>/duty"
NAMED = "Kept. From then on the reminders that go to whoever is on duty go to them."
ENDED = "Kept. After that day nobody is named, until you name somebody."
NOBODY = "Nobody is named"
INSTEAD = "the triage clinicians are told instead"


@room.get("/<key>/duty")
@room.get(OF_TEAM)
@permission("programme.see")
def duty_rota(key: str, team: str | None = None) -> str:
    """Show who is on duty, week by week, and the form to name somebody to those who may."""
    return _page(Whose(key, team), {})


@room.post("/<key>/duty")
@room.post(OF_TEAM)
@permission("rota.keep")
@once
def name_on_duty(key: str, team: str | None = None) -> Response | tuple[str, int]:
    """Name who is on duty from one day to another."""
    whose = Whose(key, team)
    try:
        turn = _typed()
        with acting() as act:
            changes.name_on_duty(desk(), whose, turn)
            return act.done(_address(whose), NAMED)
    except AnswersRefused as refused:
        return _page(whose, refused.errors), 422


@room.get("/duty/<uuid:duty>/end")
@permission("rota.keep")
def ask_end_of_duty(duty: UUID) -> str:
    """Ask which day is the last."""
    return _end_page(duty, {})


@room.post("/duty/<uuid:duty>/end")
@permission("rota.keep")
def end_duty(duty: UUID) -> Response | tuple[str, int]:
    """Let duty days end earlier."""
    try:
        whose = changes.end_duty(desk(), duty, wanted_day(request.form, "last_day"))
    except AnswersRefused as refused:
        return _end_page(duty, refused.errors), 422
    flash(ENDED)
    return redirect(_address(whose), 303)


@room.post("/duty/<uuid:duty>/remove")
@permission("rota.keep")
def remove_duty(duty: UUID) -> Response:
    """Take duty days back."""
    whose = changes.remove_duty(desk(), duty)
    flash("Removed. The days that are over stay in the record.")
    return redirect(_address(whose), 303)


def _typed() -> Turn:
    """Read the form; everything that cannot be read is said at once."""
    errors: dict[str, str] = {}
    days = []
    for name in ("first_day", "last_day"):
        try:
            days.append(wanted_day(request.form, name))
        except AnswersRefused as refused:
            errors |= refused.errors
    if errors:
        raise AnswersRefused(errors)
    return Turn(_id(request.form.get("staff", "")), *days)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as wrong:
        raise AnswersRefused({"staff": "Choose somebody from the list"}) from wrong


def _page(whose: Whose, errors: Mapping[str, str]) -> str:
    today = desk().today
    found = question.duty_rota(desk(), whose.programme, whose.team, _asked_day(today))
    first = found.weeks[0].monday
    return render_template(
        "programme/duty_rota.html",
        page=programmes.programme(desk(), whose.programme),
        here="duty_rota",
        found=found,
        today=today,
        this_week=question.first_monday(today, today),
        earlier=_address(whose, question.first_monday(first - question.WEEKS * question.WEEK, today)),
        later=_address(whose, question.first_monday(first + question.WEEKS * question.WEEK, today)),
        days_words=days_words,
        duty_words=duty_words,
        typed=request.form,
        errors=errors,
    )


def _end_page(duty: UUID, errors: Mapping[str, str]) -> str:
    turn = question.turn_to_keep(desk(), duty)
    return render_template("programme/end_duty.html", turn=turn, typed=request.form, errors=errors)


def _asked_day(today: date) -> date:
    try:
        return date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        return today


def _address(whose: Whose, monday: date | None = None) -> str:
    asked: dict[str, Any] = {"from": monday.isoformat()} if monday else {}
    return url_for("programme.duty_rota", key=whose.programme, team=whose.team, **asked)


def days_words(stretch: Stretch) -> str:
    """Say which days of a week: Monday to Wednesday."""
    first, last = f"{stretch.first:%A}", f"{stretch.last:%A}"
    return first if first == last else f"{first} to {last}"


def duty_words(stretch: Stretch) -> str:
    """Say who is on duty: Amina Khan; or: Nobody is named: the triage clinicians are told instead."""
    here, programme = stretch.here, stretch.programme
    words = _by_one_rota(here)
    if programme.named:
        words = f"{words}. For the whole programme: {_by_one_rota(programme)}"
    return words if here.told or programme.told else f"{words}: {INSTEAD}"


def _by_one_rota(one: OnDuty) -> str:
    if one.told:
        return one.told if one.told == one.named else f"{one.told}, who covers for {one.named}"
    if not one.named:
        return NOBODY
    why = "is away and nobody covers who may" if one.away else "holds no clinical role here any more"
    return f"{one.named} {why}"
