"""Nothing typed is lost: a form sent after the session ended, or with an old page's token, becomes a draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Request, current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from webapp.actor import current_actor, office
from webapp.sent_forms import DRAFT_TOKEN, answers, chosen_files
from webapp.windows import page_sent
from workflows.actions import attachments, drafts
from workflows.questions import people

LASTS = 24 * 60 * 60  # seconds a form may lie open and still be rescued
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
    """Save answers and files as the draft of the person to whom the form was shown, and to nobody else."""
    try:
        said = signer("draft").loads(request.form.get(DRAFT_TOKEN, ""), max_age=LASTS)
    except BadSignature:
        return False
    staff_id, about, form_key, form_version = said
    signed_in = current_actor().id
    if signed_in is not None and str(signed_in) != staff_id:
        return False
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
