"""What the service waits for, what found no case, and where cases stand still."""

from __future__ import annotations

from flask import render_template, request

from webapp.actor import desk, office
from webapp.guard import permission
from webapp.messages.presenters import kind_words
from webapp.operations import presenters as words
from webapp.operations.room import room
from workflows.questions import stalled as stillness
from workflows.questions import waiting as waits


@room.get("/waiting")
@permission("operations.see")
def waiting() -> str:
    """Show the dates and the news that processes wait for; of one of them, who waits for it."""
    process, key = request.args.get("process", ""), request.args.get("event", "")
    found = waits.awaited(desk())
    chosen = next((one for one in found if (one.process, one.key) == (process, key)), None)
    rows = waits.who_waits(desk(), process, key) if chosen else ()
    return render_template("operations/waiting.html", found=found, chosen=chosen, rows=rows, words=words)


@room.get("/messages")
@permission("operations.see")
def unmatched() -> str:
    """Show the messages that found no case: what kind, from where, since when."""
    found, in_all = waits.parked(desk())
    return render_template("operations/messages.html", found=found, in_all=in_all, kind_words=kind_words)


@room.get("/stalled")
@permission("operations.see")
def stalled() -> str:
    """Show where cases stand still for longer than nearly all before them, or for ever."""
    found = stillness.stalled(desk())
    return render_template("operations/stalled.html", found=found, words=words, now=office().clock.now())
