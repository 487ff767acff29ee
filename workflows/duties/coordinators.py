"""Who looks after a case: named, followed by somebody else, and asked for anew when they no longer can."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from workflows.casework.care import Action
from workflows.casework.case import Case
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import PendingStart, Work
from workflows.duties.ending_runs import cancel_run
from workflows.duties.hand_overs import hand_over
from workflows.duties.outcomes import CLOSED_ACTIONS
from workflows.duties.papers import answers
from workflows.duties.passing_notes import leave_notes_behind, let_notes_go_to
from workflows.duties.register import Asking, duty, under_way
from workflows.storage import cases, doers, runs
from workflows.storage.alleged import is_kept_from

ASKS_FOR_ANOTHER = "acm_reallocation"
COORDINATOR = "coordinator"  # so a step says that it is for whoever coordinates the case


@duty("assessment.set_coordinator")
def set_coordinator(asking: Asking) -> None:
    """Name the care coordinator whom the allocation form gives."""
    chosen = answers(asking, "F09").get("coordinator")
    staff = asking.work.session.get(StaffMember, UUID(chosen)) if chosen else None
    if staff is not None:
        take_on(asking, staff)


def take_on(asking: Asking, staff: StaffMember) -> None:
    """Let somebody coordinate the case: what waits for its care coordinator goes to them, and nobody else is sought."""
    work, case, before = asking.work, asking.case, asking.case.coordinator_id
    case.name_coordinator(staff)
    let_notes_go_to(work, case, before, staff)
    for task in _open_tasks(work, case):
        if task.properties.get("assign") == COORDINATOR and task.assignee_id in (before, None):
            who = doers.in_hand_of(work.session, staff, case, task.role, work.today)
            kept = who is not None and _is_not_for(work, task, who)
            hand_over(work, task, None if kept else who, "there is another care coordinator")
    for run in runs.running(work.session, case.id, ASKS_FOR_ANOTHER):
        if run is not asking.run:
            cancel_run(asking, run, "a care coordinator is named")


def _is_not_for(work: Work, task: Task, staff: StaffMember) -> bool:
    """Whether a step must not come into these hands: it is kept from them, or they did the one before it."""
    return is_kept_from(work.session, task, staff.id) or doers.has_to_be_another(work.session, task, staff.id)


def give_up(work: Work, case: Case, why: str) -> None:
    """Note that the care coordinator no longer looks after the case, and ask the manager for somebody else."""
    if case.coordinator_id is None:
        return
    case.lose_coordinator(why)
    ask_for_another(work, case)


def ask_for_another(work: Work, case: Case) -> None:
    """Ask the manager once to name another care coordinator."""
    if not under_way(work, case, ASKS_FOR_ANOTHER):
        work.pending.append(PendingStart(case, ASKS_FOR_ANOTHER, {"priority": case.priority}))


def take_work_from(work: Work, case: Case, staff_id: UUID, why: str) -> None:
    """Put back into the pool what a colleague was to do for the case; who coordinates it is asked anew."""
    for task in _open_tasks(work, case):
        if task.assignee_id == staff_id:
            hand_over(work, task, None, why)
    for action in cases.of_case(work.session, Action, case.id):
        if action.owner_id == staff_id and action.status not in CLOSED_ACTIONS:
            action.lose_owner(why)
    leave_notes_behind(work, case, staff_id)
    if case.coordinator_id == staff_id:
        give_up(work, case, why)


def _open_tasks(work: Work, case: Case) -> list[Task]:
    return list(work.session.scalars(select(Task).where(Task.case_id == case.id, Task.open)))
