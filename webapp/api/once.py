"""The same request sent twice is done once: the answer is kept under the key that the sender gives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, json, make_response, request

from webapp.actor import desk, trying, within
from webapp.api.keys import HEADER, KEY, given_key, token
from webapp.api.room import room
from workflows.actions.api_access import Answering, Asked, KeptAnswer, answered_once
from workflows.casework.errors import AnswersRefused, CaseworkError

View = TypeVar("View", bound=Callable[..., Any])
PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": True,
    "description": "New for each request. The same key with the same request gets the same answer.",
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}


def once(view: View) -> View:
    """Demand a key; give the kept answer to the same request, and refuse the key with another one."""

    @wraps(view)
    def answered(*given: Any, **named: Any) -> Any:
        return trying(lambda: _answered(lambda: make_response(view(*given, **named))))

    documented: View = _documented(answered)
    return documented


def _answered(view: Callable[[], Response]) -> Response:
    asked = _asked()
    try:
        return _answered_as(asked, view)
    except CaseworkError:
        before = _answered_meanwhile(asked) if asked.new else None
        if before is None:
            raise
        return before


def _answered_as(asked: Asked, view: Callable[[], Response]) -> Response:
    with answered_once(desk(), asked) as answering:
        if answering.kept is not None:
            return _again(answering.kept)
        with within(answering.work):
            answer = view()
        _keep(answering, answer)
        return answer


def _answered_meanwhile(asked: Asked) -> Response | None:
    """Return the answer to the same request that came at the same moment and was faster: this one is refused for it."""
    with answered_once(desk(), replace(asked, new=False)) as answering:
        return _again(answering.kept) if answering.kept is not None else None


def once_by_its_number(view: View) -> View:
    """As `once`, for an act of several transactions that a number of its own makes happen once.

    A message is kept before anybody does anything about it, and what a case refuses of it is undone by itself.
    """

    @wraps(view)
    def answered(*given: Any, **named: Any) -> Any:
        before = _answered_meanwhile(_asked())
        if before is not None:
            return before
        answer: Response = make_response(view(*given, **named))
        with answered_once(desk(), replace(_asked(), new=False)) as answering:
            if answering.kept is None:
                _keep(answering, answer)
        return answer

    documented: View = _documented(answered)
    return documented


def _documented(answered: Callable[..., Any]) -> Any:
    return room.doc(parameters=[PARAMETER])(answered)


def _asked() -> Asked:
    return Asked(token().id, _key(), _hash(), new=not token().sent_before)


def _again(kept: KeptAnswer) -> Response:
    return make_response(json.jsonify(kept.body), kept.status)


def _keep(answering: Answering, answer: Response) -> None:
    if answer.status_code < HTTPStatus.BAD_REQUEST:
        answering.keep(answer.status_code, answer.get_json())


def _key() -> str:
    given = given_key(request)
    if not given:
        raise AnswersRefused({HEADER: "Give 8 to 100 letters, digits or “_.:-”, new for each request"})
    return given


def _hash() -> str:
    asked = f"{request.method} {request.full_path}\n".encode() + request.get_data(cache=True)
    return hashlib.sha256(asked).hexdigest()
