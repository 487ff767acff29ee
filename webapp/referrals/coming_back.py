"""Coming back with reference and code: to a draft, or to see how far a referral is."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.devices import device, place
from webapp.guard import public
from webapp.once import acting, once
from webapp.referrals import presenters
from webapp.referrals.external import to_go_on
from webapp.referrals.held import DRAFTS, STATUSES
from webapp.referrals.room import room
from workflows.actions.referral_codes import check_code
from workflows.actions.referral_drafts import answer_questions
from workflows.actions.referral_status import kept_draft, progress
from workflows.casework.errors import AnswersRefused, NotFound
from workflows.questions import referrals as asked

ANSWERED = "Your answer is with the team. They go on with your referral."


@room.get("/refer/return")
@public
def come_back() -> str:
    """Ask for reference and code."""
    return render_template("referrals/return.html", errors={}, reference="")


@room.post("/refer/return")
@public
def open_again() -> Response | tuple[str, int]:
    """Open a draft again, or show how far a referral is that was sent."""
    opened = _opened()
    if opened is None:
        return _refused("referrals/return.html")
    reference, code = opened
    draft = kept_draft(desk(), reference, code)
    if draft.status != "draft":
        STATUSES.put(reference, code)
        return redirect(url_for("referrals.status", referral=reference), 303)
    DRAFTS.put(reference, code)
    return redirect(to_go_on(draft), 303)


@room.get("/refer/status")
@public
def status() -> str:
    """Show how far a referral is, or ask for reference and code."""
    try:
        held = STATUSES.of_page()
    except NotFound:
        held = None
    if held is None or "again" in request.args:
        return render_template("referrals/status_ask.html", errors={}, reference="")
    return _status(*held, {})


@room.post("/refer/status")
@public
def open_status() -> Response | tuple[str, int]:
    """Check reference and code, then show how far the referral is."""
    opened = _opened()
    if opened is None:
        return _refused("referrals/status_ask.html")
    STATUSES.put(*opened)
    return redirect(url_for("referrals.status", referral=opened[0]), 303)


@room.post("/refer/status/answer")
@public
@once
def answer() -> Response | tuple[str, int]:
    """Hand the referrer's answer to the team that asked."""
    held = STATUSES.of_page()
    try:
        with acting() as act:
            answer_questions(desk(), *held, request.form.get("answer", ""))
            return act.done(url_for("referrals.status"), ANSWERED)
    except AnswersRefused as refused:
        return _status(*held, refused.errors), 422


def _opened() -> tuple[str, str] | None:
    """Return the reference and code typed, if they belong together; wrong ones are counted."""
    code = request.form.get("code", "")
    try:
        reference = check_code(desk(), request.form.get("reference", ""), code, place(), device())
    except NotFound:
        return None
    return reference, code


def _refused(template: str) -> tuple[str, int]:
    errors = {"reference": "The reference and the code do not belong together. Check both, letter by letter"}
    return render_template(template, errors=errors, reference=request.form.get("reference", "")), 422


def _status(reference: str, code: str, errors: dict[str, str]) -> str:
    found = progress(desk(), reference, code)
    return render_template(
        "referrals/status.html",
        found=found,
        place=asked.place(desk(), found.programme_key),
        how_far=presenters.stage_words(
            found.stage,
            found.accepted_at is not None,
            found.closed_at is not None,
            found.closure_reason,
            presenters.news_of(found.status, found.closure_reason, short=found.short),
        ),
        steps=presenters.steps_of(found),
        errors=errors,
        typed=request.form.get("answer", ""),
    )
