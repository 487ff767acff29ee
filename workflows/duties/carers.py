"""Whether anybody cares for the person at home, and whether they may read of what the team does."""

from __future__ import annotations

from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.duties.papers import answers, merged
from workflows.duties.register import Asking
from workflows.duties.short_answer import REACHES, named_among_family
from workflows.storage import cases

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
    return shared_with_carer(asking.work.session, asking.case)


def shared_with_carer(session: Session, case: Case) -> bool:
    """The same of any case: by what it says now."""
    if case.sharing_scope == EVERYBODY:
        return True
    if case.sharing_scope not in REACHES or case.narrowed:
        return False
    consent = merged(cases.documents_of(session, case.id, CONSENT))
    return named_among_family(case, consent, CARER) or _named_in_the_plan(session, case)


def _named_in_the_plan(session: Session, case: Case) -> bool:
    plan, consent = (cases.newest_document(session, case.id, key) for key in (PLAN, CONSENT))
    if plan is None or (consent is not None and plan.completed_at < consent.completed_at):
        return False
    return CARER in (merged(cases.documents_of(session, case.id, PLAN)).get("copies_to") or ())
