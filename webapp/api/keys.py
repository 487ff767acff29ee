"""Who stands behind a request: the token in its Authorization header."""

from __future__ import annotations

import re

from flask import Request, current_app, g

from webapp.actor import desk
from webapp.api.room import scope_of
from workflows.actions.api_access import KnownToken, known_by_token
from workflows.casework.access import Actor
from workflows.casework.errors import NotAllowed

SCHEME = "bearer "
HEADER = "Idempotency-Key"  # under which the answer to a request is kept
KEY = re.compile(r"[A-Za-z0-9_.:-]{8,100}")


def identify(request: Request) -> Actor | None:
    """Return whose token this is; None without a token that counts. Raises NotAllowed when a scope is missing."""
    given = request.headers.get("Authorization", "")
    key = given_key(request)
    known = known_by_token(desk(), given[len(SCHEME) :].strip(), key) if given.lower().startswith(SCHEME) else None
    if known is None:
        return None
    g.token = known
    scope = scope_of(current_app.view_functions[request.endpoint or ""])
    if scope not in (known.actor.scopes or ()):
        raise NotAllowed(f"The token does not have the scope “{scope}”.")
    return known.actor


def given_key(request: Request) -> str:
    """Return the key that came with a request; empty when none did, or none that could be one."""
    given = request.headers.get(HEADER, "")
    return given if KEY.fullmatch(given) else ""


def token() -> KnownToken:
    """Return the token of this request."""
    found: KnownToken = g.token
    return found


def asker() -> str:
    """Name whoever asks, to count their requests: the token, else where the request comes from."""
    from flask import request

    return str(token().id if "token" in g else request.remote_addr or "")
