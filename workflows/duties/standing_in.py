"""Whose step becomes somebody else's too, when none of those it is for may know of the case."""

from __future__ import annotations

from sqlalchemy import select

from workflows.casework.access import KEY_WORKER
from workflows.casework.case import Case
from workflows.casework.roles import each_of, one_of
from workflows.casework.task import Task
from workflows.desk import Work
from workflows.duties.hand_overs import hand_over
from workflows.storage import doers

# Both may know of every case of the team. A clinician stands in for the triage clinicians: what is urgent must be
# answered, and a referral read, also for somebody who shares with nobody. What asks for a profession is not widened.
STANDS_IN = {KEY_WORKER: "coordinator", "triage": "gp_lead"}


def let_stand_in(work: Work, case: Case) -> None:
    """Offer open steps that nobody can do any more, as less is shared, to whoever stands in for their role."""
    for task in work.session.scalars(select(Task).where(Task.case_id == case.id, Task.open)).all():
        stand_in = STANDS_IN.get(each_of(task.role)[0])
        if stand_in is None or doers.doers(work.session, task, work.today):
            continue
        if task.assignee is not None:
            hand_over(work, task, None, "they may not know of the case any more")
        if not doers.doers(work.session, task, work.today):
            task.offer_to(one_of(each_of(task.role)[0], ",".join((*each_of(task.role)[1:], stand_in))))
