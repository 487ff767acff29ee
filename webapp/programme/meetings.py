"""When a team meets: shown to whoever sees its programme, changed by its managers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.programme.room import room
from webapp.programme.typed_hours import read_time
from webapp.typed_days import read_day
from workflows.actions.calendars import Whose
from workflows.actions.meeting_days import set_meetings
from workflows.casework.errors import AnswersRefused
from workflows.casework.meeting_days import IN_A_MONTH, LAST_OF_MONTH, MOST_WEEKS, Rhythm
from workflows.questions.meeting_days import meeting_days

ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", LAST_OF_MONTH: "last"}
# Each choice in words, with the weeks between two meetings or, instead, which weekday of a month it is.
EVERY_WEEKS = {
    str(weeks): ("Every week" if weeks == 1 else f"Every {weeks} weeks", weeks, 0) for weeks in range(1, MOST_WEEKS + 1)
}
EACH_MONTH = {ORDINALS[one]: (f"Each month on the {ORDINALS[one]} such weekday", 0, one) for one in IN_A_MONTH}
RHYTHMS = EVERY_WEEKS | EACH_MONTH
OF_TEAM = "/<key>/teams/<team>/meetings"


@room.get(OF_TEAM)
@permission("programme.see")
def meetings(key: str, team: str) -> str:
    """Show when a team meets, and the form to change it to those who may."""
    return _page(key, team, {})


@room.post(OF_TEAM)
@permission("calendar.change")
def change_meetings(key: str, team: str) -> Response | tuple[str, int]:
    """Let a team meet otherwise from a day on."""
    try:
        set_meetings(desk(), Whose(key, team), _typed())
    except AnswersRefused as refused:
        return _page(key, team, refused.errors), 422
    flash("Kept. Invitations that went out already are not changed by this.")
    return redirect(url_for("programme.meetings", key=key, team=team), 303)


def _typed() -> Rhythm:
    """Read the form; everything that cannot be read is said at once."""
    errors: dict[str, str] = {}
    first = _first(errors)
    at = read_time(request.form.get("at", "").strip())
    if at is None:
        errors["at"] = "Enter when the meeting begins, for example 9:30 or 14:00"
    if errors or first is None or at is None:
        raise AnswersRefused(errors)
    _, weeks, of_month = RHYTHMS.get(request.form.get("weeks", ""), ("", 0, 0))
    where = " ".join(request.form.get("where", "").replace("\x00", "").split())
    return Rhythm(first, weeks, at, where, of_month)


def _first(errors: dict[str, str]) -> date | None:
    try:
        found = read_day(request.form, "first")
    except AnswersRefused as refused:
        errors.update(refused.errors)
        return None
    if found is None:
        errors["first"] = "Enter the day of the first meeting"
    return found


def _page(key: str, team: str, errors: Mapping[str, str]) -> str:
    found = meeting_days(desk(), key, team)
    return render_template(
        "programme/meetings.html", found=found, rhythms=[(key, words) for key, (words, *_) in RHYTHMS.items()],
        rhythm_words=rhythm_words, today=desk().today, typed=request.form, errors=errors,
    )  # fmt: skip


def rhythm_words(rhythm: Rhythm) -> str:
    """Say how a team meets: every Tuesday at 14:00, in the library."""
    day = f"{rhythm.first:%A}"
    if rhythm.of_month:
        how = f"The {ORDINALS[rhythm.of_month]} {day} of each month"
    else:
        how = f"Every {day}" if rhythm.weeks == 1 else f"Every {rhythm.weeks} weeks on a {day}"
    return f"{how} at {_clock(rhythm.at)}" + (f", {rhythm.where}" if rhythm.where else "")


def _clock(at: time) -> str:
    return f"{at:%H:%M}"
