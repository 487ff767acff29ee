"""Trying the draft of the reminders on past tasks, and publishing it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import ladder_tried_words as words
from webapp.actor import desk
from webapp.guard import permission
from webapp.once import acting, once
from webapp.programme.ladder_change_words import differences
from webapp.programme.room import room
from webapp.programme.weeks_drawn import weeks_drawn
from webapp.typed_days import boxes, wanted_day
from workflows.actions import ladder_drafts, ladder_tries
from workflows.casework.errors import AnswersRefused, OutOfDate
from workflows.casework.ladder_table import LadderRefused
from workflows.questions import programmes
from workflows.questions.ladder_drafts import DraftPage, draft_page

THREE_MONTHS = timedelta(days=91)


@room.get("/<key>/reminders/try")
@permission("programme.manage")
def reminders_tried(key: str) -> str:
    """Show how far the try of the draft is, and what it found."""
    return _page(key, {})


@room.get("/<key>/reminders/try/progress")
@permission("programme.manage")
def reminders_try_progress(key: str) -> Response:
    """Say to the page's script how far the try is."""
    trial = draft_page(desk(), key).trial
    if trial is None or trial.ended_at is not None:
        return jsonify(going_on=False)
    return jsonify(going_on=True, done=trial.done, good=trial.in_all or 1, words=words.waiting_words(trial))


@room.post("/<key>/reminders/try")
@permission("programme.manage")
@once
def reminders_try(key: str) -> Response | tuple[str, int]:
    """Ask the worker to try the draft."""
    try:
        first, last = (wanted_day(request.form, name) for name in ("first", "last"))
        with acting() as act:
            ladder_tries.ask_to_try(desk(), key, first, last)
            return act.done(url_for("programme.reminders_tried", key=key))
    except AnswersRefused as refused:
        return _page(key, refused.errors), 422
    except LadderRefused:
        flash("Put right what is wrong with your draft first.")
        return redirect(url_for("programme.reminders_draft", key=key), 303)


@room.post("/<key>/reminders/publish")
@permission("programme.manage")
@once
def reminders_publish(key: str) -> Response | tuple[str, int]:
    """Let the draft count from now on."""
    try:
        with acting() as act:
            number = ladder_drafts.publish_draft(desk(), key, request.form.get("why", ""))
            said = (
                f"Version {number} counts from now on. Open tasks follow within minutes; what was told already is not "
                "told again."
            )
            return act.done(url_for("programme.reminders", key=key), said)
    except AnswersRefused as refused:
        return _page(key, refused.errors), 422
    except OutOfDate as moved:
        return _page(key, {"why": str(moved)}), 409


def _page(key: str, errors: Mapping[str, str]) -> str:
    found, today = draft_page(desk(), key), desk().today
    return render_template(
        "programme/reminders_try.html",
        page=programmes.programme(desk(), key),
        found=found,
        waits=found.trial is not None and found.trial.ended_at is None,
        typed={**boxes("first", today - THREE_MONTHS), **boxes("last", today), **_tried_days(found), **request.form},
        differs=differences(found.today, found.ladder) if found.ladder else [],
        words=words,
        drawn=weeks_drawn(words.week_rows(found.found)) if found.found else None,
        busy=_busy(found),
        errors=errors,
    )


def _tried_days(found: DraftPage) -> dict[str, str]:
    return {**boxes("first", found.trial.first), **boxes("last", found.trial.last)} if found.trial else {}


def _busy(found: DraftPage) -> list[tuple[str, str, str]]:
    """Return who would have had too many messages on a day: name, today and in the draft."""
    if found.found is None:
        return []
    was, now = ({one.name: one for one in side.busy} for side in (found.found.today, found.found.draft))
    said = {name: f"{one.days} (most: {one.most})" for name, one in was.items()}
    then = {name: f"{one.days} (most: {one.most})" for name, one in now.items()}
    return [(name, said.get(name, "none"), then.get(name, "none")) for name in dict.fromkeys([*now, *was])]
