"""What a referrer hears of somebody they referred: everything their kind of organisation may know, or the short answer.

Every referrer is answered. Where the sharing does not reach them, the answer says that the team has discussed the
person, or that the work has ended, and nothing of what was decided, why, or what was agreed. Nor do they see on a page
how far the case is. While sharing is stopped, and the person has not been asked again, not even that goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.consent import Consent
from workflows.duties.papers import Answers, merged
from workflows.storage import cases

# For which kind of organisation somebody refers. Family and carers belong to none: the person names them.
SECTORS_OF_SOURCE: Mapping[str, frozenset[str]] = {
    "gp": frozenset({"gp"}),
    "risk_list": frozenset({"gp"}),
    "community_nurse": frozenset({"community_health"}),
    "pharmacist": frozenset({"gp", "community_health"}),
    "social_care": frozenset({"adult_social_care"}),
    "mental_health": frozenset({"mental_health"}),
    "hospital": frozenset({"hospital"}),
    "ambulance": frozenset({"ambulance_111"}),
    "vcse": frozenset({"vcse"}),
    "housing": frozenset({"housing"}),
    "police": frozenset({"police_fire"}),
}
THEMSELVES, FAMILY, NAMED_BY_THE_PERSON = "self", "family_carer", "other"
REACHES = frozenset({"full", "limited", "care_professionals"})  # sharing with kinds of organisation
# What a letter says beyond that it was discussed, or has ended.
DETAILS = frozenset(
    {
        "decision", "reasons", "actions", "what_next", "next_review", "why_it_ends", "how_they_see_it",
        "goals", "goals_at_the_end", "handover_to", "contingency", "services", "plan_actions", "plan_version",
    }
)  # fmt: skip
# What the short answer says of itself: neither that the person was asked, nor what they said.
NO_FURTHER = "We may not tell you more than this. If you need to know more, please ask the person themselves."

# What a page tells of a referral whose referrer may not follow it: that it is looked at, and no more.
NOT_FOLLOWED: Mapping[str, Any] = {
    "stage": "triage", "accepted_at": None, "closed_at": None, "closure_reason": "", "short": True,
}  # fmt: skip


def referrer_may_follow(session: Session, case: Case) -> bool:
    """Say whether whoever referred the person may see how far the case is.

    That a referral was received, is looked at or was not accepted every referrer hears. What comes after they see
    until it is decided with whom to share, and from then on only where that reaches them.
    """
    undecided = case.sharing_scope == "none" and bool(case.sectors)
    return case.accepted_at is None or undecided or referrer_may_know(session, case)


def referrer_may_know(session: Session, case: Case) -> bool:
    """Say whether the sharing reaches whoever referred the person."""
    said = _said(session, case, "F01")
    source = said.get("source")
    if source == THEMSELVES:
        return True
    if case.sharing_scope not in REACHES:
        return False
    if source == FAMILY:
        return named_among_family(case, _said(session, case, "F05"), "referrer")
    return bool(SECTORS_OF_SOURCE.get(str(source), frozenset()) & set(case.sectors))


def stopped(session: Session, case: Case) -> bool:
    """Say whether sharing that was decided upon is stopped, and it is not recorded yet what the person wants now."""
    decided = select(Consent.id).where(Consent.case_id == case.id).limit(1)
    ended = cases.consent_in_force(session, case.id) is None
    return case.sharing_scope == "none" and ended and session.scalar(decided) is not None


def _said(session: Session, case: Case, form_key: str) -> Answers:
    return merged(cases.documents_of(session, case.id, form_key))


def named_among_family(case: Case, consent: Answers, who: str) -> bool:
    """Say whether the person named this one of their family ("carer", "referrer") when asked with whom to share.

    It is ticked, never read out of the words: a daughter and a husband share a surname, and “not my son” names a son.
    """
    return NAMED_BY_THE_PERSON in case.sectors and who in (consent.get("share_family") or ())


def shortened(words: Mapping[str, str]) -> dict[str, str]:
    """Return the words of the short answer: it says itself that it holds no more than this."""
    return {name: word for name, word in words.items() if name not in DETAILS} | {"how_far_we_share": NO_FURTHER}
