"""One task: what is asked of me, and what do I already know?"""

from __future__ import annotations

import io
from collections.abc import Mapping
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk, office
from webapp.guard import permission
from webapp.inbox import presenters as inbox_words
from webapp.letters import presenters as letter_words
from webapp.sent_forms import Sent, answers, checked
from webapp.tasks import clock, handover_words, referrer, undoing
from webapp.tasks import presenters as words
from webapp.tasks.invited_words import invited_line
from webapp.tasks.passed_on import not_here, not_shared
from webapp.tasks.room import room
from webapp.tasks.typed import draft_place, keep_draft, keep_if_typed, place_of_change, said_again, sent_answers
from webapp.tasks.windows import left_elsewhere, typed_elsewhere
from webapp.windows import BOTH_KEPT, of_this_window, other_windows, window_of
from workflows.actions import attachments, drafts
from workflows.actions import filters as keeping
from workflows.actions import tasks as acts
from workflows.actions.seeing import note_seen
from workflows.casework.errors import AnswersRefused, CaseworkError, Colleagues, LookAgain, NotFound, NotShared
from workflows.questions import inbox
from workflows.questions.handover import HANDOVER, handover_for
from workflows.questions.known import known_for
from workflows.questions.left_over import left_over
from workflows.questions.taking_back import taking_back
from workflows.questions.task_form import TaskForm, Typed, completed_form, draft_name, task_form
from workflows.questions.task_page import TaskPage, afterwards, task_page

Told = Mapping[str, str]  # by the input of a question, a sentence about it
NOTHING: Told = {}

__all__ = ["clock", "referrer", "room", "undoing"]

room.register_error_handler(NotFound, not_here)
room.register_error_handler(NotShared, not_shared)


@room.get("/tasks/<uuid:task_id>")
@permission("inbox")
def show(task_id: UUID) -> str:
    """Show a task with its form, or who completed it."""
    task = task_page(desk(), task_id)
    note_seen(desk(), "task seen", "Task", task.case_id, task=task.name)
    found = task_form(desk(), task_id, "earlier" in request.args, draft_place(task_id))
    if task.status != "open":
        return _closed(task, found)
    if found.begun_with_it and found.earlier:
        page = f"assessment, as a beginning for that of {task.case_number}"
        note_seen(desk(), "record seen", "Case", found.earlier.case_id, page=page)
    return _page(task, found, found.raw, {})


@room.post("/tasks/<uuid:task_id>/autosave")
@permission("inbox")
def autosave(task_id: UUID) -> Response | tuple[Response, int]:
    """Keep what is being typed, without being asked. Says when it was kept."""
    task = task_page(desk(), task_id)
    if task.ended_by_me and not left_over(desk(), task_id, answers()).raw:
        return jsonify(detail=words.ended_line(task)), 409  # it was still on its way when the form was completed
    saved_at = keep_draft(task, sent_answers(task, desk().forms.form(task.form_key)).raw)
    apart = draft_place(task_id) != of_this_window(draft_name(task_id))
    note = words.ended_line(task) if task.status != "open" else BOTH_KEPT if apart else ""
    return jsonify(saved_at=inbox_words.draft_time(saved_at, saved_at), note=note)


@room.post("/tasks/<uuid:task_id>/keep")
@permission("inbox")
def keep(task_id: UUID) -> Response | tuple[str, int]:
    """Keep the draft and stay; a row is added or removed where that was asked for, or a file taken out."""
    task = task_page(desk(), task_id)
    form = desk().forms.form(task.form_key)
    sent = sent_answers(task, form)
    keep_draft(task, sent.raw)
    if sent.faults:
        return _page(task, _form_here(task_id), sent.raw, sent.faults), 422
    place = place_of_change(form, sent.raw, request.form.get("add", ""), request.form.get("remove", ""))
    return redirect(url_for("tasks.show", task_id=task_id, draft=_window(task_id), _anchor=place), 303)


@room.post("/tasks/<uuid:task_id>/save")
@permission("inbox")
def save(task_id: UUID) -> Response | tuple[str, int]:
    """Keep the draft and go back to the inbox."""
    task = task_page(desk(), task_id)
    sent = sent_answers(task, desk().forms.form(task.form_key))
    if sent.faults:
        keep_draft(task, sent.raw)
        return _page(task, _form_here(task_id), sent.raw, sent.faults), 422
    kept = keep_if_typed(task, sent.raw)
    flash(
        f"Your draft of “{task.name}” is kept. Nobody else sees it." if kept else "Nothing was typed, nothing is kept."
    )
    return redirect(url_for("inbox.show"), 303)


@room.post("/tasks/<uuid:task_id>/complete")
@permission("inbox")
def complete(task_id: UUID) -> Response | tuple[str, int]:
    """Complete the task; what is wrong is said, what is unusual is asked once, what was typed is kept."""
    task = task_page(desk(), task_id)
    sent = sent_answers(task, desk().forms.form(task.form_key))
    try:
        if sent.faults:
            raise AnswersRefused(sent.faults)
        done = acts.complete_task(desk(), task_id, sent.raw, checked(), draft_place(task_id))
    except AnswersRefused as refused:
        return _shown_again(task_id, sent, refused.errors, colleagues=refused.colleagues)
    except LookAgain as doubt:
        return _shown_again(task_id, sent, {}, doubt.warnings, doubt.colleagues)
    except CaseworkError as refusal:
        return _overtaken(task_id, sent.raw, str(refusal))
    if done.again and left_over(desk(), task_id, sent.raw).raw:
        return _overtaken(task_id, sent.raw, "")
    now = office().clock.now()
    after = afterwards(desk(), done.case_number)
    flash(words.done_words(done, task_id, after, inbox.next_task(desk()), now, invited_line(task_id)))
    if left_elsewhere(task_id, desk().forms.form(task.form_key), draft_place(task_id)):
        flash(words.kept_elsewhere(task))
    return redirect(url_for("inbox.show"), 303)


@room.post("/tasks/<uuid:task_id>/claim")
@permission("inbox")
def claim(task_id: UUID) -> Response | tuple[str, int]:
    """Claim and start; what was typed before is kept."""
    task = task_page(desk(), task_id)
    sent = sent_answers(task, desk().forms.form(task.form_key))
    keep_if_typed(task, sent.raw)
    try:
        acts.claim_task(desk(), task_id)
    except CaseworkError as refusal:
        return _overtaken(task_id, sent.raw, str(refusal))
    flash("The task is yours.")
    return redirect(url_for("tasks.show", task_id=task_id, draft=_window(task_id)), 303)


@room.post("/tasks/<uuid:task_id>/hand-over")
@permission("inbox")
def hand_over(task_id: UUID) -> Response:
    """Keep what was typed, then ask to whom; `cannot`: whoever holds the task cannot do it."""
    keep_if_typed(task_page(desk(), task_id))
    cannot = request.args.get("cannot")
    return redirect(url_for("inbox.ask_hand_over", task=task_id, cannot="yes" if cannot else None), 303)


@room.get("/tasks/<uuid:task_id>/discard")
@permission("inbox")
def ask_discard(task_id: UUID) -> str:
    """Ask before a draft is thrown away."""
    task, found = task_page(desk(), task_id), _form_here(task_id)
    if found.draft_at is None:
        raise NotFound("You have no draft here.")
    typed = said_again(found, found.raw)
    return render_template("tasks/discard.html", task=task, typed=typed, window=_window(task_id))


@room.post("/tasks/<uuid:task_id>/discard")
@permission("inbox")
def discard(task_id: UUID) -> Response:
    """Throw one's own draft away."""
    task = task_page(desk(), task_id)
    if drafts.discard_draft(desk(), draft_place(task_id)):
        flash("Your draft is thrown away.")
    address = url_for("tasks.show", task_id=task_id) if task.status == "open" else url_for("inbox.show")
    return redirect(address, 303)


@room.post("/tasks/<uuid:task_id>/watch")
@permission("inbox")
def watch(task_id: UUID) -> Response:
    """Keep an eye on the task's case, or stop doing so."""
    task = task_page(desk(), task_id)
    keep_if_typed(task)
    if request.args.get("stop"):
        keeping.unwatch_case(desk(), task.case_number)
        flash(f"You no longer watch {task.case_number}.")
    else:
        keeping.watch_case(desk(), task.case_number)
        flash(f"You watch {task.case_number}: its open tasks stand under “Watching” in your inbox.")
    return redirect(url_for("tasks.show", task_id=task_id, draft=_window(task_id)), 303)


@room.get("/attachments/<uuid:attachment_id>")
@permission("case.see")
def attachment(attachment_id: UUID) -> Response:
    """Hand out a file; that it was seen is recorded."""
    opened = attachments.open_attachment(desk(), attachment_id)
    return send_file(
        io.BytesIO(opened.content), mimetype=opened.media_type, as_attachment=True, download_name=opened.name
    )


def _page(
    task: TaskPage,
    found: TaskForm,
    raw: Typed,
    errors: Told,
    warnings: Told = NOTHING,
    colleagues: Colleagues | None = None,
) -> str:
    now, about = office().clock.now(), draft_place(task.id)
    return render_template(
        "tasks/task.html",
        task=task,
        found=found,
        raw=raw,
        errors=errors,
        warnings=warnings,
        seen_before=checked(),
        joined=words.joined_line(colleagues) if colleagues else "",
        known=known_for(desk(), task.id),
        handover=handover_for(desk(), task.id) if task.form_key == HANDOVER else None,
        due=words.due_line(task, now),
        holder=words.holder_line(task),
        **clock.reminders_of(task),
        draft=words.draft_line(found, now),
        about=about,
        window=window_of(about),
        others=other_windows(about, now, lambda window: url_for("tasks.show", task_id=task.id, draft=window)),
        typed=said_again(found, found.raw) if found.draft_at else [],
        watched=inbox.watches(desk(), task.case_id),
        case_page=words.case_page(task),
        process_page=words.case_page(task, inbox_words.PROCESS_PAGE),
        words=words,
        letter_words=letter_words,
        handover_words=handover_words,
    )


def _closed(task: TaskPage, found: TaskForm) -> str:
    left = left_over(desk(), task.id, found.raw if found.draft_at else {})
    return render_template(
        "tasks/closed.html",
        task=task,
        ended=words.ended_line(task),
        back=taking_back(desk(), task.id),
        answers_given=completed_form(desk(), task.id),
        typed=said_again(found, left.raw),
        elsewhere=typed_elsewhere(task.id, found, draft_place(task.id)),
        window=_window(task.id),
        ways=words.ways_to_add(task, left),
        known=known_for(desk(), task.id),
        next=words.what_happens_next(afterwards(desk(), task.case_number), office().clock.now()),
        case_page=words.case_page(task),
        words=words,
    )


def _shown_again(
    task_id: UUID, sent: Sent, errors: Told, warnings: Told = NOTHING, colleagues: Colleagues | None = None
) -> tuple[str, int]:
    """The form again with what is wrong or unusual; unless the task was completed meanwhile, which matters more.

    Where colleagues have filled it in too, it shows the words of all; the draft stays as it was sent, so that whoever
    turns away from this page is asked again.
    """
    task = task_page(desk(), task_id)
    if task.status != "open":
        return _overtaken(task_id, sent.raw, "")
    keep_draft(task, sent.raw)
    raw = (colleagues.typed if colleagues else None) or sent.raw
    return _page(task, _form_here(task_id), raw, errors, warnings, colleagues), 422 if errors else 200


def _overtaken(task_id: UUID, raw: Typed, why: str) -> tuple[str, int]:
    """Somebody was faster, or it may not be: who and when, and what was typed, so that nothing is lost."""
    task = task_page(desk(), task_id)
    kept = keep_if_typed(task, raw)
    left = left_over(desk(), task_id, raw if kept else {})
    found = _form_here(task_id)
    shown = render_template(
        "tasks/overtaken.html",
        task=task,
        why=why if task.status == "open" else words.ended_line(task),
        faster=words.faster(task),
        typed=said_again(found, left.raw),
        elsewhere=typed_elsewhere(task_id, found, draft_place(task_id)),
        window=_window(task_id),
        ways=words.ways_to_add(task, left),
        known=known_for(desk(), task_id),
        case_page=words.case_page(task),
    )
    return shown, 409


def _form_here(task_id: UUID) -> TaskForm:
    return task_form(desk(), task_id, about=draft_place(task_id))


def _window(task_id: UUID) -> str | None:
    return window_of(draft_place(task_id))
