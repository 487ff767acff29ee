"""One line a request for whoever runs the service: what was asked, by which account. Never personal data."""

from __future__ import annotations

import logging
import re
import time
from typing import Any

from flask import Flask, Response, g, request
from uuid_utils.compat import uuid7

from webapp.actor import current_actor

LOG = logging.getLogger("roundtable.web")
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_CASE_NUMBER = re.compile(r"[A-Z]{2,6}-\d{1,9}")  # whatever else stands in an address may have been typed


def keep(app: Flask) -> None:
    """Give every request a number and write its line when it is answered."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _GIVEN_ID.fullmatch(given) else uuid7().hex
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        if request.endpoint != "static":
            LOG.info(request.endpoint or "no such page", extra=facts(response.status_code))
        return response


def facts(status: int) -> dict[str, Any]:
    """Return what may be said about the request in hand."""
    number = str((request.view_args or {}).get("number", ""))
    began = g.get("began")
    return {
        "case": number if _CASE_NUMBER.fullmatch(number) else "",
        "actor": str(current_actor().id or ""),
        "request": g.get("request_id", ""),
        "status": status,
        "ms": round((time.perf_counter() - began) * 1000) if began else 0,
    }
