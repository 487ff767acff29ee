"""What a medication review finds: each problem that somebody takes on becomes an action with an owner and a date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.duties.mdt import add_action
from workflows.duties.register import Asking

REVIEW = "F13"
REVIEW_AGAIN = "Review the medicines again"


def hand_out_problems(asking: Asking, form_key: str, said: Mapping[str, Any]) -> None:
    """Give each problem found to the colleague named for it; one without a name stays a finding of the review.

    The next review of the medicines is an action too, of whoever did this one: they may hand it on.
    """
    if form_key != REVIEW:
        return
    for row in said.get("problems", []):
        if row.get("owner"):
            add_action(asking, {"what": to_be_done(row), "owner": row["owner"], "due": row.get("due")})
    if said.get("next_due"):
        add_action(asking, {"what": REVIEW_AGAIN, "owner": asking.work.actor.id, "due": said["next_due"]})


def to_be_done(row: Mapping[str, Any]) -> str:
    """Say in one line what is to be done about a problem with a medicine, and why."""
    return f"{row.get('medicine')}: {row.get('action')} ({row.get('issue')})"
