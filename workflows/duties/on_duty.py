"""Who is on duty for a task at this moment: whom the rota names or, where it names nobody, the triage clinicians."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from workflows.casework.duty_rota import WHERE_NOBODY_IS
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Work
from workflows.duties.routes import asked_first, taking_over
from workflows.storage import doers
from workflows.storage.alleged import besides_those_named
from workflows.storage.duty_rota import on_duty
from workflows.storage.routes import route_of_case


def on_duty_for(work: Work, task: Task) -> Sequence[StaffMember]:
    """Return who is on duty for a task: for its team, otherwise for the whole programme, and may know of it.

    Where the rota names nobody who is here and may know of it: the triage clinicians, failing them the GP lead.
    """
    session, case = work.session, task.case
    for named in on_duty(session, task.programme_id, _teams(work, task), work.today):
        asked = doers.may_be_asked(session, named, case, work.today)
        if told := besides_those_named(session, task, asked):
            return told
    return asked_first(session, WHERE_NOBODY_IS, case, task.team_id, work.today)


def _teams(work: Work, task: Task) -> Collection[UUID | None]:
    """The team of a task; before its case has one, that of the person’s practice, see `routes.pool_of`."""
    if task.team_id is not None:
        return (task.team_id,)
    return [taking_over(team) for team in route_of_case(work.session, task.case, work.today).teams]
