"""The API's own description (OpenAPI), made from its routes, and what guards it in the application."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, current_app, json, request
from flask_limiter import Limiter
from flask_smorest import Api
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from webapp import guard
from webapp.api import problems, tokens_routes, window
from webapp.api.keys import asker, identify
from webapp.api.room import NAME, room
from webapp.api.schemas import ProblemSchema

LARGEST = 1024 * 1024  # bytes of one request
ABOUT = (
    "For systems that send referrals and messages and work on tasks. Every changing request carries an "
    "Idempotency-Key. Errors are problems (RFC 9457). Times are ISO 8601 with their zone."
)


class Described(Api):  # type: ignore[misc] # flask-smorest has no types
    """Describes the API; errors and pages are ours."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Errors are answered in `webapp.api.problems`."""

    def _register_doc_blueprint(self) -> None:
        """The description's own routes stand in `webapp.api.public`."""

    def _register_responses(self) -> None:
        schema = {"application/problem+json": {"schema": ProblemSchema}}
        for status in HTTPStatus:
            if status >= HTTPStatus.BAD_REQUEST:
                described = {"description": status.phrase, "content": schema}
                self.spec.components.response(status.name, described, lazy=True)


def describe(app: Flask) -> None:
    """Describe the API of an application and put its guards up."""
    app.config.update(API_TITLE="Roundtable", API_VERSION="v1", OPENAPI_VERSION="3.0.3")
    app.config.setdefault("API_RATE", app.extensions["office"].settings.api_rate)
    app.config.setdefault("LONGEST_POLL", 30)  # seconds that whoever asks for a job may wait for one
    api = Described(app, spec_kwargs={"info": {"description": ABOUT}})
    app.extensions["flask-smorest"]["blp_name_to_api"][NAME] = api
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    room.register_views_in_doc(api, app, api.spec, name=NAME, parameters=None)
    app.extensions["api_description"] = api.spec
    guard.admit_by_key(app, NAME, identify)
    problems.answer(app)
    _limit(app)
    app.register_blueprint(tokens_routes.room)


def look_at_body() -> None:
    """Refuse what is too big, is not JSON, or cannot be read, before anything is done with it."""
    request.max_content_length = LARGEST
    if request.method != "POST":
        return
    body = request.get_data(cache=True)
    if not body:
        return
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as wrong:
        raise BadRequest from wrong


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


room.before_request(look_at_body)


def _limit(app: Flask) -> None:
    limiter = Limiter(asker, storage_uri=f"{window.SCHEME}://", strategy="moving-window", headers_enabled=True)
    limiter.limit(lambda: str(current_app.config["API_RATE"]))(room)
    limiter.init_app(app)
