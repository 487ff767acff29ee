"""The same request sent twice is done once: the answer is kept under the key that the sender gives."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, json, make_response, request

from webapp.actor import desk, within
from webapp.api.keys import token_id
from webapp.api.room import room
from workflows.actions.api_access import Asked, answered_once
from workflows.casework.errors import AnswersRefused

View = TypeVar("View", bound=Callable[..., Any])
HEADER = "Idempotency-Key"
_KEY = re.compile(r"[A-Za-z0-9_.:-]{8,100}")


PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": True,
    "description": "New for each request. The same key with the same request gets the same answer.",
    "schema": {"type": "string", "pattern": f"^{_KEY.pattern}$"},
}


def once(view: View) -> View:
    """Demand a key; give the kept answer to the same request, and refuse the key with another one."""

    @wraps(view)
    def answered(*given: Any, **named: Any) -> Any:
        with answered_once(desk(), Asked(token_id(), _key(), _hash())) as answering:
            if answering.kept is not None:
                return make_response(json.jsonify(answering.kept.body), answering.kept.status)
            with within(answering.work):
                answer: Response = make_response(view(*given, **named))
            if answer.status_code < HTTPStatus.BAD_REQUEST:
                answering.keep(answer.status_code, answer.get_json())
            return answer

    documented: View = room.doc(parameters=[PARAMETER])(answered)
    return documented


def _key() -> str:
    given = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(given):
        raise AnswersRefused({HEADER: "Give 8 to 100 letters, digits or “_.:-”, new for each request"})
    return given


def _hash() -> str:
    asked = f"{request.method} {request.full_path}\n".encode() + request.get_data(cache=True)
    return hashlib.sha256(asked).hexdigest()
