"""What a meeting can decide where a case stands: only what the case then does.

A meeting asked for beside the journey does not move the case by itself. What it decides either begins here (a review at
once, another concern, a referral to a service, an action) or leaves the case where it stands, and then its letters say
so.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.care import CarePlan, Review
from workflows.casework.case import Case
from workflows.casework.task import Task
from workflows.storage import cases, runs

TAKEN_UP_AGAIN, PLANNING_ENDED = "work_taken_up_again", "planning_ended"
DECIDED, MEETING, ANSWERING, RECORDING = "mdt_case_decided", "acm_mdt", "acm_urgent", "acm_mdt_decision"
BESIDE = frozenset({MEETING, ANSWERING, RECORDING})  # every other process that waits is the case's own
PREPARING, PLAN = "prepare_mdt", "acm_care_plan"

# Where a case stands when a meeting decides: at its own first meeting, or at one after a review; or, with a meeting
# beside the journey, before its own one, while the plan is made, while it is carried out, or when what comes next is
# decided already (its own meeting has just decided, or a discharge is on its way).
FIRST, AFTER_REVIEW, COMING, PLANNING, DELIVERY, LEAVING, SETTLED = (
    "first", "after_review", "coming", "planning", "delivery", "leaving", "settled",
)  # fmt: skip
ANYWHERE = frozenset({"advice_to_referrer", "refer_to_service", "defer_more_info", "urgent_now"})
GOES_ON, LETS_GO = frozenset({"case_manage", "continue"}), frozenset({"step_down", "discharge"})
# What ends the work while the first plan is made: nothing that needs a review of a plan.
ENDS_PLANNING = frozenset({"not_suitable", "one_off_action"})
WAYS: Mapping[str, frozenset[str]] = {
    FIRST: ANYWHERE | {"case_manage", "one_off_action", "not_suitable"},
    AFTER_REVIEW: ANYWHERE | GOES_ON | LETS_GO,
    COMING: ANYWHERE | GOES_ON,
    PLANNING: ANYWHERE | GOES_ON,
    DELIVERY: ANYWHERE | GOES_ON | LETS_GO,
    LEAVING: ANYWHERE | GOES_ON | LETS_GO,
    SETTLED: ANYWHERE | {"continue"} | LETS_GO,
}
_BY_A_REVIEW = (
    "The person has a plan that is worked on. Select “Discharge” if the work is to end, otherwise “Continue”; what is "
    "to be done once stands under “Actions”"
)
INSTEAD: Mapping[str, str] = {
    FIRST: "This is decided at a review, and the person has no plan yet. Select what is to happen instead",
    AFTER_REVIEW: _BY_A_REVIEW,
    COMING: "The case comes to its own meeting once the assessment is signed, and that one decides whether the work "
    "ends. Until then select “Continue”; what is to be done once stands under “Actions”",
    PLANNING: "The person’s plan is being made. If the work is to end before there is one, select “Not suitable” or "
    "“One action, then close”; a plan that was in force before ends by its review. Otherwise select “Continue”",
    DELIVERY: _BY_A_REVIEW,
    LEAVING: "A discharge is on its way. Select “Continue” if it stays so, or “Case management” if the work goes on "
    "after all; what is to be done once stands under “Actions”",
    SETTLED: "What comes next is decided already and on its way. Select “Continue” if it stays so; help that the "
    "person needs again is asked for with a new referral",
}


def standing(session: Session, case: Case, *, own: bool | None = None) -> str:
    """Return where a case stands for its meeting. `own`: whether it is the case's own; None: look what waits for it."""
    if waits_itself(session, case) if own is None else own:
        return AFTER_REVIEW if cases.of_case(session, CarePlan, case.id) else FIRST
    if case.stage == "planning":
        return PLANNING if _plan_being_made(session, case) else SETTLED
    if case.stage == "active" and any(one.done_at is None for one in cases.of_case(session, Review, case.id)):
        return DELIVERY
    if case.stage in {"active", "step_down"} and runs.waiting_for(session, case.id, TAKEN_UP_AGAIN):
        return LEAVING
    if case.stage in {"active", "step_down", "closed"} or (case.stage == "mdt" and not _prepared_now(session, case)):
        return SETTLED
    return COMING


def ways_from(session: Session, case: Case) -> frozenset[str]:
    """Return what a meeting can decide about a case as it stands."""
    where = standing(session, case)
    ends = where == PLANNING and bool(runs.waiting_for(session, case.id, PLANNING_ENDED))
    return WAYS[where] | (ENDS_PLANNING if ends else frozenset())


def _plan_being_made(session: Session, case: Case) -> bool:
    asked = select(Task.id).where(Task.case_id == case.id, Task.open, Task.process == PLAN)
    return session.scalar(asked.limit(1)) is not None


def waits_itself(session: Session, case: Case) -> bool:
    """Say whether the case itself waits for a meeting, rather than something beside it."""
    return any(run.process not in BESIDE for run in runs.waiting_for(session, case.id, DECIDED))


def _prepared_now(session: Session, case: Case) -> bool:
    asked = select(Task.id).where(Task.case_id == case.id, Task.open, Task.key == PREPARING)
    return session.scalar(asked.limit(1)) is not None
