"""The words around referrals: how far one is, why somebody is not eligible, what is urgent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.actions.referral_status import Progress
from workflows.questions.referrals import CANNOT_WAIT, Place, SentReferral, Verdict

# In this order the first pages already tell whether the person is eligible at all.
FIRST = ("urgency", "person", "practice")
NOT_ACCEPTED = frozenset({"not_eligible_under_18", "not_eligible_gp", "not_suitable_signposted", "returned_incomplete"})
# A referral about somebody with an open case: told so, read by the team, or waiting for it.
TOLD, READ, WAITING = "told", "read", "waiting"
NEWS_WORDS = {TOLD: "Added to the person’s open case", READ: "Read by the team", WAITING: "Being looked at"}
NEWS_STEPS = {
    TOLD: "The person is with us already. What you told us is now part of what the team knows",
    READ: "The team has read it. More we cannot tell you here",
}
WHY_NOT = {
    "E_UNDER_18": "The programme is for adults. The person you are referring is under 18.",
    "E_NO_GP": "The programme is for people registered with a local GP practice. The person has no GP practice yet.",
    "E_NOT_LOCAL_GP": "The programme is for people registered with a local GP practice. The person is registered "
    "somewhere else.",
}
# Shows what to do besides the form as soon as one of these is ticked; for the page's script.
WHEN_URGENT = json.dumps({"op": "or", "of": [{"input": sign, "as": "tick"} for sign in CANNOT_WAIT]})
WHAT_THEN = {
    "E_UNDER_18": "Children’s services can help instead.",
    "E_NO_GP": "Help the person to register with a practice first. Then come back and refer again: your answers stay.",
    "E_NOT_LOCAL_GP": "Ask the practice where the person is registered which team looks after its patients.",
}


@dataclass(frozen=True)
class Step:
    """One line of how far a referral is: what, when, and whether it has been reached."""

    what: str
    at: datetime | None
    reached: bool
    lasts: bool = False  # it takes its time, and nobody outside is told when it is done


def in_order(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sections of the form in the order in which a referrer without an account is asked."""
    return (*(key for key in FIRST if key in keys), *(key for key in keys if key not in FIRST))


def why_not(verdict: Verdict) -> tuple[str, str]:
    """Say why somebody is not eligible and where to turn."""
    return WHY_NOT.get(verdict.reason_code, verdict.explain), WHAT_THEN.get(verdict.reason_code, "")


def steps_of(found: Progress) -> list[Step]:
    """Say how far a referral is; what is clinical is nobody's business here."""
    sent = found.sent_at is not None
    steps = [Step("Referral received", found.sent_at, sent)]
    news = news_of(found.status, found.closure_reason, short=found.short)
    if news in {TOLD, READ}:
        return [*steps, Step(NEWS_STEPS[news], None, True)]
    if news:  # the same steps as for anybody else, until the team has said what may be told
        return [
            *steps,
            Step("The team looks at it", None, sent, lasts=True),
            Step("Accepted by a neighbourhood team", None, False),
        ]
    if found.closed_at is not None and found.closure_reason in NOT_ACCEPTED:
        return [*steps, Step("Not accepted. A letter to you says why and who else can help", found.closed_at, True)]
    steps.append(Step("The team looks at it", None, sent, lasts=True))
    steps.append(Step("Accepted by a neighbourhood team", found.accepted_at, found.accepted_at is not None))
    if found.closed_at is not None:
        steps.append(Step("Closed", found.closed_at, True))
    return steps


def news_of(status: str, reason: str, known: bool = False, short: bool = False) -> str:
    """Say what may be told of a referral about somebody with an open case; empty when it is not about one.

    `known`: whoever asks may know of the open case without being told by the team. `short`: the person's sharing does
    not reach whoever asks, who is told that it was read and no more.
    """
    if short:
        return READ
    if reason != "duplicate":
        return ""
    return TOLD if known or status == "added" else READ if status == "read" else WAITING


def how_far(found: SentReferral) -> str:
    """Say in a few words how far a referral of one's own is."""
    if not found.followed:
        return "Received"
    known = found.joined is not None and found.joined.known
    news = news_of(found.status, found.closure_reason, known, found.short)
    return stage_words(
        found.stage, found.accepted_at is not None, found.closed_at is not None, found.closure_reason, news
    )


def stage_words(stage: str, accepted: bool, closed: bool, reason: str, news: str = "") -> str:
    """Say in a few words how far a referral is. `news`: what may be told of one about somebody with an open case."""
    if news:
        return NEWS_WORDS[news]
    if closed:
        return "Not accepted" if reason in NOT_ACCEPTED else "Closed"
    if accepted:
        return "Accepted by a team"
    return {"identified": "On a list", "referred": "Received", "triage": "Being looked at"}.get(stage, "Under way")


def cannot_wait(answers: Mapping[str, Any]) -> bool:
    """Say whether a referral tells of something that a form is too slow for."""
    return any(answers.get(sign) is True for sign in CANNOT_WAIT)


def urgent_words(place: Place) -> str:
    """Say what to do besides this form when it is urgent."""
    numbers = "; ".join(f"{when}: {number}" for when, number in place.emergency_numbers)
    return f"You marked this as urgent. Do not rely on this form alone. {numbers}."
