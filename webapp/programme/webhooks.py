"""Addresses of other systems that are told when tasks come to rungs: registered, tested, paused, taken away."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import desk
from webapp.guard import permission
from webapp.notice_words import notice_words
from webapp.once import acting, once
from webapp.programme.room import room
from webapp.programme.webhook_words import LEVELS_TO_CHOOSE, asked_words, call_words, example
from workflows.actions import webhooks as changes
from workflows.casework.errors import AnswersRefused
from workflows.casework.ladder import NAMES
from workflows.questions import programmes
from workflows.questions import webhooks as question

SHOWN_ONCE = "The secret was made and shown, once. If nobody has copied it, make another."


@room.get("/<key>/webhooks")
@permission("programme.manage")
def webhooks(key: str) -> str:
    """List the addresses that are told, and ask for another."""
    return _page(key, {})


@room.post("/<key>/webhooks")
@permission("programme.manage")
@once
def register_webhook(key: str) -> str | tuple[str, int]:
    """Register an address, and show its secret this once."""
    typed = request.form
    new = changes.NewWebhook(
        typed.get("name", ""), typed.get("address", ""), typed.getlist("ladders"), typed.get("from_level", "")
    )
    try:
        with acting() as act:
            made = changes.register(desk(), key, new)
            act.keep(url_for("programme.webhook", key=key, webhook_id=made.id), SHOWN_ONCE)
    except AnswersRefused as refused:
        return _page(key, refused.errors), 422
    return _secret(key, made)


@room.get("/<key>/webhooks/<uuid:webhook_id>")
@permission("programme.manage")
def webhook(key: str, webhook_id: UUID) -> str:
    """Show an address with its last calls, and what can be done."""
    found, calls = question.address(desk(), key, webhook_id)
    return render_template(
        "programme/webhook.html",
        page=programmes.programme(desk(), key),
        found=found,
        calls=calls,
        asked_words=asked_words,
        call_words=call_words,
        notice_words=notice_words,
        example=example(key),
    )


@room.post("/<key>/webhooks/<uuid:webhook_id>/test")
@permission("programme.manage")
@once
def try_webhook(key: str, webhook_id: UUID) -> Response:
    """Send a test."""
    with acting() as act:
        changes.send_test(desk(), key, webhook_id)
        said = "A test is on its way. Look again in half a minute: what was answered stands under the last calls."
        return act.done(url_for("programme.webhook", key=key, webhook_id=webhook_id), said)


@room.post("/<key>/webhooks/<uuid:webhook_id>/secret")
@permission("programme.manage")
@once
def another_secret(key: str, webhook_id: UUID) -> str:
    """Make another secret, and show it this once."""
    with acting() as act:
        made = changes.make_secret(desk(), key, webhook_id)
        act.keep(url_for("programme.webhook", key=key, webhook_id=webhook_id), SHOWN_ONCE)
    return _secret(key, made)


@room.post("/<key>/webhooks/<uuid:webhook_id>/pause")
@permission("programme.manage")
def pause_webhook(key: str, webhook_id: UUID) -> Response:
    """Tell the address nothing until it may go on."""
    changes.pause(desk(), key, webhook_id)
    flash("Paused. Nothing is told to it until you let it go on, and what comes meanwhile is not told later.")
    return redirect(url_for("programme.webhook", key=key, webhook_id=webhook_id), 303)


@room.post("/<key>/webhooks/<uuid:webhook_id>/go-on")
@permission("programme.manage")
def let_webhook_go_on(key: str, webhook_id: UUID) -> Response:
    """Tell the address again."""
    changes.go_on(desk(), key, webhook_id)
    flash("It is told again of what comes from now on.")
    return redirect(url_for("programme.webhook", key=key, webhook_id=webhook_id), 303)


@room.post("/<key>/webhooks/<uuid:webhook_id>/end")
@permission("programme.manage")
def end_webhook(key: str, webhook_id: UUID) -> Response:
    """Tell the address nothing any more."""
    changes.take_away(desk(), key, webhook_id)
    flash("The address is taken away: nothing is told to it any more.")
    return redirect(url_for("programme.webhooks", key=key), 303)


def _page(key: str, errors: dict[str, str]) -> str:
    return render_template(
        "programme/webhooks.html",
        page=programmes.programme(desk(), key),
        here="webhooks",
        addresses=question.addresses(desk(), key),
        asked_words=asked_words,
        ladders=list(NAMES.items()),
        levels=LEVELS_TO_CHOOSE,
        typed=request.form,
        errors=errors,
    )


def _secret(key: str, made: changes.MadeSecret) -> str:
    return render_template("programme/webhook_secret.html", page=programmes.programme(desk(), key), made=made)
