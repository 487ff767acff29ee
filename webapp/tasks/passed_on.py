"""A task somebody still had open when its case went out of their reach: that is said, and what they typed is kept."""

from __future__ import annotations

from uuid import UUID

from flask import jsonify, make_response, render_template, request
from werkzeug.wrappers import Response

from webapp import errors
from webapp.actor import desk
from webapp.sent_forms import answers, read_sent, with_own_draft
from webapp.tasks.presenters import passed_on_line
from webapp.tasks.typed import answered, draft_place, said_again
from webapp.tasks.windows import typed_elsewhere
from webapp.windows import page_sent
from workflows.actions import drafts
from workflows.casework.errors import NotFound, NotShared
from workflows.questions.left_over import left_over
from workflows.questions.task_form import PassedOn, Typed, passed_on, typed_before


def not_here(error: NotFound) -> Response:
    """Answer for a task that its reader may not see any more; any other stays as if it did not exist."""
    task_id = (request.view_args or {}).get("task_id")
    task = passed_on(desk(), task_id, draft_place(task_id)) if isinstance(task_id, UUID) else None
    if task is None or task_id is None:
        return errors.casework_page(error)
    return _out_of_reach(task_id, task, passed_on_line(task))


def not_shared(error: NotShared) -> Response:
    """Answer for a task of a case that is not shared with its reader (any more); what they had typed is kept."""
    task_id = (request.view_args or {}).get("task_id")
    task = typed_before(desk(), task_id, draft_place(task_id)) if isinstance(task_id, UUID) else None
    if task is None or task_id is None or not (task.found.draft_at or answered(answers())):
        return errors.casework_page(error)
    return _out_of_reach(task_id, task, str(error))


def _out_of_reach(task_id: UUID, task: PassedOn, why: str) -> Response:
    typed = _kept(task_id, task)
    if errors.wants_json():
        kept = " What you typed is kept as your draft." if typed else ""
        return make_response(jsonify(status=409, detail=why + kept), 409)
    elsewhere = typed_elsewhere(task_id, task.found, draft_place(task_id))
    shown = render_template(
        "tasks/passed_on.html", task=task, why=why, typed=said_again(task.found, typed), elsewhere=elsewhere
    )
    return make_response(shown, 409)


def _kept(task_id: UUID, task: PassedOn) -> Typed:
    """Keep what the page sent as its writer's own draft; return that, or what was kept before."""
    if not answered(answers()) or (task.ended_by_me and not left_over(desk(), task_id, answers()).raw):
        return task.found.raw
    about, form = draft_place(task_id), task.found.form
    sent = read_sent(form, with_own_draft(about, form)).raw
    drafts.save_draft(desk(), about, form.key, form.version, sent, page_sent())
    return sent
