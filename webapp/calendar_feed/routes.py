"""One's own due dates in one's own calendar: a private address, made and ended here, and what is read there."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, Response, flash, g, redirect, render_template, request, url_for
from flask_limiter import Limiter
from werkzeug.wrappers import Response as AnyResponse

from webapp.actor import desk, office, recognise
from webapp.api import window
from webapp.calendar_feed.presenters import calendar_of, mark_of
from webapp.guard import permission, public
from webapp.once import acting, once
from workflows.actions.calendar_feed import end_feed, make_feed
from workflows.actions.seeing import note_list_seen
from workflows.questions import calendar_feed

room = Blueprint("calendar_feed", __name__)
FROM_ONE_PLACE = "600 per minute"  # a whole hospital, and the servers of a mail provider, each ask from one address
SHOWN_ONCE = "The address was made and shown, once. If you have not copied it, make another."
TEXT = "text/plain; charset=utf-8"


@room.get("/account/calendar")
@permission("inbox")
def own() -> str:
    """Show whether one has a calendar address."""
    return render_template("account/calendar.html", since=calendar_feed.address_since(desk()))


@room.post("/account/calendar")
@permission("inbox")
@once
def make() -> str:
    """Make an address, show it this once, and end the one before."""
    with acting() as act:
        secret = make_feed(desk())
        act.keep(url_for("calendar_feed.own"), SHOWN_ONCE)
    path = url_for("calendar_feed.read", secret=secret)
    return render_template("account/calendar_made.html", address=f"{office().settings.base_url}{path}")


@room.post("/account/calendar/end")
@permission("inbox")
def end() -> AnyResponse:
    """End one's address at once."""
    end_feed(desk())
    flash("The address has ended. Calendars that read it are told nothing more; delete it there, too.")
    return redirect(url_for("calendar_feed.own"), 303)


@room.get("/calendar/<secret>.ics")
@public
def read(secret: str) -> Response:
    """Tell a calendar what is due; one answer for every address that does not count, whatever the reason."""
    owner = calendar_feed.whose(office().desk(), secret)
    if owner is None:
        return _private(Response("There is no calendar at this address.\n", 404, content_type=TEXT))
    recognise(owner)
    found = calendar_feed.entries(desk())
    answer = Response(calendar_of(found, office().settings.base_url, office().clock.now()), mimetype="text/calendar")
    answer.set_etag(mark_of(found), weak=True)  # the same but for the moment at which it was written
    answer.make_conditional(request)
    g.one_reader_keeps = True
    if answer.status_code == 200:
        note_list_seen(desk(), "calendar", {one.case_number for one in found})
    return _private(answer)


def _private(answer: Response) -> Response:
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _limit(app: Flask) -> None:
    limiter = Limiter(_from_where, storage_uri=f"{window.SCHEME}://", strategy="moving-window", headers_enabled=True)
    limiter.limit(lambda: str(app.config.get("FEED_RATE", FROM_ONE_PLACE)))(room)
    limiter.init_app(app)


def _from_where() -> str:
    return request.remote_addr or ""


room.record(lambda state: _limit(cast("Flask", state.app)))
