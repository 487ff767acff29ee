"""Every error of the API as a problem in JSON (RFC 9457), in the words of the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, json, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from webapp import errors, logbook
from webapp.api.room import PREFIX
from workflows.casework.errors import AnswersRefused, CaseworkError

MEDIA_TYPE = "application/problem+json"
DETAIL = {
    400: "The request cannot be read.",
    401: "Give a valid token in the Authorization header: “Bearer rt_…”.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The request is too big. 1 MB is the most.",
    415: "Send JSON, with the content type application/json.",
    422: "Some of the values are not right.",
    429: "Too many requests. Wait as long as the Retry-After header says.",
    500: "Something broke here. Nothing was half saved.",
}


@dataclass(frozen=True)
class Problem:
    """What went wrong: the status, a sentence, and messages by field."""

    status: int
    detail: str
    errors: Mapping[str, str]


def answer(app: Flask) -> None:
    """Answer errors below the API's address as problems; every other page keeps its own error pages."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(RequestEntityTooLarge, _too_big)  # the pages' own handler is nearer to it than `_http`
    app.register_error_handler(CaseworkError, _casework)
    app.register_error_handler(Exception, _broken)


def response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Put a problem into a response."""
    said = {
        "type": f"{PREFIX}/docs#problem-{problem.status}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "errors": dict(problem.errors),
        "request_id": g.get("request_id", ""),
    }
    shown = Response(json.dumps(said), problem.status, mimetype=MEDIA_TYPE)
    shown.headers.update(headers or {})
    return shown


def problem_of(error: CaseworkError) -> Problem:
    """Return what a casework error is to another system."""
    refused = error.errors if isinstance(error, AnswersRefused) else {}
    return Problem(errors.page_for(error).status, str(error), refused)


def _ours() -> bool:
    return request.path == PREFIX or request.path.startswith(f"{PREFIX}/")


def _http(error: HTTPException) -> Any:
    if not _ours():
        return errors.http_page(error)
    status = error.code or 500
    told = getattr(error, "data", None) or {}
    found = dict(_flat(told.get("messages", {})))
    kept = {name: value for name, value in error.get_headers() if name.lower() in ("allow", "retry-after")}
    if status == HTTPStatus.UNAUTHORIZED:
        kept["WWW-Authenticate"] = "Bearer"
    return response(Problem(status, DETAIL.get(status, HTTPStatus(status).phrase), found), kept)


def _too_big(error: RequestEntityTooLarge) -> Any:
    return _http(error) if _ours() else errors.too_big(error)


def _casework(error: CaseworkError) -> Any:
    return response(problem_of(error)) if _ours() else errors.casework_page(error)


def _broken(error: Exception) -> Any:
    if not _ours():
        return errors.broken_page(error)
    logbook.LOG.error("broken request", extra=logbook.facts(500), exc_info=error)
    return response(Problem(500, DETAIL[500], {}))


def _flat(messages: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Messages by field, without the place they came from: {"json": {"dob": ["…"]}} -> dob: …"""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            below = name if name == "" and key in ("json", "query", "headers") else f"{name}.{key}".lstrip(".")
            yield from _flat(inner, below)
    elif messages:
        yield name or "request", " ".join(map(str, messages)) if isinstance(messages, list) else str(messages)
