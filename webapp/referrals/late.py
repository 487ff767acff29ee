"""A page of a referral that had been open too long: what was typed into it is kept with its draft, code or no code."""

from __future__ import annotations

from typing import Any

from flask import Request, session
from itsdangerous import BadSignature

from webapp import rescue
from webapp.actor import desk
from webapp.referrals.room import room
from webapp.referrals.typed import referral_form
from webapp.sent_forms import DRAFT_TOKEN, answers, chosen_files
from workflows.actions.referral_drafts import keep_late_part

PURPOSE = "part of a referral"
HELD = "referral"  # in the session: reference and code of the referral this browser works on


@room.record_once
def stand_by(state: Any) -> None:
    """Make the pages of a referral rescuable: `{{ referral_token(part) }}` goes into a hidden field."""
    state.app.jinja_env.globals["referral_token"] = referral_token
    rescue.rescue_with(state.app, keep_part)


def referral_token(part: str) -> str:
    """Sign which part of which draft a page is. It opens nothing: to read the draft takes its code."""
    return rescue.signer(PURPOSE).dumps([session[HELD]["reference"], part])


def keep_part(request: Request) -> bool:
    """Keep the part that this request carries with the draft its page was made for."""
    try:
        reference, part = rescue.signer(PURPOSE).loads(request.form.get(DRAFT_TOKEN, ""), max_age=rescue.LASTS)
    except BadSignature:
        return False
    files, _ = chosen_files(referral_form(), answers())
    return keep_late_part(desk(), reference, part, answers(), files)
