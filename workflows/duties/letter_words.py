"""What a letter says of a case, in words: its people, what the meeting decided, the plan, the ending."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from forms.days import kept_day, long_date
from workflows.casework.diagram import DecisionRecord
from workflows.clock import london_day
from workflows.duties.ending_words import goals_at_the_end, why_it_ends
from workflows.duties.medicine_words import medicine_words
from workflows.duties.outcomes import current_plan
from workflows.duties.papers import answers
from workflows.duties.register import Asking

# What the meeting decided, as colleagues read it.
DECISIONS = {
    "case_manage": "The team will work with the person and name one person to hold the threads.",
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
    "advice_to_referrer": "We gave advice to the person who asked us about you. You do not need more from us now.",
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


def letter_words(asking: Asking, recipient: str) -> dict[str, str]:
    """Return everything a letter may say about the case, in words; what nobody knows is left out."""
    case, person, content = asking.case, asking.case.person, asking.case.programme.content
    words = {
        "date": in_words(asking.work.today),
        "case_number": case.number,
        "programme_name": case.programme.name,
        "team_name": case.team.name if case.team else "The intake team",
        "person_name": person.name,
        "person_dob": in_words(person.dob),
        "recipient_name": _recipient(asking, recipient),
        "coordinator_name": case.coordinator.name if case.coordinator else "the team",
        "coordinator_phone": content.get("phone"),
        "emergency_advice": content.get("emergency_advice"),
        "opened_on": in_words(london_day(case.opened_at)),
        "received_on": in_words(london_day(case.opened_at)),
        "closed_on": in_words(asking.work.today),
        "next_review": in_words(_next_review(asking)),
    }
    to_them = recipient in {"person", "carer"}
    meeting = _meeting_words(asking, to_them)
    plan, medicines = _plan_words(asking), medicine_words(asking)
    found = words | _referral_words(asking) | meeting | plan | medicines | _ending_words(asking)
    found["why_it_ends"] = why_it_ends(asking, to_them) or found.get("reasons")
    found["goals_at_the_end"] = goals_at_the_end(asking) or found.get("goals")
    return {name: str(value) for name, value in found.items() if value not in (None, "")}


def in_words(day: date | None) -> str:
    """Return a date as people write it: 3 November 2026."""
    return long_date(day) if day else ""


def _recipient(asking: Asking, recipient: str) -> str:
    known = {"person": asking.case.person.name, "referrer": answers(asking, "F01").get("referrer_name")}
    named = {"gp": "Doctor", "ward": "Colleague", "team": "Colleague", "carer": "Carer"}
    return str(known.get(recipient) or named.get(recipient, "Colleague"))


def _referral_words(asking: Asking) -> dict[str, Any]:
    said, triage = answers(asking, "F01"), answers(asking, "F03")
    wait = asking.work.due(asking.case.programme, "wait.no_contact_letter")
    return {
        "referrer_name": said.get("referrer_name"),
        "reasons": triage.get("return_reason") or _reason(asking),
        "signpost": triage.get("signpost_note"),
        "reply_by": in_words(london_day(wait)),
    }


def _next_review(asking: Asking) -> date | None:
    """When the plan is looked at again: as it is set, or (before that) as the plan or the meeting says."""
    if asking.case.next_review_at is not None:
        return london_day(asking.case.next_review_at)
    return kept_day(answers(asking, "F18").get("next_review")) or kept_day(answers(asking, "F16").get("next_review"))


def _meeting_words(asking: Asking, to_them: bool) -> dict[str, Any]:
    said = answers(asking, "F16")
    if not said:
        return {}
    decided = str(said.get("decision"))
    actions = [f"• {row['what']} (by {in_words(date.fromisoformat(row['due']))})" for row in said.get("actions", [])]
    return {
        "meeting_date": in_words(kept_day(said.get("meeting")) or asking.work.today),
        "decision": (DECISIONS_TO_YOU if to_them else DECISIONS).get(decided, "The team will look at it again."),
        "reasons": said.get("rationale"),
        "actions": "\n".join(actions) or "No further actions were agreed.",
        "what_next": said.get("advice") or said.get("missing") or (NEXT_TO_YOU if to_them else NEXT).get(decided),
    }


def _plan_words(asking: Asking) -> dict[str, Any]:
    said, plan = answers(asking, "F18"), current_plan(asking)
    if not said:
        return {}
    return {
        "plan_version": plan.number if plan else 1,
        "goals": "\n".join(f"• {goal.get('statement', '')}" for goal in said.get("goals", [])),
        "contingency": "\n".join(
            f"• If {row.get('if_this', '')}: {row.get('do_this', '')}" for row in said.get("contingency", [])
        ),
        "services": "\n".join(f"• {_support(row)}" for row in said.get("support", [])),
        "plan_actions": "\n".join(f"• {_action(row)}" for row in said.get("actions", [])),
    }


def _action(row: Mapping[str, Any]) -> str:
    """One line of what was agreed to do: what, who does it, by when."""
    day = kept_day(row.get("by_when"))
    return f"{row.get('what', '')} ({row.get('who', '')}{f', by {in_words(day)}' if day else ''})"


def _support(row: Mapping[str, Any]) -> str:
    """One line of agreed support: what, who does it, how often, how to reach them."""
    who = ", ".join(str(row[name]) for name in ("who", "how_often", "contact") if row.get(name))
    return f"{row.get('what', '')} ({who})" if who else str(row.get("what", ""))


def _ending_words(asking: Asking) -> dict[str, Any]:
    leaving, moved, stay = answers(asking, "F25"), answers(asking, "F27"), answers(asking, "F24")
    return {
        "handover_to": leaving.get("handover_to") or moved.get("to_organisation"),
        "how_to_come_back": leaving.get("how_to_come_back") or asking.case.programme.content.get("how_to_come_back"),
        "hospital": stay.get("hospital"),
    }


def _reason(asking: Asking) -> str:
    tables = ("eligibility", "suitability_verdict")
    newest = asking.work.session.scalar(
        select(DecisionRecord)
        .where(DecisionRecord.case_id == asking.case.id, DecisionRecord.table.in_(tables))
        .order_by(DecisionRecord.id.desc())
        .limit(1)
    )
    return newest.explain if newest else ""
