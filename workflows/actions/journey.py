"""Carrying a case along its diagrams: start, go on, and write down what the engine says, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import lazyload

from workflows.actions.faults import Stop, told
from workflows.actions.incidents import match_incidents
from workflows.actions.opening import open_task
from workflows.actions.outside_opening import match_outside
from workflows.casework.base import new_id
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, JourneyStep, Release, Waiting
from workflows.casework.errors import RuleBroken
from workflows.casework.task import Task
from workflows.desk import PendingClocks, PendingDates, PendingMessage, PendingStart, Work
from workflows.duties import perform
from workflows.duties.clocks import put_off
from workflows.duties.consent_dates import agreed_instead
from workflows.duties.decisions import decide
from workflows.duties.intake import of_the_person
from workflows.duties.left_open import let_close
from workflows.duties.missed_reviews import contact_if_missed
from workflows.duties.register import Asking
from workflows.duties.supervision import agreed_session
from workflows.engine.filling import filled
from workflows.engine.outcome import DoneStep, Outcome
from workflows.engine.run import Run
from workflows.engine.scripting import Asked
from workflows.storage import runs
from workflows.storage.releases import release_for

MOST_FOLLOW_UPS = 200  # processes and messages that one act may set off; more is a ring of diagrams
# The tasks of a process that are open, and those of some of its steps: their case is in hand, their holder nobody asks.
_ASKED = (
    select(Task)
    .where(
        or_(
            and_(Task.case_id == bindparam("case"), Task.open),
            and_(Task.run_id == bindparam("run"), Task.step_id.in_(bindparam("steps", expanding=True))),
        )
    )
    .options(lazyload(Task.case), lazyload(Task.assignee))
)
_WAITING = select(Waiting).where(Waiting.run_id == bindparam("run"))


def start_process(work: Work, case: Case, process: str, data: Mapping[str, Any], requester_id: Any = None) -> CaseRun:
    """Start a process of the case on the release that counts for it, and carry it to its first wait."""
    release = release_for(work.session, case, work.today)
    run = CaseRun(
        case_id=case.id, process=process, release_id=release.id, requester_id=requester_id, started_at=work.now
    )
    run.happened("process started", process=process)
    work.session.add(run)
    work.session.flush()
    with told(work, case, run) as stop:
        spec = work.desk.library.spec(release.id.hex, process)
        outcome = Run.start(spec, _asked(work, case, run, stop), dict(data)).outcome()
    _write_down(work, case, run, outcome)
    return run


def go_on(work: Work, case: Case, run: CaseRun, act: Callable[[Run], Any]) -> Any:
    """Resume a process, let `act` do one thing to it, and write down where it got to. Returns what `act` returned."""
    if run.status != "running":
        raise RuleBroken("This process has ended.")
    with told(work, case, run) as stop:
        spec = work.desk.library.spec(run.release_id.hex, run.process)
        resumed = Run.resume(run.state, spec, _asked(work, case, run, stop))
        result = act(resumed)
        outcome = resumed.outcome()
    _write_down(work, case, run, outcome)
    return result


def go_over(work: Work, case: Case, run: CaseRun, release: Release, instead: Mapping[str, str]) -> Outcome:
    """Take a process over to another release of the diagrams, and write down where it stands there.

    Raises CannotMove when it cannot stand there; then the transaction has to be given up.
    """
    library, before = work.desk.library, work.session.get_one(Release, run.release_id)
    run.release_id = release.id  # whatever goes on at once asks the tables of that release
    with told(work, case, run) as stop:
        old, new = library.spec(before.id.hex, run.process), library.spec(release.id.hex, run.process)
        outcome = Run.move(run.state, old, new, _asked(work, case, run, stop), instead).outcome()
    run.moved(before.number, release.number, instead, [step.key for step in outcome.done])
    runs.rename_waiting(work.session, run.id, instead)
    _write_down(work, case, run, outcome)
    return outcome


def looked_at(work: Work, case: Case, run: CaseRun) -> Run:
    """Take up a process only to look at it; nothing moves and nothing is written down."""
    with told(work, case, run) as stop:
        spec = work.desk.library.spec(run.release_id.hex, run.process)
        return Run.resume(run.state, spec, _asked(work, case, run, stop))


def deliver(work: Work, case: Case, name: str, payload: Mapping[str, Any], only: CaseRun | None = None) -> int:
    """Give a message to every process of the case that waits for it, or to one only; returns how many took it."""
    taken = 0
    for run in runs.waiting_for(work.session, case.id, name):
        # An earlier one of these may have ended it.
        if run.status == "running" and only in (None, run):
            taken += bool(go_on(work, case, run, lambda resumed: resumed.deliver(name, dict(payload))))
    return taken


def follow_up(work: Work) -> None:
    """Start the processes and send the messages that duties asked for, until nothing is left."""
    for _ in range(MOST_FOLLOW_UPS):
        if not work.pending:
            return
        asked_for = work.pending.pop(0)
        if isinstance(asked_for, PendingStart):
            start_process(work, asked_for.case, asked_for.process, asked_for.data, asked_for.requester_id)
        elif isinstance(asked_for, PendingMessage):
            deliver(work, asked_for.case, asked_for.name, asked_for.payload)
        elif isinstance(asked_for, PendingDates | PendingClocks):
            _change_dates(work, asked_for)
        else:
            go_on(work, asked_for.case, asked_for.run, lambda resumed: None)
    raise RuleBroken("The diagrams of this case set each other off without end.")


def _change_dates(work: Work, asked_for: PendingDates | PendingClocks) -> None:
    """Let every process that waits for a date take notice: of agreed dates, or that its clocks stop or go on."""
    case = asked_for.case
    for run in runs.waiting_for_dates(work.session, case.id):
        if run.status != "running":
            continue  # an earlier one of these has ended it
        if isinstance(asked_for, PendingDates):
            go_on(work, case, run, lambda resumed: resumed.set_dates(asked_for.dates))
        else:
            go_on(work, case, run, _clocks_of(work, case, run, asked_for.stopped_at))


def _clocks_of(work: Work, case: Case, run: CaseRun, stopped_at: datetime | None) -> Callable[[Run], None]:
    """Return what a process does about its clocks: stop (which it sees by itself), or go on with what was left.

    What was left is counted from when the clocks stopped, or from when a timer began while they stood still.
    """
    waited = {one.step_id: one for one in work.session.scalars(select(Waiting).where(Waiting.run_id == run.id))}

    def turn(resumed: Run) -> None:
        if stopped_at is not None:
            resumed.restart_clocks(lambda event_id, old: new_date(event_id, old, stopped_at))

    def new_date(event_id: str, old: datetime, stopped_at: datetime) -> datetime:
        row = waited.get(event_id)
        new, counted = put_off(case.calendar, old, max(stopped_at, row.since) if row else stopped_at, work.now)
        counted = counted or (row.counted if row else None)
        if counted is not None:
            work.counted[event_id] = counted
        return new

    return turn


def _asked(work: Work, case: Case, run: CaseRun, stop: Stop) -> Asked:
    def asking(variables: Mapping[str, Any]) -> Asking:
        return Asking(work, case, run, variables)

    return Asked(
        call=lambda name, parameters, variables: perform(asking(variables), name, parameters),
        decide=lambda table, variables: decide(asking(variables), table),
        due=lambda key, variables: (
            of_the_person(asking({}), key)
            or agreed_instead(asking({}), key)
            or agreed_session(asking({}), key)
            or contact_if_missed(asking(variables), key)
            or work.wait_for(case, work.time_of(case, filled(key, variables), work.now))
        ),
        now=lambda: work.now,
        stopped=lambda: case.clocks_paused_at is not None,
        left_out={place[1:] for place in work.desk.left_out if place[0] == case.number},
        failed=stop.at,
    )


def _write_down(work: Work, case: Case, run: CaseRun, outcome: Outcome) -> None:
    """Copy what the engine says into rows: state, history, tasks, what it waits for.

    What stands there is read before anything is set, so that all of it is written at once.
    """
    if run.status != "running":  # a duty of this very step ended it
        outcome = replace(outcome, open_steps=(), waiting=(), outside=(), next_due_at=None, finished=True)
    asked, waited = _asked_so_far(work, run, outcome), _waited_so_far(work, run, outcome)
    run.state, run.next_due_at = outcome.state, outcome.next_due_at
    if not run.happenings:
        run.happened("process went on", steps=[step.key for step in outcome.done])
    work.unit.put_down(JourneyStep, *(_passed(work, run, step) for step in outcome.done))
    _match_tasks(work, case, run, outcome, asked)
    _index_waiting(work, case, run, outcome, waited)
    match_outside(work, case, run, outcome)  # before its incidents: whoever hands steps out again holds them first
    match_incidents(work, case, run, outcome)
    if outcome.finished and run.status == "running":
        run.end("finished", work.now, outcome.ended_at)
    if any(step.kind == "user" for step in outcome.done):
        let_close(work, case)


def _passed(work: Work, run: CaseRun, step: DoneStep) -> dict[str, Any]:
    return {
        "id": new_id(), "case_id": run.case_id, "run_id": run.id, "process": step.process, "key": step.key,
        "name": step.name, "kind": step.kind, "at": work.now, "by": work.actor.name,
    }  # fmt: skip


def _asked_so_far(work: Work, run: CaseRun, outcome: Outcome) -> dict[str, Task]:
    """Return the open tasks of a process and those of its open steps; not the thousands done over the years."""
    if outcome.was_open <= {step.id for step in outcome.done}:
        return {}
    asked = {"case": run.case_id, "run": run.id, "steps": [step.id for step in outcome.open_steps]}
    return {task.step_id: task for task in work.session.scalars(_ASKED, asked) if task.run_id == run.id}


def _waited_so_far(work: Work, run: CaseRun, outcome: Outcome) -> dict[str, Waiting]:
    rows = work.session.scalars(_WAITING, {"run": run.id}) if outcome.was_waiting else ()
    return {row.step_id: row for row in rows}


def _match_tasks(work: Work, case: Case, run: CaseRun, outcome: Outcome, known: Mapping[str, Task]) -> None:
    still_open = {step.id for step in outcome.open_steps}
    for step_id, task in known.items():
        if step_id not in still_open and task.open:
            task.cancel("the case moved on", work.now)
    for step in outcome.open_steps:
        if step.id not in known:
            open_task(work, case, run, step)
        elif known[step.id].status == "cancelled":
            known[step.id].reopen()


def _index_waiting(work: Work, case: Case, run: CaseRun, outcome: Outcome, before: dict[str, Waiting]) -> None:
    """Write down what the process waits for; what it goes on waiting for keeps its row and since when."""
    for event in outcome.waiting:
        row = before.pop(event.id, None)
        if row is None:
            row = Waiting(run_id=run.id, case_id=case.id, step_id=event.id, since=work.now)
            work.session.add(row)
        row.key, row.name, row.kind = event.key, event.name, event.kind
        if event.due_at is not None and event.due_at != row.due_at:
            row.rest_on(work.counted.get(event.id) or work.counted.get(event.due_at), work.now)
        row.message, row.due_at = event.message, event.due_at
    for over in before.values():
        work.session.delete(over)
