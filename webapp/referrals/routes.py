"""Referring somebody as a member of staff: one form, a draft that keeps itself, a check before sending."""

from __future__ import annotations

import re
from datetime import datetime
from secrets import token_hex
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.once import acting, once
from webapp.referrals import coming_back, external, leaving, presenters
from webapp.referrals.room import room
from webapp.referrals.typed import Typed, checked_words, read, referral_form, sent_answers
from webapp.sent_forms import Sent, with_own_draft
from webapp.windows import BOTH_KEPT, page_sent, place_for
from workflows.actions import drafts
from workflows.actions.drafts import NOTHING_YET
from workflows.actions.referrals import submit_referral
from workflows.actions.seeing import note_list_seen
from workflows.casework.errors import AnswersRefused, NotFound
from workflows.clock import LONDON
from workflows.questions import referrals as asked
from workflows.questions.begun import FIRST_DRAFT, draft_about
from workflows.questions.referrals import Place

__all__ = ["coming_back", "external", "leaving", "room"]

WHICH = re.compile(r"[a-z0-9]{1,12}")
PAGES_OF_A_DRAFT = ("new", "check", "autosave", "check_answers", "send", "discard")
OF_A_DRAFT = frozenset(f"referrals.{page}" for page in PAGES_OF_A_DRAFT)


@room.get("/referrals")
@permission("referral.make")
def own() -> str:
    """Show where one can refer to, and one's own referrals."""
    found = asked.own_referrals(desk())
    note_list_seen(desk(), "own referrals", (one.reference for one in found.sent))
    return render_template("referrals/own.html", found=found, words=presenters)


@room.get("/referrals/new/<key>")
@permission("referral.make")
def new(key: str) -> str:
    """Show the form, with what was typed before; where others are begun, ask first which one is meant."""
    place = asked.place(desk(), key)
    begun = asked.begun_referrals(desk(), key)
    if "draft" not in request.args and begun:
        return render_template("referrals/begun.html", place=place, begun=begun, fresh=token_hex(4))
    raw, saved_at, left_over, _ = _draft(key)
    return _form(place, raw, {}, saved_at, left_over)


@room.post("/referrals/new/<key>")
@permission("referral.make")
def check(key: str) -> str | Response | tuple[str, int]:
    """Keep what was typed, and go on to check it; what is wrong is said first."""
    about = place_for(_about(key))
    sent = _sent(key)
    saved_at = _keep(key, sent.raw)
    place = asked.place(desk(), key)  # with the files that have just been kept
    if sent.pressed:
        return _form(place, sent.raw, sent.faults, saved_at)
    if "later" in request.form:
        flash("Your referral is kept as a draft. Nobody else sees it, and nothing is sent.")
        return redirect(url_for("referrals.own"), 303)
    errors = {**read(place, sent.raw).errors, **sent.faults}
    if errors:
        return _form(place, sent.raw, errors, saved_at), 422
    return _to_check(key, about)


@room.post("/referrals/new/<key>/autosave")
@permission("referral.make")
def autosave(key: str) -> Response:
    """Keep what is being typed, without being asked."""
    saved_at = _keep(key, _sent(key).raw)
    about = _about(key)
    note = {"note": BOTH_KEPT} if place_for(about) != about else {}
    return jsonify(saved_at=f"{saved_at.astimezone(LONDON):%H:%M}", **note)


@room.get("/referrals/new/<key>/check")
@permission("referral.make")
def check_answers(key: str) -> str | Response:
    """Show all answers before they are sent."""
    place = asked.place(desk(), key)
    raw, saved_at, _, mark = _draft(key)
    reading = read(place, raw)
    if saved_at is None or reading.errors:
        return redirect(url_for("referrals.new", key=key, draft=request.args.get("draft", FIRST_DRAFT)))
    return render_template(
        "referrals/check.html",
        place=place,
        parts=checked_words(place, reading.answers),
        warnings=reading.warnings,
        verdict=asked.verdict(desk(), key, reading.answers),
        reviewed=mark,
        urgent=presenters.cannot_wait(reading.answers),
        words=presenters,
    )


@room.post("/referrals/new/<key>/send")
@permission("referral.make")
@once
def send(key: str) -> Response | tuple[str, int]:
    """Send the referral, and say what happens next."""
    place = asked.place(desk(), key)
    raw, saved_at, _, mark = _draft(key)
    if saved_at is None:
        raise NotFound("This draft has been sent or thrown away.")
    if request.form.get("reviewed", mark) != mark:
        flash("Nothing is sent: the answers were changed in another window since you checked them.", "important")
        return redirect(url_for("referrals.check_answers", key=key), 303)
    try:
        with acting() as act:
            done = submit_referral(desk(), key, raw)
            drafts.discard_draft(desk(), _about(key))
            again, now = ("yes", None) if done.again else (None, "yes")
            return act.done(url_for("referrals.sent", reference=done.reference, again=again, now=now))
    except AnswersRefused as refused:
        return _form(place, raw, refused.errors, saved_at), 422


@room.get("/referrals/sent/<reference>")
@permission("referral.make")
def sent(reference: str) -> str:
    """Confirm a referral of one's own: its reference, and what happens next by when."""
    again = request.args.get("again") == "yes"
    if again:  # the first one may be a colleague's: its reference is all that is said
        return render_template("referrals/sent_before.html", reference=reference)
    found = asked.own_referral(desk(), reference)
    note_list_seen(desk(), "referral", [reference])
    waits = found.followed and found.stage in {"referred", "triage"} and found.closed_at is None
    waits = waits or presenters.news_of(found.status, found.closure_reason) == presenters.WAITING
    return render_template(
        "referrals/sent.html",
        found=found,
        next_by=found.triage_by if waits else None,
        words=presenters,
        just_sent="now" in request.args,
    )


@room.post("/referrals/new/<key>/discard")
@permission("referral.make")
def discard(key: str) -> Response:
    """Throw one's own draft away."""
    if drafts.discard_draft(desk(), _about(key)):
        flash("Your draft is thrown away. Nothing was sent.")
    return redirect(url_for("referrals.own"), 303)


def _form(
    place: Place,
    raw: Typed,
    errors: dict[str, str],
    saved_at: datetime | None = None,
    left_over: dict[str, list[str]] | None = None,
) -> str:
    return render_template(
        "referrals/form.html",
        place=place,
        form=referral_form(),
        raw=raw,
        errors=errors,
        saved_at=saved_at,
        left_over=left_over or {},
        about=_about(place.key),
        words=presenters,
        others=[section.key for section in referral_form().sections if section.key != "urgency"],
    )


def _draft(key: str) -> tuple[Typed, datetime | None, dict[str, list[str]], str]:
    """Return the draft in the form of today with its mark; without one, what is known of the referrer."""
    found = drafts.draft_for(desk(), _about(key))
    if found is None:
        return (
            {name: [value] for name, value in asked.known_of_referrer(desk()).items() if value},
            None,
            {},
            NOTHING_YET,
        )
    carried = referral_form().carry_over(found.raw, found.form_version)
    return carried.raw, found.saved_at, carried.left_over, found.mark


def _sent(key: str) -> Sent:
    return sent_answers(with_own_draft(place_for(_about(key)), referral_form()), {})


def _keep(key: str, raw: Typed) -> datetime:
    form = referral_form()
    return drafts.save_draft(desk(), place_for(_about(key)), form.key, form.version, raw, page_sent())


def _about(key: str) -> str:
    """Name the draft this page works on: one can have begun several referrals to a programme."""
    which = request.args.get("draft", FIRST_DRAFT)
    if not WHICH.fullmatch(which):
        raise NotFound("There is no such draft.")
    return draft_about(key, which)


def _to_check(key: str, about: str) -> Response:
    """Lead to the check of a draft: that of this page, or one of its own where another window has written there."""
    if about == _about(key):
        return redirect(url_for("referrals.check_answers", key=key), 303)
    return redirect(url_for("referrals.check_answers", key=key, draft=about.split(":")[2]), 303)


@room.url_defaults
def _stay_with_the_draft(endpoint: str, values: dict[str, Any]) -> None:
    """Let every page of a draft lead to the others of the same draft."""
    if endpoint in OF_A_DRAFT and "draft" in request.args and values.get("key") == (request.view_args or {}).get("key"):
        values.setdefault("draft", request.args["draft"])
