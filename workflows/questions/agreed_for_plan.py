"""What a plan takes over from the table: who does what by when, and the day on which it is looked at again.

Each says where it was agreed. What is taken over is a task of its owner already, and becomes no second one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from forms.days import long_date
from workflows.casework.care import Action
from workflows.casework.document import Document, as_corrected
from workflows.clock import london_day
from workflows.duties.outcomes import CLOSED_ACTIONS
from workflows.storage import cases

Answers = dict[str, Any]
MEETING, PLAN, REVIEW = "F16", "F18", "F21"
WHERE = {
    "meeting": "The team’s meeting",
    "huddle": "A virtual huddle",
    "no_discussion": "The chair’s decision without a meeting",
    "review": "The review",
}


def agreed_for_plan(session: Session, case_id: UUID, today: date) -> Answers:
    """Return what was agreed since the plan was last written, as answers of a plan."""
    papers = as_corrected(cases.documents_of(session, case_id))
    written = max((place for place, paper in enumerate(papers) if paper.form_key == PLAN), default=-1)
    since = papers[written + 1 :]
    return {"actions": _actions(since, cases.of_case(session, Action, case_id)), **_review(since, today)}


def _actions(papers: Sequence[Document], actions: Sequence[Action]) -> list[Answers]:
    """The actions of the newest meeting that nobody has finished, as they stand: handed on or put off, if so.

    Only those of which the person is told: the plan is theirs, and lies in their home.
    """
    meetings = [paper for paper in papers if paper.form_key == MEETING]
    if not meetings:
        return []
    newest = {action.what: action for action in actions}  # of the same words
    named = dict.fromkeys(row.get("what") for row in meetings[-1].answers.get("actions", []))
    agreed = [newest[what] for what in named if what in newest]
    return [_row(action, meetings[-1]) for action in agreed if action.promised and action.status not in CLOSED_ACTIONS]


def _row(action: Action, meeting: Document) -> Answers:
    row = {"what": action.what, "who": action.owner.name if action.owner else "", "agreed_at": where(meeting)}
    return row | ({"by_when": action.due_on.isoformat()} if action.due_on else {})


def _review(papers: Sequence[Document], today: date) -> Answers:
    """The day that the meeting or the review named, whichever spoke last; none when it has passed."""
    named = [paper for paper in papers if paper.form_key in {MEETING, REVIEW} and paper.answers.get("next_review")]
    if not named or date.fromisoformat(str(named[-1].answers["next_review"])) <= today:
        return {}
    return {"next_review": named[-1].answers["next_review"], "next_review_agreed_at": where(named[-1])}


def where(paper: Document) -> str:
    """Say where something was agreed: in which meeting or review, and on which day."""
    held_as = str(paper.answers.get("held_as")) if paper.form_key == MEETING else "review"
    met = paper.answers.get("meeting")  # its day, which may be earlier than that of its record
    day = date.fromisoformat(str(met)) if met else london_day(paper.completed_at)
    return f"{WHERE.get(held_as, WHERE['meeting'])}, {long_date(day)}"
