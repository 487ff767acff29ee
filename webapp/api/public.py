"""What everybody may read of the API: how the service is, what the API offers, what a form asks."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Any

from flask import Response, current_app, jsonify, render_template

from forms import DefinitionError, Question
from webapp.actor import desk, office
from webapp.api.room import gives, may_answer, route
from webapp.api.schemas import FormSchema, HealthSchema
from webapp.guard import public
from workflows.actions.api_access import SCOPES
from workflows.casework.errors import NotFound
from workflows.questions.health import health as how_it_is

MEANINGS = {
    400: "The body is not JSON.",
    401: "There is no token, or it does not count any more.",
    403: "The token lacks the scope, or its owner the role.",
    404: "There is no such thing, or it is not yours to see.",
    405: "The address does not take this method.",
    409: "Somebody else was faster, or the same request is still being answered.",
    413: "The body is bigger than 1 MB.",
    415: "The body is not declared as application/json.",
    422: "Values are not right, a rule stands in the way, or an Idempotency-Key came with another request.",
    429: "Too many requests; the header Retry-After says how long to wait.",
    500: "Something broke here. Nothing was half saved.",
}
KEY = re.compile(r"F[0-9]{2}[a-z]?")


@route("/health", "health")
@public
@may_answer(429)
@gives(HealthSchema)
def health() -> Any:
    """Say how the service is."""
    found = how_it_is(office().desk())
    return {"status": "ok" if found.ok else "degraded", "version": version("roundtable")}


@route("/forms/<string:key>", "forms")
@public
@may_answer(404, 429)
@gives(FormSchema)
def form_definition(key: str) -> Any:
    """Read what a form asks, for example F01, the referral."""
    try:
        form = desk().forms.form(key) if KEY.fullmatch(key) else None
    except (KeyError, DefinitionError):
        form = None
    if form is None:
        raise NotFound("There is no such form.")
    sections = [
        {"key": part.key, "title": part.title, "questions": [_question(one) for one in part.fields]}
        for part in form.sections
    ]
    return {"key": form.key, "title": form.title, "version": form.version, "sections": sections}


@public
def openapi() -> Response:
    """The description that programs read."""
    return jsonify(current_app.extensions["api_description"].to_dict())


@public
def docs() -> str:
    """The same description as a plain page."""
    spec = current_app.extensions["api_description"].to_dict()
    return render_template("api/docs.html", spec=spec, scopes=SCOPES, meanings=MEANINGS.items())


def _question(asked: Question) -> dict[str, Any]:
    return {
        "id": asked.id,
        "label": asked.label,
        "kind": asked.kind,
        "hint": asked.hint,
        "required": asked.required,
        "conditional": asked.show_when is not None,
        "choices": [{"value": choice.value, "label": choice.label} for choice in asked.choices],
        "lookup": asked.lookup,
        "fields": [_question(inner) for inner in asked.fields],
    }
