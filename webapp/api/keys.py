"""Who stands behind a request: the token in its Authorization header."""

from __future__ import annotations

from uuid import UUID

from flask import Request, current_app, g

from webapp.actor import desk
from webapp.api.room import scope_of
from workflows.actions.api_access import known_by_token
from workflows.casework.access import Actor
from workflows.casework.errors import NotAllowed

SCHEME = "bearer "


def identify(request: Request) -> Actor | None:
    """Return whose token this is; None without a token that counts. Raises NotAllowed when a scope is missing."""
    given = request.headers.get("Authorization", "")
    known = known_by_token(desk(), given[len(SCHEME) :].strip()) if given.lower().startswith(SCHEME) else None
    if known is None:
        return None
    g.token_id = known.id
    scope = scope_of(current_app.view_functions[request.endpoint or ""])
    if scope not in (known.actor.scopes or ()):
        raise NotAllowed(f"The token does not have the scope “{scope}”.")
    return known.actor


def token_id() -> UUID:
    """Return the id of the token of this request."""
    found: UUID = g.token_id
    return found


def asker() -> str:
    """Name whoever asks, to count their requests: the token, else where the request comes from."""
    from flask import request

    return str(g.get("token_id") or request.remote_addr or "")
