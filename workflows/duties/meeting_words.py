"""What the letters say of a meeting: what it decided and what follows from that, where the case stands."""

from __future__ import annotations

from datetime import date
from typing import Any

from forms.days import human_day, kept_day, long_date
from workflows.duties.meeting_ways import (
    AFTER_REVIEW,
    BESIDE,
    COMING,
    DELIVERY,
    ENDS_PLANNING,
    FIRST,
    LEAVING,
    LETS_GO,
    PLANNING,
    SETTLED,
    standing,
)
from workflows.duties.papers import answers
from workflows.duties.register import Asking

# What the meeting decided, as colleagues read it: at the case's own meeting.
DECISIONS = {
    "case_manage": "The team will work with the person. One named member of it keeps everything together.",
    "advice_to_referrer": "The team gives advice; no further work by the team is needed now.",
    "one_off_action": "The team agreed one action and does not need to do more now.",
    "refer_to_service": "The team refers the person to a service that fits better.",
    "defer_more_info": "The team needs more information and will discuss it again.",
    "not_suitable": "The team found that this programme is not the right help.",
    "urgent_now": "The team acts at once.",
    "continue": "The work goes on as planned.",
    "step_down": "The work becomes less intensive.",
    "discharge": "The work comes to an end.",
}
# The same to the person themselves.
DECISIONS_TO_YOU = {
    "case_manage": "We will work with you. One of us will be your worker and keep everything together.",
    "advice_to_referrer": "We have advice for the person who asked us about you. You do not need more from us now.",
    "one_off_action": "We agreed one thing to do for you. You do not need more from us now.",
    "refer_to_service": "Another service can help you better. We are asking them.",
    "defer_more_info": "We need to know more first. Then we will talk about it again.",
    "not_suitable": "We found that this is not the right help for you.",
    "urgent_now": "You need help at once, and we are getting it for you.",
    "continue": "We carry on with your plan.",
    "step_down": "You need less help from us now, so we will be in touch less often.",
    "discharge": "You do not need our help any more, so we will stop.",
}
# What follows from a decision, where the meeting wrote nothing of its own.
NEXT = {
    "case_manage": "The care coordinator makes a care and support plan with the person.",
    "one_off_action": "The team closes its record when the action is done.",
    "refer_to_service": "The service takes over when it has accepted the referral.",
    "urgent_now": "The care coordinator gets in touch with the person today.",
    "continue": "The plan is reviewed with the person.",
    "step_down": "The care coordinator keeps in touch for a while before the work ends.",
    "discharge": "The care coordinator agrees with the person how the work ends, and how to come back.",
}
NEXT_TO_YOU = {
    "case_manage": "Your worker will call you. Together you will write down your plan.",
    "one_off_action": "We will close our record when it is done.",
    "refer_to_service": "The other service will get in touch with you.",
    "urgent_now": "We will get in touch with you today.",
    "continue": "We will look at your plan with you again.",
    "step_down": "Your worker will still be in touch for a while.",
    "discharge": "Your worker will talk with you about how we stop, and how you can come back.",
}
# How the work goes on where a meeting does not end it, and what comes then: to colleagues, to the person.
GOES_ON = {
    AFTER_REVIEW: ("The work goes on as planned.", "We carry on with your plan."),
    COMING: ("The work goes on towards the case’s own meeting.", "We go on finding out what you need."),
    PLANNING: ("The plan is being made with the person.", "We go on making your plan with you."),
    DELIVERY: ("The work goes on as planned.", "We carry on with your plan."),
    LEAVING: ("What was decided before stays as it is.", "What we told you before stays as it is."),
    SETTLED: ("What was decided before stays as it is.", "What we told you before stays as it is."),
}
THEN = {
    AFTER_REVIEW: ("The plan is reviewed with the person.", "We will look at your plan with you again."),
    COMING: (
        "The case’s own meeting decides what help fits.", "When we know enough, our team will meet about your help.",
    ),
    PLANNING: ("The person agrees to the plan, or changes it.", "It is your plan. You say if it is right for you."),
    DELIVERY: ("The plan is reviewed with the person.", "We will look at your plan with you again."),
    LEAVING: ("The care coordinator tells what comes next.", "You can always ask us what comes next."),
    SETTLED: ("The care coordinator tells what comes next.", "You can always ask us what comes next."),
}  # fmt: skip
# Help that comes on top while the work goes on.
BESIDES = {
    "advice_to_referrer": ("The team gives advice.", "We have advice for the person who asked us about you."),
    "refer_to_service": (
        "The team refers the person to another service too.",
        "We are asking another service to help.",
    ),
}
# What a review is asked to decide at once.
LETTING_GO = {
    "step_down": ("The team advises less intensive work.", "We think that you may need less help from us now."),
    "discharge": ("The team advises that the work end.", "We think that you may not need our help any more."),
}
REVIEW_DECIDES = (
    "The plan is reviewed with the person now; that review decides.",
    "Your worker will look at your plan with you now. Then you decide it together.",
)
PLAN_CHANGES = ("The team goes on working with the person and changes the plan.", "We change your plan with you.")
PLAN_ANEW = ("The care coordinator changes the plan with the person.", "Your worker will call you about your plan.")


def meeting_words(asking: Asking, to_them: bool, at_home: bool) -> dict[str, Any]:
    """Return what the newest record of a meeting gives a letter; nothing where there is none.

    `at_home`: what the chair wrote for colleagues, and what the person is not told of, never stands in it.
    """
    said = answers(asking, "F16")
    if not said:
        return {}
    own = asking.run.process not in BESIDE
    where = standing(asking.work.session, asking.case, own=own)
    decision, what_next = outcome_words(str(said.get("decision")), where, to_them)
    rows = [row for row in said.get("actions", []) if not at_home or row.get("tell_person") == "yes"]
    actions = [f"• {row['what']} (by {long_date(date.fromisoformat(row['due']))})" for row in rows]
    advice = None if to_them else said.get("advice") or said.get("missing")
    return {
        "meeting_date": long_date(kept_day(said.get("meeting")) or asking.work.today),
        "decision": decision or "The team will look at it again.",
        "reasons": said.get("reason_to_person" if at_home else "rationale"),
        "actions": "\n".join(actions) or (None if at_home else "No further actions were agreed."),
        "what_next": advice or what_next,
    }


def invitation_words(asking: Asking) -> dict[str, str]:
    """Return when and where the meeting is to which somebody is invited, as its newest preparation says."""
    said = answers(asking, "F15")
    return {
        "meets_at": human_day(str(said["meeting_at"])) if said.get("meeting_at") else "",
        "meets_where": str(said.get("meeting_where") or ""),
    }


def outcome_words(decided: str, where: str, to_them: bool) -> tuple[str, str]:
    """Return what was decided and what follows, in words that are true where the case stands; "" for what nobody says.

    At the case's own first meeting every decision moves the case. Later, and beside the journey, most leave it where it
    is: then that is what is told.
    """
    reader = 1 if to_them else 0
    first, then = _told_at_first(decided, to_them)
    ended = where in {PLANNING, SETTLED} and decided in ENDS_PLANNING
    if where == FIRST or ended or decided in {"urgent_now", "defer_more_info"}:
        return first, then
    goes_on, after = GOES_ON[where][reader], THEN[where][reader]
    if decided in BESIDES:
        return f"{BESIDES[decided][reader]} {goes_on}", then or after
    if where == AFTER_REVIEW and decided == "case_manage":
        return PLAN_CHANGES[reader], PLAN_ANEW[reader]
    if where == AFTER_REVIEW and decided in LETS_GO:
        return first, then
    if where == DELIVERY and decided in LETS_GO:
        return LETTING_GO[decided][reader], REVIEW_DECIDES[reader]
    return goes_on, after


def _told_at_first(decided: str, to_them: bool) -> tuple[str, str]:
    said, then = (DECISIONS_TO_YOU, NEXT_TO_YOU) if to_them else (DECISIONS, NEXT)
    return said.get(decided, ""), then.get(decided, "")
