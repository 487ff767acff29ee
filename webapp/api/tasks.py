"""Tasks for other systems: read, claim, give back, complete, take back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from webapp.actor import desk
from webapp.api.once import once
from webapp.api.paging import next_link
from webapp.api.room import CHANGING, door, gives, route, takes
from webapp.api.schemas import Completion, TaskDoneSchema, TaskPageSchema, TaskQuery, TaskSchema
from workflows.actions import tasks as acts
from workflows.actions.seeing import note_list_seen, note_task_seen
from workflows.actions.taking_back import take_back as take_back_task
from workflows.questions import api as asked


@route("/tasks", "tasks")
@door("tasks:read", 422)
@takes(TaskQuery, "query")
@gives(TaskPageSchema)
def list_tasks(query: dict[str, Any]) -> Any:
    """List open tasks by due time: all that may be seen, one’s own, or those in one’s pool."""
    page = asked.tasks(desk(), asked.TaskWanted(**query))
    note_list_seen(desk(), "tasks (API)", (one.case_number for one in page.items))
    return {"items": page.items, "next": next_link(page.next_after)}


@route("/tasks/<uuid:task_id>", "tasks")
@door("tasks:read", 404)
@gives(TaskSchema)
def one_task(task_id: UUID) -> Any:
    """Read one task, open or not; that it was seen goes into the audit trail of its case."""
    found = asked.task(desk(), task_id)
    note_task_seen(desk(), task_id, "API")
    return found


@route("/tasks/<uuid:task_id>/claim", "tasks", "POST")
@door("tasks:write", 404, *CHANGING)
@once
@gives(TaskSchema)
def claim(task_id: UUID) -> Any:
    """Claim a task from the pool; 409 when somebody was faster."""
    acts.claim_task(desk(), task_id)
    return asked.task(desk(), task_id)


@route("/tasks/<uuid:task_id>/release", "tasks", "POST")
@door("tasks:write", 404, *CHANGING)
@once
@gives(TaskSchema)
def release(task_id: UUID) -> Any:
    """Give a task back to the pool."""
    acts.release_task(desk(), task_id)
    return asked.task(desk(), task_id)


@route("/tasks/<uuid:task_id>/complete", "tasks", "POST")
@door("tasks:write", 404, *CHANGING)
@once
@takes(Completion)
@gives(TaskDoneSchema)
def complete(told: dict[str, Any], task_id: UUID) -> Any:
    """Complete a task with the answers of its form; 409 when somebody was faster, or it has other answers already."""
    return acts.complete_as_told(desk(), task_id, told["answers"])


@route("/tasks/<uuid:task_id>/take-back", "tasks", "POST")
@door("tasks:write", 404, *CHANGING)
@once
@gives(TaskSchema)
def take_back(task_id: UUID) -> Any:
    """Take back a task one has completed; 409 says in a sentence what stands in the way."""
    take_back_task(desk(), task_id)
    return asked.task(desk(), task_id)
