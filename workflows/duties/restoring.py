"""An ending that was a mistake is taken back: the case and all that it cut off go on where they stood."""

from __future__ import annotations

from datetime import datetime

from workflows.casework.ending import PROCESSES, why_ending
from workflows.duties.correspondence import let_letters_back
from workflows.duties.ending_runs import take_up_again
from workflows.duties.endings import SILENCED
from workflows.duties.left_open import ask_no_more, follow_again
from workflows.duties.outcomes import open_review
from workflows.duties.register import Asking, under_way


def go_on(asking: Asking, kind: str) -> None:
    """Let the case, its processes, its next review and its letters stand as they stood before this ending."""
    stage = str(asking.variables.get("stage_before") or "active")
    asking.case.reopen("consent" if stage == "closed" else stage, asking.work.now)
    ask_no_more(asking)
    take_up_again(asking)
    _stand_by_another_ending(asking, kind)
    asking.case.next_review_at = _review_due(asking)
    follow_again(asking)
    let_letters_back(asking, why_ending(kind))


def _stand_by_another_ending(asking: Asking, kind: str) -> None:
    """Keep silent where this ending came upon another that goes on now, such as a withdrawal."""
    if any(under_way(asking.work, asking.case, PROCESSES[other]) for other in SILENCED - {kind}):
        asking.case.stop_outbound()


def _review_due(asking: Asking) -> datetime | None:
    review = open_review(asking)
    standing = asking.case.clocks_paused_at is not None  # nobody knows while the clocks stand still
    return review.due_at if review is not None and not standing else None
