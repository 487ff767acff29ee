"""The door of the API: what each route needs, what it takes and gives, and what else it may answer."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar, cast

from flask_smorest import Blueprint
from marshmallow import Schema

from webapp.guard import permission
from workflows.actions.api_access import SCOPES

View = TypeVar("View", bound=Callable[..., Any])
NAME = "api"
PREFIX = "/api/v1"
NEEDS = "_roundtable_scope"
ALWAYS = (401, 403, 429)  # what any route behind the door may answer besides its own
CHANGING = (400, 409, 413, 415, 422)  # and what any changing one may
room = Blueprint(NAME, __name__, url_prefix=PREFIX)


def route(rule: str, tag: str, method: str = "GET") -> Callable[[View], View]:
    """Put a view at an address."""
    return cast("Callable[[View], View]", room.route(rule, methods=[method], tags=[tag]))


def door(scope: str, *problems: int) -> Callable[[View], View]:
    """Open a route to tokens with a scope whose owner holds the scope's permission; it may answer `problems`."""

    def hang(view: View) -> View:
        hung: Any = room.doc(security=[{"token": []}], description=f"Needs the scope {scope}.")(view)
        hung = may_answer(*sorted({*ALWAYS, *problems}))(hung)
        setattr(hung, NEEDS, scope)
        opened: View = permission(SCOPES[scope].permission)(hung)
        return opened

    return hang


def may_answer(*problems: int) -> Callable[[View], View]:
    """Say which problems a public route may answer."""

    def say(view: View) -> View:
        said: Any = view
        for status in problems:
            said = room.alt_response(status, response=HTTPStatus(status).name)(said)
        return cast("View", said)

    return say


def takes(schema: type[Schema], location: str = "json") -> Callable[[View], View]:
    """Check what comes in before the view sees it. What the schema does not name is refused, in the address as well."""
    return cast("Callable[[View], View]", room.arguments(schema, location=location, unknown=None))


def gives(schema: type[Schema], status: int = 200, also: tuple[int, str] | None = None) -> Callable[[View], View]:
    """Shape what goes out; `also` is a second status of success with what it means."""

    def shape(view: View) -> View:
        shaped = room.response(status, schema)(view)
        if also is not None:
            shaped = room.alt_response(also[0], schema=schema, description=also[1], success=True)(shaped)
        return cast("View", shaped)

    return shape


def scope_of(view: Callable[..., Any]) -> str:
    """Return the scope that a route names; a route without one is open to no token."""
    return str(getattr(view, NEEDS, ""))
