"""A task comes into other hands: whoever has it now hears of it as its ladder says."""

from __future__ import annotations

from workflows.casework.ladder import DAILY
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Work
from workflows.duties.rungs import set_next_rung
from workflows.storage import nudges


def hand_over(work: Work, task: Task, to: StaffMember | None, why: str) -> None:
    """Hand a task to a colleague, or to the pool (`to` None), with a reason."""
    task.reassign(to, work.actor.name, why)
    remind_anew(work, task)


def remind_anew(work: Work, task: Task) -> None:
    """Work out when somebody is told of a task next, now that nothing holds its reminders back any more."""
    set_next_rung(task, work.now)
    for nudge in nudges.waiting(work.session, task.id):
        if nudge.pace == DAILY:
            nudge.tell_at = min(nudge.tell_at, work.now)
