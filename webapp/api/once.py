"""The same request sent twice is done once: the answer is kept under the key that the sender gives."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, json, make_response, request

from webapp.actor import desk, trying, within
from webapp.api.keys import token_id
from webapp.api.room import room
from workflows.actions.api_access import Answering, Asked, KeptAnswer, answered_once
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
        return trying(lambda: _answered(lambda: make_response(view(*given, **named))))

    documented: View = _documented(answered)
    return documented


def _answered(view: Callable[[], Response]) -> Response:
    with answered_once(desk(), _asked()) as answering:
        if answering.kept is not None:
            return _again(answering.kept)
        with within(answering.work):
            answer = view()
        _keep(answering, answer)
        return answer


def once_by_its_number(view: View) -> View:
    """As `once`, for an act of several transactions that a number of its own makes happen once.

    A message is kept before anybody does anything about it, and what a case refuses of it is undone by itself.
    """

    @wraps(view)
    def answered(*given: Any, **named: Any) -> Any:
        with answered_once(desk(), _asked()) as answering:
            if answering.kept is not None:
                return _again(answering.kept)
        answer: Response = make_response(view(*given, **named))
        with answered_once(desk(), _asked()) as answering:
            if answering.kept is None:
                _keep(answering, answer)
        return answer

    documented: View = _documented(answered)
    return documented


def _documented(answered: Callable[..., Any]) -> Any:
    return room.doc(parameters=[PARAMETER])(answered)


def _asked() -> Asked:
    return Asked(token_id(), _key(), _hash())


def _again(kept: KeptAnswer) -> Response:
    return make_response(json.jsonify(kept.body), kept.status)


def _keep(answering: Answering, answer: Response) -> None:
    if answer.status_code < HTTPStatus.BAD_REQUEST:
        answering.keep(answer.status_code, answer.get_json())


def _key() -> str:
    given = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(given):
        raise AnswersRefused({HEADER: "Give 8 to 100 letters, digits or “_.:-”, new for each request"})
    return given


def _hash() -> str:
    asked = f"{request.method} {request.full_path}\n".encode() + request.get_data(cache=True)
    return hashlib.sha256(asked).hexdigest()
