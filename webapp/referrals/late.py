"""A page of a referral that is not open any more: what was typed into it is kept with its draft, code or no code."""

from __future__ import annotations

from typing import Any

from flask import Request, flash, redirect, url_for
from werkzeug.wrappers import Response

from webapp import rescue
from webapp.actor import desk
from webapp.referrals.held import DRAFTS, page_reference, part_of_page, referral_token
from webapp.referrals.room import room
from webapp.referrals.typed import referral_form
from webapp.sent_forms import answers, chosen_files
from workflows.actions.referral_drafts import keep_late_part

KEPT = (
    "That referral is not open in this browser any more. What you typed is kept with it: "
    "open it with its reference, {}, and its code."
)


@room.record_once
def stand_by(state: Any) -> None:
    """Make the pages of a referral rescuable: `{{ referral_token(part) }}` goes into a hidden field."""
    state.app.jinja_env.globals["referral_token"] = referral_token
    rescue.rescue_with(state.app, keep_part)


def keep_part(_request: Request) -> bool:
    """Keep the part that this request carries with the draft its page was made for."""
    signed = part_of_page(rescue.LASTS)
    if signed is None:
        return False
    files, _ = chosen_files(referral_form(), answers())
    return keep_late_part(desk(), *signed, answers(), files)


def kept_though_closed(request: Request) -> str:
    """Keep a part of a referral that this browser has closed meanwhile with that referral; return what to say then."""
    reference = page_reference()
    if not reference or DRAFTS.get(reference) is not None or not keep_part(request):
        return ""
    return KEPT.format(reference)


def to_come_back(sentence: str) -> Response:
    """Say where what was typed is, on the page that asks for reference and code."""
    flash(sentence, "important")
    return redirect(url_for("referrals.come_back"), 303)
