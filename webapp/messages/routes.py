"""Messages that no case took: try again, or settle by hand."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.messages import presenters
from webapp.once import acting, once
from workflows.actions import messages as acts
from workflows.casework.errors import AnswersRefused
from workflows.casework.message import WAITING
from workflows.questions import messages as asked

SETTLED = "The message is settled. Your note stands in the audit trail."
PROPOSED = "Your proposal is written down. The message is settled when a colleague agrees."

room = Blueprint("messages", __name__, url_prefix="/messages")


@room.get("")
@permission("message.settle")
def queue() -> str:
    """Show the messages that wait for somebody."""
    kind = request.args.get("kind", "")
    found = asked.parked(desk(), request.args.get("after", None, UUID), kind)
    return render_template("messages/queue.html", queue=found, kind=kind, words=presenters)


@room.get("/<uuid:message_id>")
@permission("message.settle")
def show(message_id: UUID) -> str:
    """Show one message with whom it is about; that it was seen is recorded."""
    acts.note_looked_at(desk(), message_id)
    return _page(message_id, {})


@room.post("/<uuid:message_id>/again")
@permission("message.settle")
def try_again(message_id: UUID) -> Response:
    """Try to deliver a message again."""
    done = acts.deliver_again(desk(), message_id)
    if done.status == "delivered":
        flash(f"Delivered: {f'case {done.case_number}' if done.case_number else 'a case'} has the message now.")
        return redirect(url_for("messages.queue"), 303)
    flash(f"Still not possible: {done.parked_why}", "important")
    return redirect(url_for("messages.show", message_id=message_id), 303)


@room.post("/<uuid:message_id>/settle")
@permission("message.settle")
@once
def settle(message_id: UUID) -> Response | tuple[str, int]:
    """Record what was done about a message."""
    try:
        with acting() as act:
            settled = acts.settle(
                desk(), message_id, request.form.get("how", ""),
                agrees="agree" in request.form, mistaken="mistaken" in request.form,
            )  # fmt: skip
            return act.done(url_for("messages.queue"), SETTLED if settled else PROPOSED)
    except AnswersRefused as refused:
        return _page(message_id, refused.errors), 422


def _page(message_id: UUID, errors: dict[str, str]) -> str:
    message = asked.full_message(desk(), message_id)
    return render_template(
        "messages/message.html",
        message=message,
        waits=message.status in WAITING,
        facts=presenters.facts(message),
        errors=errors,
        typed=request.form.get("how", ""),
        words=presenters,
    )
