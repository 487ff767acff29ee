"""Waiting for the referrer at a task: what they were asked, and what came of it."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk, office
from webapp.guard import permission
from webapp.once import acting, once
from webapp.tasks import presenters as words
from webapp.tasks.room import room
from workflows.actions import asking_referrer
from workflows.casework.errors import AnswersRefused
from workflows.questions.referrer_wait import referrer_wait
from workflows.questions.task_page import task_page

STOPPED = "The clock of “{}” stands still until the referrer answers. You are reminded if they do not."
GOES_ON = "“{}” does not wait for the referrer any more."


@room.get("/tasks/<uuid:task_id>/referrer")
@permission("inbox")
def of_referrer(task_id: UUID) -> str:
    """Ask what the referrer was asked, or what they answered."""
    return _page(task_id, {})


@room.post("/tasks/<uuid:task_id>/referrer/asked")
@permission("inbox")
@once
def ask_referrer(task_id: UUID) -> Response | tuple[str, int]:
    """Stop the clock of a task until the referrer answers."""
    name = task_page(desk(), task_id).name
    try:
        with acting() as act:
            asking_referrer.ask_referrer(desk(), task_id, _typed("what"))
            return act.done(url_for("tasks.show", task_id=task_id), STOPPED.format(name))
    except AnswersRefused as refused:
        return _page(task_id, refused.errors), 422


@room.post("/tasks/<uuid:task_id>/referrer/answered")
@permission("inbox")
@once
def referrer_answered(task_id: UUID) -> Response | tuple[str, int]:
    """Let the clock of a task go on."""
    name = task_page(desk(), task_id).name
    try:
        with acting() as act:
            asking_referrer.referrer_answered(desk(), task_id, _typed("came"))
            return act.done(url_for("tasks.show", task_id=task_id), GOES_ON.format(name))
    except AnswersRefused as refused:
        return _page(task_id, refused.errors), 422


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "")


def _page(task_id: UUID, errors: dict[str, str]) -> str:
    task, now = task_page(desk(), task_id), office().clock.now()
    return render_template(
        "tasks/referrer.html",
        task=task,
        due=words.due_line(task, now),
        left=words.left_line(task, now),
        wait=referrer_wait(desk(), task_id),
        typed=request.form,
        errors=errors,
    )
