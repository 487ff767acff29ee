"""What a letter at the end of a case says of it: why the work ends, and what became of each goal."""

from __future__ import annotations

from workflows.duties.papers import answers, newest
from workflows.duties.register import Asking

ENDING, STAY = "F25", "F24"
LONG_STAY = "long_hospital_stay"
# Why the work ends, as colleagues read it.
WHY = {
    "goals_met": "The goals of the plan are met.",
    "needs_met_by_other_service": "Another service meets the needs now.",
    "moved_to_care_home": "The person has moved to a care home.",
    LONG_STAY: "The person is in hospital for a long time.",
    "disengaged_by_choice": "The person chose to stop.",
    "unable_to_contact": "We could not reach the person.",
    "not_suitable_signposted": "This programme is not the right help; we told the person of other help.",
}
# The same to the person themselves.
WHY_TO_YOU = {
    "goals_met": "The goals of your plan are met.",
    "needs_met_by_other_service": "Another service gives you the help you need now.",
    "moved_to_care_home": "You have moved to a care home.",
    LONG_STAY: "You are in hospital for a long time.",
    "disengaged_by_choice": "You chose to stop.",
    "unable_to_contact": "We could not reach you.",
    "not_suitable_signposted": "We are not the right help for you. We told you about other help.",
}
# That the person does not agree to it, as colleagues read it and as they do themselves.
AGAINST = {"no": "The person does not agree with this.", "partly": "The person does not agree with all of this."}
AGAINST_YOU = {
    "no": "You told us that you do not agree with this.",
    "partly": "You told us that you do not agree with all of this.",
}
CAME_OF_IT = {
    "achieved": "achieved",
    "partly": "partly achieved",
    "not_achieved": "not achieved",
    "abandoned": "given up",
}


def why_it_ends(asking: Asking, to_them: bool) -> str | None:
    """Say why the work ends: as the discharge gives it, or a stay in hospital that is too long to keep the case open.

    None where it ends without a discharge of its own, by what a meeting decided.
    """
    reason = LONG_STAY if _ends_in_hospital(asking) else str(answers(asking, ENDING).get("reason"))
    return (WHY_TO_YOU if to_them else WHY).get(reason)


def how_they_see_it(asking: Asking, to_them: bool) -> str | None:
    """Say that the person does not agree to the discharge; None where they do, or nobody could ask them."""
    if _ends_in_hospital(asking):
        return None
    return (AGAINST_YOU if to_them else AGAINST).get(str(answers(asking, ENDING).get("agreed_with_person")))


def _ends_in_hospital(asking: Asking) -> bool:
    """Whether somebody decided, after whatever was said of a discharge, to close during a stay."""
    stay, ending = newest(asking, STAY), newest(asking, ENDING)
    if stay is None or stay.answers.get("weekly_check") != "close":
        return False
    return ending is None or stay.completed_at >= ending.completed_at


def goals_at_the_end(asking: Asking) -> str | None:
    """Tell each goal with what became of it; None where the discharge names no goals."""
    goals = answers(asking, ENDING).get("goals") or []
    return "\n".join(f"• {goal.get('statement', '')} – {CAME_OF_IT[goal['status']]}" for goal in goals) or None
