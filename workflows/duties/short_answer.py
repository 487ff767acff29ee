"""What a referrer hears of somebody they referred: everything their kind of organisation may know, or the short answer.

Every referrer is answered. Where the sharing does not reach them, the answer says that the team has discussed the
person, or that the work has ended, and nothing of what was decided, why, or what was agreed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from workflows.duties.papers import answers
from workflows.duties.register import Asking

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
        "decision", "reasons", "actions", "what_next", "next_review", "why_it_ends", "goals", "goals_at_the_end",
        "handover_to", "contingency", "services", "plan_actions", "plan_version",
    }
)  # fmt: skip


def referrer_may_know(asking: Asking) -> bool:
    """Say whether the sharing reaches whoever referred the person."""
    said, case = answers(asking, "F01"), asking.case
    source = said.get("source")
    if source == THEMSELVES:
        return True
    if case.sharing_scope not in REACHES:
        return False
    if source == FAMILY:
        return NAMED_BY_THE_PERSON in case.sectors and _is_named(asking)
    return bool(SECTORS_OF_SOURCE.get(str(source), frozenset()) & set(case.sectors))


def _is_named(asking: Asking) -> bool:
    """Whether the person named this relative, by a part of the name or by what they are to them."""
    said = answers(asking, "F01")
    known_as = f"{said.get('referrer_name') or ''} {said.get('referrer_relationship') or ''}"
    wanted = {word.casefold() for word in re.findall(r"[^\W\d_]{3,}", known_as)}
    named = str(answers(asking, "F05").get("share_other") or "").casefold()
    return any(re.search(rf"\b{re.escape(word)}\b", named) for word in wanted)


def shortened(words: Mapping[str, str]) -> dict[str, str]:
    """Return the words of the short answer."""
    return {name: word for name, word in words.items() if name not in DETAILS}
