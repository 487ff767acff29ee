"""What a diagram may ask of the case itself: stages, flags, companions, closing."""

from __future__ import annotations

from typing import Any

from workflows.casework.ending import ENDINGS
from workflows.casework.errors import RuleBroken
from workflows.duties.clocks import still_in_hospital
from workflows.duties.ending_runs import end_other_runs
from workflows.duties.endings import begin
from workflows.duties.hospital_told import begin_stay_referred
from workflows.duties.left_open import REFUSALS, open_concerns
from workflows.duties.open_promises import leave_nothing_open
from workflows.duties.overtaken import overtake
from workflows.duties.register import Asking, Variables, duty, under_way
from workflows.duties.retention import kept_until
from workflows.duties.told_since import tell_of_the_end
from workflows.storage import runs

# By message: what it tells of, so that letters which only asked for it go no more.
TELLS_TOO = {"review_held": "review"}


@duty("case.enter")
def enter(asking: Asking, stage: str) -> Variables:
    """Move the case on to a stage, with the priority that was decided last; a person taken on may be in hospital."""
    taken_on = stage == "consent" and asking.case.accepted_at is None
    asking.case.enter(stage, asking.work.now)
    asking.case.set_priority(str(asking.variables.get("priority") or asking.case.priority))
    if stage == "consent":
        overtake(asking.work.session, asking.case.id, "accepted")
    if taken_on:
        begin_stay_referred(asking)
    return {"closure_reason": ""}


@duty("discharge.step_down")
def step_down(asking: Asking) -> Variables:
    """Move the case on to the step-down; the last contact comes up on the morning of its day, as a review does."""
    over = asking.work.due(asking.case, "wait.step_down")
    opens = max(asking.case.calendar.opens(over), asking.work.now)
    enter(asking, "step_down")
    return {"closure_reason": "", "step_down_over_at": opens.isoformat()}


@duty("case.plan_closure")
def plan_closure(asking: Asking, reason: str) -> Variables:
    """Note why the case is about to close; the main process closes it with this reason."""
    asking.case.happened("closure planned", reason=reason)
    return {"closure_reason": reason}


@duty("case.close")
def close(asking: Asking, reason: str) -> Variables:
    """Close the case: freeze the record, end every other process of it, start the retention clock.

    Raises RuleBroken while a concern about the person's safety is open: it would be lost with the case.
    """
    for process in open_concerns(asking):
        raise RuleBroken(REFUSALS[process])
    asking.case.close(reason, asking.work.now, kept_until(asking))
    leave_nothing_open(asking)
    overtake(asking.work.session, asking.case.id, "closed")
    tell_of_the_end(asking)
    end_other_runs(asking, f"the case was closed ({reason.replace('_', ' ')})")
    return {}


@duty("case.raise_flag")
def raise_flag(asking: Asking, flag: str) -> None:
    """Mark the case, for example as in hospital."""
    asking.case.raise_flag(flag)


@duty("case.lower_flag")
def lower_flag(asking: Asking, flag: str) -> None:
    """Take a mark away, unless another stay or another concern of the same kind still asks for it."""
    still = still_in_hospital if flag == "in_hospital" else _another_runs
    if not still(asking):
        asking.case.lower_flag(flag)


def _another_runs(asking: Asking) -> bool:
    alike = runs.running(asking.work.session, asking.case.id, asking.run.process)
    return any(run.id != asking.run.id for run in alike)


@duty("case.flags")
def flags(asking: Asking) -> Variables:
    """Say which of the marks that change the path are up."""
    return {flag: flag in asking.case.flags for flag in ("urgent", "in_hospital", "safeguarding_open")}


@duty("case.stage")
def stage(asking: Asking) -> Variables:
    """Say how far the case is."""
    return {"stage": asking.case.stage}


@duty("case.start")
def start(asking: Asking, process: str, once: bool = False, **variables: Any) -> None:
    """Start a companion process of the same case (`once`: not when one runs); the rest are its first variables."""
    if not (once and under_way(asking.work, asking.case, process)):
        asking.start_later(process, variables)


@duty("case.note")
def note(asking: Asking, text: str) -> None:
    """Write a line into the case's timeline."""
    asking.case.happened("note", text=text)


@duty("messages.send")
def send(asking: Asking, name: str) -> None:
    """Send a message to the case's other processes. An ending that none of them waits for begins all the same."""
    if name in ENDINGS and not runs.waiting_for(asking.work.session, asking.case.id, name):
        begin(asking, ENDINGS[name])
    else:
        asking.send_later(name)
    if name in TELLS_TOO:
        overtake(asking.work.session, asking.case.id, TELLS_TOO[name])


@duty("case.accept_nomination")
def accept_nomination(asking: Asking) -> None:
    """Turn a nominated person into a case on its way: the main process starts for them."""
    if not asking.case.nominated:
        raise RuleBroken("Only somebody who was identified from a list can be accepted from it.")
    asking.case.enter("referred", asking.work.now)
    asking.start_later("acm_case", {"source": "risk_list"})


@duty("case.reject_nomination")
def reject_nomination(asking: Asking, reason: str) -> None:
    """Take a nominated person off the list, with the reason the reviewer gave."""
    asking.case.happened("not nominated", reason=reason)
    close(asking, "not_nominated")


@duty("case.expire_nomination")
def expire_nomination(asking: Asking) -> None:
    """Let a nomination lapse that nobody reviewed in time."""
    asking.case.happened("nomination lapsed")
    close(asking, "not_nominated")
