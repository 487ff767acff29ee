"""Leaving a referral: whoever sits down at the same computer next finds nothing of it open."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import public
from webapp.referrals.held import DRAFTS, STATUSES, page_reference
from webapp.referrals.room import room
from workflows.actions.referral_status import kept_draft
from workflows.casework.errors import NotFound
from workflows.questions import referrals as asked

LEFT = "referral_left"  # in the session: reference of the draft that was left, and until when it is kept
CLOSED = "The referral is closed in this browser."


@room.post("/refer/<key>/leave")
@public
def leave(key: str) -> Response:
    """Close a referral in this browser, be it a draft or one whose status is open."""
    reference = page_reference()
    STATUSES.drop(reference)
    if DRAFTS.get(reference) is not None:
        return left(key, reference)
    flash(CLOSED)
    return redirect(url_for("referrals.start", key=key), 303)


@room.get("/refer/<key>/later")
@public
def later(key: str) -> str:
    """Say how to come back."""
    if LEFT not in session:
        raise NotFound(DRAFTS.nothing)
    reference, until = session[LEFT]
    kept_until = datetime.fromisoformat(until)
    place = asked.place(desk(), key)
    return render_template("referrals/later.html", place=place, reference=reference, kept_until=kept_until)


def left(key: str, reference: str) -> Response:
    """Close a draft in this browser and say how to come back to it."""
    draft = kept_draft(desk(), reference, DRAFTS.get(reference))
    session[LEFT] = [reference, draft.kept_until.isoformat()]
    DRAFTS.drop(reference)
    return redirect(url_for("referrals.later", key=key), 303)
