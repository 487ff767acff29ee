"""The days on which a programme's service is closed besides weekends and bank holidays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.once import acting, once
from webapp.programme.room import room
from webapp.typed_days import wanted_day
from webapp.wording import day as in_words
from workflows.actions import closed_days as changes
from workflows.casework.errors import AnswersRefused, NotFound
from workflows.questions import programmes
from workflows.working_time import bank_holidays

A_YEAR = timedelta(days=365)


@room.get("/<key>/closed-days")
@permission("programme.see")
def closed_days(key: str) -> str:
    """Show when the service is closed."""
    return _page(key, {})


@room.post("/<key>/closed-days")
@permission("programme.manage")
@once
def close_on(key: str) -> Response | tuple[str, int]:
    """Close the service on a day."""
    try:
        day = wanted_day(request.form, "day")
        with acting() as act:
            changes.close_on(desk(), key, day, request.form.get("why", ""))
            said = f"{in_words(day)} is no working day any more. Tasks that are already open keep their due times."
            return act.done(url_for("programme.closed_days", key=key), said)
    except AnswersRefused as refused:
        return _page(key, refused.errors), 422


@room.post("/<key>/closed-days/<day>/open")
@permission("programme.manage")
def open_after_all(key: str, day: str) -> Response:
    """Open the service on a day that had been closed."""
    try:
        opened = date.fromisoformat(day)
    except ValueError as wrong:
        raise NotFound("There is no such day.") from wrong
    changes.open_after_all(desk(), key, opened)
    flash(f"{in_words(opened)} is a working day again. Tasks that are already open keep their due times.")
    return redirect(url_for("programme.closed_days", key=key), 303)


def _page(key: str, errors: Mapping[str, str]) -> str:
    page, today = programmes.programme(desk(), key), desk().today
    coming = [closed for closed in page.closed_days if closed.day >= today and not closed.open_after_all]
    return render_template(
        "programme/closed_days.html",
        page=page,
        here="closed_days",
        coming=coming,
        others=[closed for closed in page.closed_days if closed not in coming],
        bank_holidays=_bank_holidays(today),
        typed=request.form,
        errors=errors,
    )


def _bank_holidays(today: date) -> Sequence[date]:
    """The bank holidays of the coming year that fall on days on which the service would be open."""
    known = sorted(bank_holidays(today.year) | bank_holidays(today.year + 1))
    return [each for each in known if today <= each <= today + A_YEAR and each.weekday() < 5]
