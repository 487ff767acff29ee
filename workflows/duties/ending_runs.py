"""Ending the other processes of a case at once, so that no task, timer or message of theirs survives."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from workflows.casework.diagram import CaseRun
from workflows.casework.task import Task
from workflows.desk import PendingReturn, PendingStart
from workflows.duties.register import Asking
from workflows.storage import incidents, runs


def end_other_runs(asking: Asking, why: str, keep: Collection[str] = ()) -> None:
    """Cancel every running process of the case except the one that asks and those of the kinds to `keep`."""
    for run in runs.running(asking.work.session, asking.case.id):
        if run is not asking.run and run.process not in keep:
            cancel_run(asking, run, why)
    asking.work.pending[:] = [
        one for one in asking.work.pending if not (isinstance(one, PendingStart) and one.case is asking.case)
    ]


def cancel_run(asking: Asking, run: CaseRun, why: str) -> None:
    """Cancel one process: its tasks are taken from the inbox and nothing wakes it any more."""
    open_tasks = select(Task).where(Task.run_id == run.id, Task.open)
    for task in asking.work.session.scalars(open_tasks).all():
        task.cancel(why, asking.work.now)
    for outside in runs.held_outside(asking.work.session, run.id):
        outside.cancel(why, asking.work.now)
    runs.forget_waiting(asking.work.session, run.id)
    incidents.close_all(asking.work.session, run, asking.work.now)
    run.cut_off(asking.work.now)


def leave_ended(asking: Asking) -> None:
    """Let what an earlier ending cut off stay ended, whatever becomes of the ending that begins now."""
    for run in _cut_off(asking):
        run.stay_ended()


def take_up_again(asking: Asking) -> None:
    """Let every process go on that the ending cut off; their tasks come back as they were."""
    for run in _cut_off(asking):
        run.take_up_again()
        asking.work.pending.append(PendingReturn(asking.case, run))


def _cut_off(asking: Asking) -> Sequence[CaseRun]:
    query = select(CaseRun).where(CaseRun.case_id == asking.case.id, CaseRun.before_ending.is_not(None))
    return asking.work.session.scalars(query.order_by(CaseRun.id).with_for_update()).all()
