"""Incidents: what did not happen by itself is kept with its case, tried again, and closed when it has happened.

An act in which a step that needs nobody fails is begun anew, in a new transaction, and leaves that step out: what
somebody did is kept whole, the process stands at the step, and everything beside it goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from workflows.actions.incident_notices import tell_somebody
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import RuleBroken
from workflows.casework.incident import ACT, CANNOT_GO_ON, OUTSIDE, STEP, WAKE, Failure, Incident, StepFailed
from workflows.casework.outside import OutsideTask
from workflows.desk import Desk, Work
from workflows.engine.outcome import HeldStep, Outcome
from workflows.storage import cases, incidents, runs

MOST_LEFT_OUT = 10  # steps that one act may leave out; more is no accident
Given = ParamSpec("Given")
Result = TypeVar("Result")


def leaving_out_what_fails(
    verb: Callable[Concatenate[Desk, Given], Result],
) -> Callable[Concatenate[Desk, Given], Result]:
    """Let a verb be done although steps fail that should happen by themselves; a larger act sees to it itself."""

    @wraps(verb)
    def done(desk: Desk, /, *given: Given.args, **named: Given.kwargs) -> Result:
        if desk.act is not None:
            return verb(desk, *given, **named)
        return trying(desk, lambda one: verb(one, *given, **named))

    return done


def trying(desk: Desk, act: Callable[[Desk], Result], keeping: bool = True) -> Result:
    """Do an act at a desk; each step that fails in it is left out, and the act begun anew without it.

    Raises RuleBroken, having kept an incident of it (none of a mere look), when what failed is nothing at which a
    process can wait, or more fails than one act may leave out.
    """
    while True:
        try:
            return act(desk)
        except StepFailed as failed:
            if len(desk.left_out) >= MOST_LEFT_OUT or not _can_stand(desk, failed.failure):
                if keeping:
                    note_refused(desk, failed.failure)
                raise RuleBroken(CANNOT_GO_ON) from failed
            desk = desk.leaving_out(failed.failure)


def _can_stand(desk: Desk, failure: Failure) -> bool:
    return failure.can_wait and failure.place not in desk.left_out


def note_refused(desk: Desk, failure: Failure) -> None:
    """Keep, in a transaction of its own, that an act was refused because something in it failed."""
    if desk.unattended:
        return  # whoever wakes processes notes it by itself
    with desk.work() as work:
        case = work.session.get(Case, failure.case_id) if failure.case_id else None
        run = work.session.get(CaseRun, failure.run_id) if failure.run_id else None
        if case is not None:
            cases.held(work.session, case.id)
        if run is not None:
            run = runs.held(work.session, run.id)
        known = _known(work, run, ACT, failure.key) if run else _refused_before(work, case, failure)
        incident = known or _made(work, case, run, ACT, failure)
        incident.failed(failure, work.now)
        tell_somebody(work, case, incident)
        if run is not None:
            _tell_run(run, [incident])
        work.commit()


def note_wake(work: Work, run: CaseRun, failure: Failure) -> Incident:
    """Keep that waking a process failed as a whole."""
    incident = _known(work, run, WAKE, "") or _made(work, work.session.get(Case, run.case_id), run, WAKE, failure)
    incident.failed(failure, work.now)
    tell_somebody(work, work.session.get(Case, run.case_id), incident)
    return incident


def note_outside(work: Work, case: Case, run: CaseRun, job: OutsideTask, failure: Failure) -> None:
    """Keep that other systems gave a step up, until it is done or not asked any more; also what they try meanwhile."""
    theirs = (one for one in incidents.of_run(work.session, run.id) if one.kind == OUTSIDE)
    known = next((one for one in theirs if one.step_id == job.step_id), None)
    if job.status != "failed" and not (known and known.open):
        return  # it is tried again by itself
    incident = known or _made(work, case, run, OUTSIDE, failure)
    again_at = job.free_at if job.status == "open" else None
    incident.failed_elsewhere(failure, work.now, job.failures, again_at)
    tell_somebody(work, case, incident)
    work.session.flush()
    _tell_run(run, [one for one in incidents.of_run(work.session, run.id) if one.open])


def match_incidents(work: Work, case: Case, run: CaseRun, outcome: Outcome) -> None:
    """Write down the steps at which a process stands because they failed; close what has happened meanwhile."""
    if not (run.failures or outcome.held):
        return
    known = {one.step_id: one for one in incidents.of_run(work.session, run.id) if one.kind == STEP}
    for step in outcome.held:
        _stands_at(work, case, run, step, known.get(step.id))
    work.session.flush()
    for one in incidents.of_run(work.session, run.id):
        if one.open and _is_over(one, run, outcome):
            one.close(_was_done(one, outcome), work.now)
    _tell_run(run, [one for one in incidents.of_run(work.session, run.id) if one.open])


def _stands_at(work: Work, case: Case, run: CaseRun, step: HeldStep, known: Incident | None) -> None:
    failure = work.desk.left_out.get((case.number, step.process, step.key))
    if failure is None and known is not None and known.open:
        return  # it was not tried in this act
    if known is None:
        told = failure or Failure(case.number, case.id, run.id, step.process, step.key, why="It failed before.")
        known = _made(work, case, run, STEP, told)
        known.step_id, known.step_name, known.step_kind, known.asks = step.id, step.name, step.kind, step.asks
    place = Failure(case.number, case.id, run.id, step.process)
    known.failed(failure or replace(place, why=known.why, fault=known.fault, inputs=known.inputs), work.now)
    tell_somebody(work, case, known)


def _is_over(one: Incident, run: CaseRun, outcome: Outcome) -> bool:
    if run.status != "running" or outcome.finished or one.kind == WAKE:
        return True
    if one.kind == OUTSIDE:
        return one.step_id not in {job.id for job in outcome.outside}
    stands = {step.id for step in (outcome.held if one.kind == STEP else outcome.open_steps)}
    return one.step_id not in stands


def _was_done(one: Incident, outcome: Outcome) -> bool:
    return one.kind == WAKE or not one.step_id or one.step_id in {step.id for step in outcome.done}


def _tell_run(run: CaseRun, standing: Sequence[Incident]) -> None:
    """Let the process say that something of it stands still, without a look at its incidents."""
    worst = max(standing, key=lambda one: one.tries, default=None)
    waking = next((one for one in standing if one.kind == WAKE), None)
    run.failures, run.failed_why = (worst.tries, worst.why) if worst else (0, None)
    run.retry_at = waking.next_at if waking else None
    if worst is not None:
        run.happened("process waits for what failed", process=run.process)


def _known(work: Work, run: CaseRun, kind: str, key: str) -> Incident | None:
    mine = (
        one for one in incidents.of_run(work.session, run.id) if one.open and one.kind == kind and one.step_key == key
    )
    return next(mine, None)


def _refused_before(work: Work, case: Case | None, failure: Failure) -> Incident | None:
    """The open incident of an act that would have begun the very process, of which nothing was kept."""
    return incidents.of_no_run(work.session, case.id if case else None, failure.process, failure.key)


def _made(work: Work, case: Case | None, run: CaseRun | None, kind: str, failure: Failure) -> Incident:
    made = Incident(
        case_id=case.id if case else None, run_id=run.id if run else None, kind=kind, process=failure.process,
        step_id=failure.step_id, step_key=failure.key, step_name=failure.name, step_kind=failure.step_kind,
        asks=failure.asks, why=failure.why, fault=failure.fault, tries=0, began_at=work.now, last_at=work.now,
    )  # fmt: skip
    work.session.add(made)
    return made
