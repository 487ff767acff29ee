"""What a medication review finds: problems become actions of colleagues, recommendations reach the person's GP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.duties.agreed_actions import add_action
from workflows.duties.correspondence import send_letter
from workflows.duties.medicine_words import CHANGED, REVIEW, TO_THE_GP, asked_of_gp, to_be_done
from workflows.duties.register import Asking
from workflows.duties.routes import asked_first
from workflows.duties.telling import tell

REVIEW_AGAIN = "Review the medicines again"
AFTER_A_REVIEW = "L15"


def hand_out_findings(asking: Asking, form_key: str, said: Mapping[str, Any]) -> None:
    """Give each problem found to the colleague named for it, and what is recommended to the person's GP.

    A problem without a name stays a finding of the review. The next review of the medicines is an action too, of
    whoever did this one: they may hand it on.
    """
    if form_key != REVIEW:
        return
    for row in said.get("problems", []):
        if row.get("owner"):
            add_action(asking, {"what": to_be_done(row), "owner": row["owner"], "due": row.get("due")})
    if said.get("outcome") == TO_THE_GP:
        recommend_to_gp(asking, str(said.get("changes", "")))
    if said.get("outcome") == CHANGED:
        tell_of_the_change(asking)
    if said.get("next_due"):
        add_action(asking, {"what": REVIEW_AGAIN, "owner": asking.work.actor.id, "due": said["next_due"]})


def recommend_to_gp(asking: Asking, recommended: str) -> None:
    """Write to the person's practice; where a GP acts in the team, and may know, it is an action of theirs as well."""
    send_letter(asking, AFTER_A_REVIEW, "gp")
    work, case = asking.work, asking.case
    for gp in asked_first(work.session, ("gp_lead",), case, case.team_id, work.today)[:1]:
        add_action(asking, {"what": asked_of_gp(recommended), "owner": gp.id})


def tell_of_the_change(asking: Asking) -> None:
    """Tell the practice what a prescriber changed, whose repeat prescriptions would undo it; and the care coordinator.

    A prescriber elsewhere, in the team or in hospital, may have done it: the practice knows of it from nobody else.
    """
    send_letter(asking, AFTER_A_REVIEW, "gp")
    tell(asking, "medicines_changed", "coordinator")
