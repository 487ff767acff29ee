"""The one table from what went wrong in casework to a page in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, flash, g, jsonify, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from webapp import logbook, rescue
from webapp.actor import current_actor
from webapp.typed_again import typed_again
from workflows.casework.errors import (
    AnswersRefused,
    CannotBeKept,
    CaseworkError,
    NoRoleYet,
    NotAllowed,
    NotFound,
    NotShared,
    OutOfDate,
    RuleBroken,
    StandsInTheWay,
)


@dataclass(frozen=True)
class Page:
    """A status and how its page begins; `text` stands in when the error itself has no words of ours."""

    status: int
    title: str
    text: str = ""


TABLE: dict[type[CaseworkError], Page] = {
    NoRoleYet: Page(403, "You have no role yet"),
    NotShared: Page(403, "This is not shared with you"),
    NotAllowed: Page(403, "You cannot do this"),
    NotFound: Page(404, "This is not here"),
    OutOfDate: Page(409, "Somebody else was faster"),
    AnswersRefused: Page(422, "There is a problem"),
    RuleBroken: Page(422, "This is not possible"),
    StandsInTheWay: Page(409, "This cannot be taken back"),
    CannotBeKept: Page(503, "This could not be saved"),
}
BY_STATUS = {
    400: Page(400, "This page had been open too long", "Open the page again and repeat what you did."),
    401: Page(401, "Sign in first", "You are not signed in, or your session has ended."),
    403: Page(403, "You cannot do this", "Your role does not open this page."),
    404: Page(404, "Page not found", "Check the address. If you followed a link, what it led to may have moved."),
    405: Page(405, "This cannot be opened like that", "Go back and use the buttons on the page."),
    413: Page(
        413,
        "This is too big",
        "A file may have up to 10 MB, and all that is sent at once up to 12 MB. Your files were not kept.",
    ),
    429: Page(429, "Too many requests", "Wait a minute, then try again."),
}
ANOTHER = Page(
    403,
    "Somebody else was signed in on that page",
    "You are signed in as {name} now. What was typed is kept as a draft of whoever typed it; they find it when they "
    "sign in again.",
)
KEPT_NOWHERE = (400, 401)  # a page that came too late to be rescued, or one that could not be
STILL_READ = 64 * 1024 * 1024  # bytes: five files and all words beside them; not a film
BROKEN = Page(500, "Sorry, there is a problem with the service", "Nothing you did was half saved. Try again later.")


def answer(app: Flask) -> None:
    """Answer every error with its page."""
    app.register_error_handler(CaseworkError, casework_page)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(RequestEntityTooLarge, too_big)
    app.register_error_handler(HTTPException, http_page)
    app.register_error_handler(Exception, broken_page)


def page_for(error: CaseworkError) -> Page:
    """Return the page of a casework error, by its nearest kind; one that is not in the table is a broken rule."""
    return next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), TABLE[RuleBroken])


def casework_page(error: CaseworkError) -> Response:
    """Show what stands in the way, in the words of the service."""
    refused = error.errors if isinstance(error, AnswersRefused) else {}
    return _show(page_for(error), str(error), refused)


def http_page(error: HTTPException) -> Response:
    """Show the page of an HTTP error; the words of the framework are not ours."""
    page = BY_STATUS.get(error.code or 500, BROKEN)
    response = _show(page, page.text)
    for name, value in error.get_headers():
        if name.lower() == "allow":
            response.headers[name] = value
    return response


def too_big(error: RequestEntityTooLarge) -> AnyResponse:
    """Too much at once: keep the words beside the files as a draft and go back to the form; or say so."""
    request.max_content_length = STILL_READ
    try:
        kept = rescue.keep_typed(request)
    except RequestEntityTooLarge:
        kept = False
    if not kept:
        return http_page(error)
    flash(
        "That was more than 12 MB at once. What you typed is kept as a draft. "
        "Look which files are in it, and add the others one at a time, each of up to 10 MB.",
        "important",
    )
    return redirect(rescue.page_before(request), 303)


def stale_form(_error: CSRFError) -> AnyResponse:
    """A form of an old page: keep what was typed as a draft and go back to a fresh page; or say so."""
    kept = rescue.keep_typed(request)
    if kept and rescue.of_somebody_else():
        return _show(ANOTHER, ANOTHER.text.format(name=current_actor().name))
    if kept:
        flash(
            "That page had been open for a long time. What you typed is kept as a draft: check it and send it again.",
            "important",
        )
        return redirect(rescue.page_before(request), 303)
    return _show(BY_STATUS[400], BY_STATUS[400].text)


def broken_page(error: Exception) -> Response:
    """A mistake in the program: note where, without what was typed, and apologise."""
    logbook.LOG.error("broken page", extra=logbook.facts(500), exc_info=error)
    try:
        return _show(BROKEN, BROKEN.text)
    except Exception:  # whatever failed may be what menu and footer ask for, above all the database
        return _show(BROKEN, BROKEN.text, template="errors/broken.html")


def _show(
    page: Page, text: str, refused: dict[str, str] | None = None, template: str = "errors/problem.html"
) -> Response:
    if wants_json():
        return make_response(
            jsonify(status=page.status, title=page.title, detail=text, errors=refused or {}), page.status
        )
    shown = render_template(
        template,
        page=page,
        text=text,
        refused=refused or {},
        request_id=g.get("request_id", ""),
        back=rescue.page_before(request),
        typed=typed_again() if _may_say_again(page) else None,
    )
    return make_response(shown, page.status)


def _may_say_again(page: Page) -> bool:
    """Whether what was typed is kept nowhere else, and was typed by whoever reads this page now."""
    if page.status in KEPT_NOWHERE:
        return not rescue.of_somebody_else()
    return page.status >= BROKEN.status


def wants_json() -> bool:
    """Say whether a program asks rather than a person's browser."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"
