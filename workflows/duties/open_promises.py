"""What was promised and is open when a case is about to end: agreed actions, referrals that no service has answered.

Each gets its answer before the letters of a discharge, and before any closing. Nothing is dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.care import Action
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.programme import Service
from workflows.casework.task import Task
from workflows.duties.ending_runs import cancel_run
from workflows.duties.onward_referrals import service_named, unanswered
from workflows.duties.outcomes import CLOSED_ACTIONS
from workflows.duties.register import Asking, Variables, duty
from workflows.duties.telling import tell_owner
from workflows.storage import cases, runs

FORM, ROWS = "F40", "promises"
WAS_OPEN = "was_open"  # what an ending cut off, for whoever confirms it
ACTION, REFERRAL = "acm_action", "acm_service_referral"
# What was said becomes of a promise, the question that tells more of it, and how its task says why it is over.
ANSWERS: Mapping[str, tuple[str, str]] = {
    "handed_over": ("handed_to", "handed over to {more}"),
    "done": ("came_of_it", "done: {more}"),
    "not_needed": ("why_not", "{more}"),
}


@dataclass(frozen=True)
class Promise:
    """One thing that is open: the words by which it is told apart, its process, and its action where it is one."""

    line: str
    run: CaseRun
    action: Action | None = None


def open_promises(session: Session, case: Case) -> tuple[Promise, ...]:
    """Return what is open of what was promised in a case, oldest first; two of the same words are numbered."""
    found = (*_actions(session, case), *_referrals(session, case))
    seen: Counter[str] = Counter()
    told = []
    for one in found:
        seen[one.line] += 1
        again = seen[one.line]
        told.append(Promise(f"{one.line} ({again})", one.run, one.action) if again > 1 else one)
    return tuple(told)


def begun_promises(session: Session, case: Case) -> Variables:
    """Return what the form begins with; what becomes of each promise, whoever completes it says."""
    return {ROWS: [{"what": one.line} for one in open_promises(session, case)]}


def _actions(session: Session, case: Case) -> Iterable[Promise]:
    """The open actions, by the tasks that ask for them: a task knows its action from the first day."""
    query = (
        select(Task, CaseRun)
        .join(CaseRun, CaseRun.id == Task.run_id)
        .where(Task.case_id == case.id, Task.open, CaseRun.process == ACTION, CaseRun.status == "running")
    )
    for task, run in session.execute(query.order_by(Task.id)).all():
        action = session.get(Action, UUID(str(task.variables["action_id"])))
        if action is not None:
            yield Promise(action.what, run, action)


def _referrals(session: Session, case: Case) -> Iterable[Promise]:
    for run in unanswered(session, case.id):
        yield Promise(_referral_line(session, case, run), run)


def _referral_line(session: Session, case: Case, run: CaseRun) -> str:
    key = service_named(session, run)
    here = select(Service.name).where(Service.key == key, Service.programme_id == case.programme_id)
    name = session.scalar(here.limit(1)) if key else None
    return f"Referral to {name}" if name else "Referral to a service, not sent yet"


def under_way_with_others(session: Session, case: Case) -> list[str]:
    """Tell what an ending is about to cut off: open actions, and every service that may call, has answered or not."""
    asked = runs.running(session, case.id, REFERRAL)
    return [*(one.line for one in _actions(session, case)), *(_referral_line(session, case, run) for run in asked)]


@duty("case.promises")
def look_at_promises(asking: Asking) -> Variables:
    """Say whether anything is open of what was promised."""
    return {"promises_open": bool(open_promises(asking.work.session, asking.case))}


@duty("case.settle_promises")
def settle_promises(asking: Asking) -> None:
    """Carry out what was said becomes of each promise; whoever was to keep it is told that it is off their list."""
    papers = cases.documents_of(asking.work.session, asking.case.id, FORM)
    said = {str(row["what"]): row for row in (papers[-1].answers.get(ROWS, []) if papers else [])}
    for promise in open_promises(asking.work.session, asking.case):
        if promise.line in said:
            _settle(asking, promise, said[promise.line])


def _settle(asking: Asking, promise: Promise, row: Mapping[str, Any]) -> None:
    becomes = str(row["becomes"])
    question, words = ANSWERS[becomes]
    why = words.format(more=row[question])
    asking.case.happened("promise settled", what=promise.line, becomes=why)
    if promise.action is not None:
        promise.action.end(becomes, str(row[question]))
    tell_owner(asking, "promise_settled", promise.action.owner_id if promise.action else promise.run.requester_id)
    cancel_run(asking, promise.run, why)


def leave_nothing_open(asking: Asking) -> None:
    """Write down of what an ending cut off that the case ended over it: no action of a closed case is open."""
    for action in cases.of_case(asking.work.session, Action, asking.case.id):
        if action.status not in CLOSED_ACTIONS:
            action.end("not_needed", "the case has ended")
