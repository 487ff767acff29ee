"""How the page of a handover says what goes with a case."""

from __future__ import annotations

from webapp.cases.presenters import RISKS
from webapp.letters.presenters import recipient_words
from webapp.tasks.presenters import sharing_line
from webapp.wording import day, due, when
from workflows.casework.case import STAGE_NAMES
from workflows.questions.handover import Handover
from workflows.questions.passing import Goes
from workflows.questions.sharing_beside import Sharing
from workflows.questions.waits import OpenTask


def handover_rows(handover: Handover, sharing: Sharing) -> list[tuple[str, str]]:
    """Say the facts of a case that changes hands, each with its label; what nobody has said yet says so."""
    plan = f"Version {handover.plan_version}, since {day(handover.plan_since)}" if handover.plan_version else "None yet"
    found = [
        ("Team now", f"{handover.team or 'No team yet'}, stage: {STAGE_NAMES[handover.stage]}"),
        ("Care coordinator", handover.coordinator or "Nobody is named"),
        ("Risk level", _risk(handover)),
        ("How staff may visit", handover.visits or "Not assessed"),
        ("Plan", plan),
        ("Next review", day(handover.next_review_at) or "Not set"),
        ("Sharing", sharing_line(sharing)),
        ("Shared with", handover.shared_with),
        ("Not agreed", handover.limits),
        ("Must not see this case", ", ".join(handover.left_out)),
    ]
    return [(label, text) for label, text in found if text]


def contact_rows(goes: Goes) -> list[tuple[str, str]]:
    """Say when the person was spoken to last, by whom, and what came of it."""
    if goes.last_contact is None:
        return [("Last contact", "None is written down")]
    at, what, by = goes.last_contact
    return [("Last contact", ", ".join(filter(None, (when(at), what, by))))]


def task_due(task: OpenTask) -> str:
    """Say by when an open task is to be done."""
    if task.paused:
        return "clock stopped"
    return due(task.due_at, task.calendar) if task.due_at else "no date"


def _risk(handover: Handover) -> str:
    level = RISKS.get(handover.risk_level, handover.risk_level)
    return f"{level}; risks assessed on {day(handover.assessed_at)}" if handover.assessed_at else level


__all__ = ["contact_rows", "handover_rows", "recipient_words", "task_due"]
