"""What the preparation of a meeting begins with, whether the journey asks for it or a colleague with the button."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from workflows.casework.case import Case
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.duties.papers import merged
from workflows.duties.referrers import somebody_referred
from workflows.questions.concern import document_of
from workflows.questions.summary import summary_of
from workflows.storage import cases

Answers = dict[str, Any]
PREPARATION = "F15"


def begun_preparation(session: Session, desk: Desk, case: Case) -> Answers:
    """Return a summary drafted from what was found, the person's own words, and who presents."""

    def said(form_key: str) -> Answers:
        return merged(cases.documents_of(session, case.id, form_key))

    assessment, referral = said("F11"), said("F01")
    return {
        "presenter": str(desk.actor.id) if desk.actor.id else None,
        "summary": summary_of(desk.forms, said),
        "person_view": assessment.get("hopes") or referral.get("views"),
        **(_referrer_wish(referral) if somebody_referred(session, case) else {}),
    }


def begun_invitations(session: Session, task: Task) -> Answers:
    """Return whom to invite as it was said when the meeting was asked for, or when it was put off; the day is new."""
    papers = cases.documents_of(session, task.case_id, PREPARATION)
    asked_for = document_of(task.variables)
    said = merged(paper for paper in papers if paper.run_id == task.run_id or paper.id == asked_for)
    return {name: answer for name, answer in said.items() if name != "meeting_at"}


def _referrer_wish(referral: Answers) -> Answers:
    """The referrer is invited, unless they asked only to hear the outcome."""
    if referral.get("referrer_attend") == "no":
        return {"invite_referrer": "no", "not_invited_why": "Asked to be sent the outcome instead"}
    return {"invite_referrer": "yes"}
