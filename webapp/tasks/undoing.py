"""Taking back what one has completed oneself."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.tasks.room import room
from workflows.actions import taking_back as acts
from workflows.casework.errors import NotAllowed, StandsInTheWay


@room.post("/tasks/<uuid:task_id>/take-back")
@permission("inbox")
def take_back(task_id: UUID) -> Response:
    """Take a completed task back and show it, open again; or say what stands in the way."""
    try:
        taken = acts.take_back(desk(), task_id)
    except (NotAllowed, StandsInTheWay) as refusal:
        flash(f"Nothing was taken back. {refusal}", "important")
    else:
        before = "You had already taken back" if taken.again else "Taken back:"
        flash(f"{before} “{taken.task_name}”. It is open again as it was before, with what you typed as your draft.")
    return redirect(url_for("tasks.show", task_id=task_id), 303)
