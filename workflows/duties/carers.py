"""Whether anybody cares for the person at home, and whether they may read of what the team does."""

from __future__ import annotations

from workflows.duties.papers import answers, newest
from workflows.duties.register import Asking
from workflows.duties.short_answer import REACHES, named_among_family

CARER, EVERYBODY = "carer", "full"
CONSENT, PLAN = "F05", "F18"


def has_carer(asking: Asking) -> bool:
    """Say whether anybody cares for the person: the assessment knows better than the referral."""
    strain = answers(asking, "F11").get("carer_strain")
    if strain in {"no_carer", "yes", "no"}:
        return bool(strain != "no_carer")
    return bool(answers(asking, "F01").get("has_carer") == "yes")


def carer_may_know(asking: Asking) -> bool:
    """Say whether what is shared reaches the carer: with everything, or because the person named them.

    They name them in the consent, or in a plan made since: who limits the sharing afterwards has said it anew, and
    until it is written down with whom, nobody was named.
    """
    case = asking.case
    if case.sharing_scope == EVERYBODY:
        return True
    if case.sharing_scope not in REACHES or case.narrowed:
        return False
    return named_among_family(case, answers(asking, CONSENT), CARER) or _named_in_the_plan(asking)


def _named_in_the_plan(asking: Asking) -> bool:
    plan, consent = newest(asking, PLAN), newest(asking, CONSENT)
    if plan is None or (consent is not None and plan.completed_at < consent.completed_at):
        return False
    return CARER in (answers(asking, PLAN).get("copies_to") or ())
