"""Which cases somebody who runs the service may know of: those of their programmes that are not kept from them."""

from __future__ import annotations

from workflows.casework.access import may_in
from workflows.casework.case import Case
from workflows.desk import Work
from workflows.storage import alleged, cases


def may_know(work: Work, case: Case, permission: str) -> bool:
    """Say whether whoever acts may do this in the case: by a post that reaches it, and neither left out nor named."""
    if not may_in(work.actor, permission, case.programme_id):
        return False
    excluded = work.actor.id in cases.circle_of(work.session, case).excluded
    return not (excluded or alleged.named_in(work.session, case.id, work.actor.id))
