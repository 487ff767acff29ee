"""One line a request for whoever runs the service: what was asked, by which account. Never personal data."""

from __future__ import annotations

import json
import logging
import re
import time
from typing import Any

from flask import Flask, Response, g, request
from uuid_utils.compat import uuid7

from webapp.actor import current_actor

LOG = logging.getLogger("roundtable.web")
# All that a line may say. Addresses are left out: they may hold a reference or a search for a person.
FIELDS = ("at", "level", "action", "about", "case", "actor", "request", "status", "ms", "problem")
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON with the loggable fields only."""

    converter = staticmethod(time.gmtime)
    default_time_format, default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback goes under `problem`, without the message of the error."""
        said: dict[str, Any] = {"at": self.formatTime(record), "level": record.levelname, "action": record.getMessage()}
        said |= {field: getattr(record, field) for field in FIELDS if hasattr(record, field)}
        if record.exc_info:
            said["problem"] = _where(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


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
    arguments = request.view_args or {}
    began = g.get("began")
    return {
        "case": str(arguments.get("number", "")),
        "actor": str(current_actor().id or ""),
        "request": g.get("request_id", ""),
        "status": status,
        "ms": round((time.perf_counter() - began) * 1000) if began else 0,
    }


def _where(problem: Any) -> str:
    """Name the kind of error and the lines it passed, never its message: that may quote what somebody typed."""
    kind, _error, trace = problem
    lines = []
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return f"{kind.__name__}: " + " < ".join(reversed(lines))
