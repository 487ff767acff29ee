"""Sharing less, at once: as soon as somebody tells it, before it is talked over and decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.casework.case import Case
from workflows.desk import Work
from workflows.duties.consent import share, share_no_more
from workflows.duties.correspondence import agreed
from workflows.duties.register import Asking, duty, on_behalf


@duty("consent.narrow")
def narrow_at_once(asking: Asking, choice: str) -> None:
    """Share no further than the person is said to agree to, until it is talked over with them and recorded.

    Said elsewhere, or at a review. Nothing is widened by it, and sharing without consent rests on another decision.
    """
    _narrow(asking, choice, frozenset())


def heed_at_once(work: Work, case: Case, said: Mapping[str, Any]) -> None:
    """Share no further than a conversation allows from the moment it is written down, where its outcome has to wait.

    It waits for capacity to be assessed, or for somebody to decide on sharing all the same. Before the first
    conversation nothing goes outside anyway, and the team that took the referral in goes on looking after it.
    """
    waits = said.get("capacity_doubt") == "yes" or said.get("serious_harm") == "yes"
    if waits and agreed(case):
        _narrow(on_behalf(work, case), str(said.get("choice")), frozenset(said.get("share_with") or ()))


def _narrow(asking: Asking, choice: str, named: frozenset[str]) -> None:
    """Narrow the sharing; `named`: with whom somebody who agrees to part of it would share, where they were asked."""
    scope = asking.case.sharing_scope
    if choice == "refused" and scope != "minimum":
        share_no_more(asking)
    elif choice == "partial" and scope not in {"none", "minimum"}:
        share(asking, "limited", named & asking.case.sectors)
