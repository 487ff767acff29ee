"""Nothing typed is lost: a form sent after the session ended, or with an old page's token, becomes a draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from forms import Form
from webapp.actor import current_actor, office
from webapp.sent_forms import DRAFT_TOKEN, answers, chosen_files
from webapp.windows import page_sent
from workflows.actions import attachments, drafts
from workflows.questions import people

# Seconds a form may lie open and still be rescued without anybody signed in: longer than a weekend or a holiday. What
# a page's token opens is little: words become a draft of whoever was shown the form, and write over no other.
LASTS = 31 * 24 * 60 * 60
Rescuer = Callable[[Request], bool]


def stand_by(app: Flask) -> None:
    """Make forms rescuable: `{{ draft_token(about, form_key, form_version) }}` goes into a hidden field."""
    app.extensions["rescuers"] = [keep_as_draft]
    app.jinja_env.globals["draft_token"] = draft_token


def rescue_with(app: Flask, rescuer: Rescuer) -> None:
    """Add a room's own way of keeping what was typed. It answers whether it kept anything."""
    app.extensions["rescuers"].append(rescuer)


def keep_typed(request: Request) -> bool:
    """Keep what this request carries, if any rescuer knows how; say whether it was kept."""
    rescuers = cast(list[Rescuer], current_app.extensions["rescuers"])
    return any(rescuer(request) for rescuer in rescuers)


def draft_token(about: str, form_key: str, form_version: int) -> str:
    """Sign whose draft a form would be, so that it can be kept after the session has ended."""
    return signer("draft").dumps([str(current_actor().id), about, form_key, form_version])


def keep_as_draft(request: Request) -> bool:
    """Save answers and files as the draft of the person to whom the form was shown, and of nobody else.

    Whoever sits at the same browser by now is shown nothing of it; see `of_somebody_else`.
    """
    said = _said(LASTS)
    if said is None:
        return False
    staff_id, about, form_key, form_version = said
    actor = people.actor_of(office().desk(), UUID(staff_id))
    if actor is None:
        return False
    desk, page = office().desk(actor), page_sent()
    about = drafts.place_for(desk, about, page)
    drafts.save_draft(desk, about, form_key, int(form_version), answers(), page)
    form = desk.forms.form(form_key)
    files, _ = chosen_files(form, answers())
    if files:
        attachments.keep_with_draft(desk, about, form, answers(), files, page)
    return True


def of_somebody_else() -> bool:
    """Say whether this page was shown to another than whoever is signed in by now."""
    said, here = _said(), current_actor().id
    return said is not None and here is not None and said[0] != str(here)


def form_shown() -> Form | None:
    """Return the form that the page of this request showed, if it names one that there still is."""
    said = _said()
    try:
        return office().desk(current_actor()).forms.form(said[2], int(said[3])) if said else None
    except KeyError:
        return None


def _said(longest: int | None = None) -> list[str] | None:
    """What the page says of itself: to whom it was shown, about what, with which form of which version."""
    try:
        said: list[str] = signer("draft").loads(request.form.get(DRAFT_TOKEN, ""), max_age=longest)
    except BadSignature:
        return None
    return said


def address(request: Request) -> str:
    """Return where a request wanted to go, within this site."""
    return request.full_path.removesuffix("?")


def page_before(request: Request) -> str:
    """Return the page a form was on: where the browser says it came from, if that is on this site."""
    came_from = urlsplit(request.referrer or "")
    if came_from.path and came_from.netloc == request.host:
        return came_from.path + (f"?{came_from.query}" if came_from.query else "")
    adapter = cast(Any, current_app.create_url_adapter(request))
    return request.path if adapter.test(request.path, "GET") else "/"


def signer(purpose: str) -> URLSafeTimedSerializer:
    """Return what signs tokens for one purpose; one for another purpose does not fit."""
    return URLSafeTimedSerializer(cast(str, current_app.secret_key), salt=purpose)
