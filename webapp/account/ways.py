"""By which ways one is told: what there is to choose, and choosing."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.account.room import room
from webapp.actor import desk
from webapp.guard import permission
from workflows.actions.ways import Wish, choose_ways
from workflows.casework.errors import AnswersRefused
from workflows.casework.ladder import PACES
from workflows.casework.ways import TEXT, WAYS, as_dialled
from workflows.questions.ways import OwnWays, own_ways


@room.get("/told")
@permission("inbox")
def told() -> str:
    """Show by which ways one is told of what, and the form to choose others."""
    found = own_ways(desk())
    ticked = {"at_once": found.at_once, "daily": found.daily}
    return _page(found, ticked, as_dialled(found.mobile), {})


@room.post("/told")
@permission("inbox")
def be_told() -> Response | tuple[str, int]:
    """Be told by other ways from now on."""
    ticked = {name: tuple(request.form.getlist(name)) for name in ("at_once", "daily")}
    mobile = request.form.get("mobile", "")
    try:
        choose_ways(desk(), Wish(ticked["at_once"], ticked["daily"], mobile))
    except AnswersRefused as refused:
        return _page(own_ways(desk()), ticked, mobile, refused.errors), 422
    flash("Kept. It counts for everything that comes from now on.")
    return redirect(url_for("account.told"), 303)


def _page(found: OwnWays, ticked: Mapping[str, tuple[str, ...]], mobile: str, errors: Mapping[str, str]) -> str:
    return render_template(
        "account/told.html",
        found=found,
        paces=PACES,
        by_words=by_words,
        at_once=_items(found, True, ticked["at_once"]),
        daily=_items(found, False, ticked["daily"]),
        mobile=mobile,
        errors=errors,
    )


def _items(found: OwnWays, at_once: bool, ticked: tuple[str, ...]) -> list[dict[str, object]]:
    """Return the ways to tick: those that the ladders allow, and whatever is ticked already."""
    offered = found.allowed(at_once) if found.texts else found.allowed(at_once) - {TEXT}
    return [
        {"value": way, "text": words.capitalize(), "checked": way in ticked}
        for way, words in WAYS.items()
        if way in offered or way in ticked
    ]


def by_words(by: tuple[str, ...]) -> str:
    """Say by which ways something may be told."""
    return " or ".join(WAYS[way] for way in by)
