"""What has come of the work so far: goals, stability, open actions, weeks on the list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.care import Action, CarePlan, HospitalEpisode, Review
from workflows.casework.case import Case
from workflows.casework.diagram import DecisionRecord
from workflows.casework.task import Task
from workflows.duties.papers import answers, last_said, yes
from workflows.duties.register import Asking
from workflows.storage import cases

MET = frozenset({"achieved"})
CLOSED_ACTIONS = frozenset({"done", "not_needed"})


def days_since_hospital(asking: Asking) -> int:
    """Return the days since the person last came home from hospital; -1 when they were not in one."""
    left = [
        stay.discharged_at
        for stay in cases.of_case(asking.work.session, HospitalEpisode, asking.case.id)
        if stay.discharged_at
    ]
    return (asking.work.now - max(left)).days if left else -1


def discharge_facts(asking: Asking) -> dict[str, Any]:
    """Return the inputs of the discharge table."""
    review = answers(asking, "F21")
    session, case = asking.work.session, asking.case
    urgent = select(Task.id).where(Task.case_id == case.id, Task.open, Task.escalation == "S")
    return {
        "goals_met_pct": goals_met(asking),
        "stable_weeks": stable_weeks(asking),
        "open_actions": open_actions(asking),
        "open_s_task": session.scalar(urgent.limit(1)) is not None,
        "person_wants_end": yes(review.get("person_wants_end")),
        "ongoing_service": bool(review.get("ongoing_service")),
        "weeks_open": (asking.work.now - (case.accepted_at or case.opened_at)).days // 7,
        "unchanged_reviews": unchanged_reviews(asking),
        "safeguarding_open": "safeguarding_open" in case.flags,
        "risk_level": case.risk_level,
    }


def goals_met(asking: Asking) -> int:
    """Return the share of goals achieved in per cent, from the newest review or plan; -1 without goals."""
    reviewed = last_said(asking, ("F21",)).get("goals")
    goals = reviewed.answer if reviewed else answers(asking, "F18").get("goals")
    if not goals:
        return -1
    return round(100 * sum(goal.get("status") in MET for goal in goals) / len(goals))


def stable_weeks(asking: Asking) -> int:
    """Return the whole weeks without an unplanned admission, since acceptance at most."""
    return weeks_at_home(asking.work.session, asking.case, asking.work.now)


def weeks_at_home(session: Session, case: Case, now: datetime) -> int:
    """Return the whole weeks until now without an unplanned admission, since acceptance at most."""
    since = case.accepted_at or case.opened_at
    for stay in cases.of_case(session, HospitalEpisode, case.id):
        if stay.planned != "elective":
            since = max(since, stay.discharged_at or now)
    return max((now - since) // timedelta(weeks=1), 0)


def open_actions(asking: Asking) -> int:
    """Count the actions nobody has finished."""
    actions = cases.of_case(asking.work.session, Action, asking.case.id)
    return sum(action.status not in CLOSED_ACTIONS for action in actions)


def unchanged_reviews(asking: Asking) -> int:
    """Count the latest reviews in a row after which the goals stood where they stood before.

    A review leaves two papers: the one with what was decided after it says nothing of the goals.
    """
    papers = cases.documents_of(asking.work.session, asking.case.id, "F21")
    looked_at = [paper.answers["goals"] for paper in papers if "goals" in paper.answers]
    states = [[goal.get("status") for goal in goals] for goals in looked_at]
    unchanged = 0
    for earlier, later in zip(reversed(states[:-1]), reversed(states[1:]), strict=True):
        if earlier != later:
            break
        unchanged += 1
    return unchanged


def current_plan(asking: Asking) -> CarePlan | None:
    """Return the active version of the plan."""
    plans = cases.of_case(asking.work.session, CarePlan, asking.case.id)
    return plans[-1] if plans else None


def open_review(asking: Asking) -> Review | None:
    """Return the review that is due and not yet done."""
    waiting = [one for one in cases.of_case(asking.work.session, Review, asking.case.id) if one.done_at is None]
    return waiting[-1] if waiting else None


def interval_said(asking: Asking) -> Mapping[str, Any]:
    """Return what the table of reviews said last about this case; nothing where it was never asked."""
    asked = select(DecisionRecord.outputs).where(
        DecisionRecord.case_id == asking.case.id, DecisionRecord.table == "review_interval"
    )
    return asking.work.session.scalar(asked.order_by(DecisionRecord.id.desc()).limit(1)) or {}
