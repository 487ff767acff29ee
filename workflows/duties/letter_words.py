"""What a letter says of a case, in words: its people, what the meeting decided, the plan, the ending."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from forms.days import kept_day, long_date
from workflows.casework.care import Action
from workflows.casework.case import Case
from workflows.casework.diagram import DecisionRecord
from workflows.casework.invited import from_elsewhere
from workflows.clock import london_day
from workflows.duties.ending_words import goals_at_the_end, how_they_see_it, why_it_ends
from workflows.duties.medicine_words import medicine_words
from workflows.duties.meeting_words import invitation_words, meeting_words
from workflows.duties.outcomes import current_plan
from workflows.duties.papers import answers
from workflows.duties.register import Asking
from workflows.duties.short_answer import FAMILY, THEMSELVES
from workflows.storage import cases

REFER_AGAIN = "You can refer again at any time. So can the person, their family and anyone who supports them."
AS_AGREED = "This letter holds only what the person agreed, or the law allows, to be shared with you."
JOINING = "You are welcome to join the team’s discussion of the person you referred"
OTHER_HELP = "A clinician read the referral and found that other help suits the person better."


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
        **_whom_to_call(case, content.get("phone")),
        "emergency_advice": content.get("emergency_advice"),
        "opened_on": in_words(london_day(case.opened_at)),
        "received_on": in_words(london_day(case.opened_at)),
        "closed_on": in_words(asking.work.today),
        "next_review": in_words(_next_review(asking)),
        "how_far_we_share": AS_AGREED,
    }
    to_them = recipient in {"person", "carer"}
    at_home = _read_at_home(asking, recipient)
    meeting = meeting_words(asking, to_them, at_home) | invitation_words(asking)
    ending = {"how_to_come_back": content.get("how_to_come_back") if at_home else REFER_AGAIN} | _ending_words(asking)
    plan, medicines = _plan_words(asking, to_them), medicine_words(asking)
    found = words | _referral_words(asking) | meeting | plan | medicines | ending
    found["how_they_see_it"] = how_they_see_it(asking, to_them)
    found["why_it_ends"] = why_it_ends(asking, to_them) or found.get("reasons")
    agreed = found.get("goals") if current_plan(asking) else None  # of a plan that was only drafted there were none
    found["goals_at_the_end"] = goals_at_the_end(asking) or agreed
    return {name: str(value) for name, value in found.items() if value not in (None, "")}


def _whom_to_call(case: Case, phone: object) -> dict[str, str]:
    """Say who coordinates the case and how to call them; where nobody is named, how to call the team."""
    call = f", telephone {phone}" if phone else ""
    if case.coordinator is None:
        return {
            "who_coordinates": f"Nobody is named as care coordinator yet. The team looks after the case{call}.",
            "your_worker": f"You can call us on {phone}." if phone else "",
            "whom_to_call": "the team",
        }
    name = case.coordinator.name
    return {
        "who_coordinates": f"The named care coordinator is {name}{call}.",
        "your_worker": f"Your worker is {name}." + (f" You can call them on {phone}." if phone else ""),
        "whom_to_call": f"the named care coordinator, {name},",
    }


def in_words(day: date | None) -> str:
    """Return a date as people write it: 3 November 2026."""
    return long_date(day) if day else ""


def _recipient(asking: Asking, recipient: str) -> str:
    known = {"person": asking.case.person.name, "referrer": answers(asking, "F01").get("referrer_name")}
    invited = from_elsewhere(recipient)
    if invited:
        return invited.known_as[0]
    named = {"gp": "Doctor", "ward": "Colleague", "team": "Colleague", "carer": "Carer"}
    return str(known.get(recipient) or named.get(recipient, "Colleague"))


def _read_at_home(asking: Asking, recipient: str) -> bool:
    """Whether a letter comes to the person or their family: also as the answer to a referral that they made."""
    from_home = answers(asking, "F01").get("source") in {THEMSELVES, FAMILY}
    return recipient in {"person", "carer"} or (recipient == "referrer" and from_home)


def _referral_words(asking: Asking) -> dict[str, Any]:
    said, triage = answers(asking, "F01"), answers(asking, "F03")
    wait = asking.work.due(asking.case, "wait.no_contact_letter")
    wants_to_join = said.get("referrer_attend") != "no"
    return {
        "welcome_to_join": JOINING if wants_to_join else None,
        "referrer_name": said.get("referrer_name"),
        "reasons": triage.get("return_reason") or _reason(asking, str(triage.get("verdict"))),
        "signpost": triage.get("signpost_note"),
        "reply_by": in_words(london_day(wait)),
    }


def _next_review(asking: Asking) -> date | None:
    """When the plan is looked at again: as it is set, or (before that) as the plan or the meeting says."""
    if asking.case.next_review_at is not None:
        return london_day(asking.case.next_review_at)
    return kept_day(answers(asking, "F18").get("next_review")) or kept_day(answers(asking, "F16").get("next_review"))


def _plan_words(asking: Asking, to_them: bool) -> dict[str, Any]:
    said, plan = answers(asking, "F18"), current_plan(asking)
    if not said:
        return {}
    between_colleagues = _untold(asking) if to_them else frozenset()
    return {
        "plan_version": plan.number if plan else 1,
        "goals": "\n".join(f"• {goal.get('statement', '')}" for goal in said.get("goals", [])),
        "contingency": "\n".join(
            f"• If {row.get('if_this', '')}: {row.get('do_this', '')}" for row in said.get("contingency", [])
        ),
        "services": "\n".join(f"• {_support(row)}" for row in said.get("support", [])),
        "plan_actions": "\n".join(
            f"• {_action(row)}" for row in said.get("actions", []) if row.get("what") not in between_colleagues
        ),
    }


def _untold(asking: Asking) -> frozenset[str]:
    """The agreed actions of which the person is not told, in their words."""
    actions = cases.of_case(asking.work.session, Action, asking.case.id)
    told = {action.what for action in actions if action.promised}
    return frozenset(action.what for action in actions) - told


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
    said = {"how_to_come_back": leaving["how_to_come_back"]} if leaving.get("how_to_come_back") else {}
    return said | {
        "handover_to": leaving.get("handover_to") or moved.get("to_organisation"),
        "hospital": stay.get("hospital"),
    }


def _reason(asking: Asking, verdict: str) -> str:
    """Why a referral was not accepted, in the words of the table; where a clinician decided against it, their own."""
    tables = ("eligibility", "suitability_verdict")
    newest = asking.work.session.scalar(
        select(DecisionRecord)
        .where(DecisionRecord.case_id == asking.case.id, DecisionRecord.table.in_(tables))
        .order_by(DecisionRecord.id.desc())
        .limit(1)
    )
    if newest is None:
        return ""
    advised = newest.outputs.get("suitability_verdict") in {"strongly_suitable", "suitable", "not_known"}
    return OTHER_HELP if advised and verdict == "signpost" else newest.explain
