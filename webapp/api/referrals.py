"""Referrals from other systems."""

from __future__ import annotations

import re
from typing import Any

from webapp.actor import desk
from webapp.api.once import once
from webapp.api.room import CHANGING, door, gives, route, takes
from webapp.api.schemas import NewReferral, ReferralMade, ReferralStatus
from workflows.actions.referrals import submit_referral
from workflows.actions.seeing import note_list_seen
from workflows.actions.told_answers import as_typed
from workflows.casework.errors import NotFound
from workflows.questions.referrals import own_referral

REFERENCE = re.compile(r"R-[A-Z0-9]{4}-[A-Z0-9]{4}")


@route("/referrals", "referrals", "POST")
@door("referrals:write", 404, *CHANGING)
@once
@takes(NewReferral)
@gives(ReferralMade, 201, also=(200, "The same referral had come before today"))
def make_referral(told: dict[str, Any]) -> tuple[Any, int]:
    """Send a referral: the answers to form F01 by question, dates as 2026-11-24."""
    raw = as_typed(desk().forms.form("F01"), told["answers"])
    done = submit_referral(desk(), told["programme"], raw)
    return done, 200 if done.again else 201


@route("/referrals/<string:reference>", "referrals")
@door("referrals:read", 404)
@gives(ReferralStatus)
def referral_status(reference: str) -> Any:
    """See how far a referral of one’s own is."""
    if not REFERENCE.fullmatch(reference):
        raise NotFound("There is no such referral, or it is not yours to see.")
    found = own_referral(desk(), reference)
    note_list_seen(desk(), "referral (API)", [reference])
    return found
