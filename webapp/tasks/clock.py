"""Reminders of a task: saying that one knows of it, putting them off, and the list of what one was told of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk, office
from webapp.guard import permission
from webapp.ladder_words import agenda_words, clock_lines, level_words, told_state
from webapp.once import acting, once
from webapp.tasks import presenters as words
from webapp.tasks.room import room
from webapp.typed_days import wanted_day
from workflows.actions import putting_off
from workflows.actions.seeing import note_list_seen, note_told_seen
from workflows.casework.errors import AnswersRefused
from workflows.questions.agenda_round import agendas_ready
from workflows.questions.referrer_wait import referrer_wait
from workflows.questions.task_clock import put_off_at_most, task_clock
from workflows.questions.task_page import TaskPage, task_page
from workflows.questions.told import new_ones, told

KNOWN = "It is noted that you know of “{}”. It stays due; reminders that only make sure that somebody knows stop."
PUT_OFF = "Reminders of “{}” wait until 09:00 on the day you chose. It stays due, and the last step comes all the same."


@room.get("/told")
@permission("inbox")
def told_of() -> str:
    """Show of what one was told; what is shown counts as seen from then on."""
    found = told(desk(), open_only=request.args.get("show") != "all")
    note_list_seen(desk(), "told", {one.case_number for one in found.rows})
    note_told_seen(desk(), new_ones(found.rows))
    now = office().clock.now()
    ready = agendas_ready(desk())
    return render_template(
        "tasks/told.html", found=found, ready=ready, now=now, level_words=level_words, state=told_state
    )


@room.post("/tasks/<uuid:task_id>/known")
@permission("inbox")
def known(task_id: UUID) -> Response:
    """Say that one knows of a task. Twice is once."""
    name = task_page(desk(), task_id).name
    putting_off.know_of(desk(), task_id)
    flash(KNOWN.format(name))
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@room.get("/tasks/<uuid:task_id>/put-off")
@permission("inbox")
def ask_put_off(task_id: UUID) -> str:
    """Ask until when reminders wait, and why."""
    return _page(task_id, {})


@room.post("/tasks/<uuid:task_id>/put-off")
@permission("inbox")
@once
def put_off(task_id: UUID) -> Response | tuple[str, int]:
    """Put the reminders of a task off."""
    name, why = task_page(desk(), task_id).name, request.form.get("why", "").replace("\x00", "")
    try:
        until = wanted_day(request.form, "until")
        with acting() as act:
            putting_off.put_off(desk(), task_id, until, why)
            return act.done(url_for("tasks.show", task_id=task_id), PUT_OFF.format(name))
    except AnswersRefused as refused:
        return _page(task_id, refused.errors), 422


def reminders_of(task: TaskPage) -> dict[str, Any]:
    """Return how the clock of a task stands, as its page shows it: reminders, what is left, and its referrer."""
    found = task_clock(desk(), task.id)
    return {
        "clock": found,
        "clock_lines": clock_lines(found, task.overdue),
        "agenda_words": agenda_words,
        "left": words.left_line(task, office().clock.now()),
        "wait": referrer_wait(desk(), task.id),
    }


def _page(task_id: UUID, errors: dict[str, str]) -> str:
    task = task_page(desk(), task_id)
    return render_template(
        "tasks/put_off.html",
        task=task,
        due=words.due_line(task, office().clock.now()),
        clock=task_clock(desk(), task_id),
        last_day=put_off_at_most(desk(), task_id),
        typed=request.form,
        errors=errors,
    )
