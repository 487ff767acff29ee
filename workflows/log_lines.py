"""How a line of the log looks, of pages and of the worker alike: one JSON object. Never personal data."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

# All that a line may say. Addresses are left out: they may hold a reference or a search for a person.
FIELDS = (
    "at", "level", "action", "about", "case", "actor", "request", "status", "ms", "job", "kind", "diagram", "done",
    "failed", "problem",
)  # fmt: skip


# Whose words quote nobody. What another library says may hold an address: of it only the place in its code is told.
QUOTING_NOBODY = frozenset({"roundtable", "apscheduler", "procrastinate"})


def to_stderr(level: int) -> None:
    """Write all that this process logs to the console, one line each: of ours from this level, else from warnings."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("roundtable").setLevel(level)


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON with the loggable fields only."""

    converter = staticmethod(time.gmtime)
    default_time_format, default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback goes under `problem`, without the message of the error."""
        said: dict[str, Any] = {"at": self.formatTime(record), "level": record.levelname, "action": _action(record)}
        said |= {field: getattr(record, field) for field in FIELDS if hasattr(record, field)}
        if record.exc_info:
            said["problem"] = _where(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


def _action(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] in QUOTING_NOBODY:
        return record.getMessage()
    return f"{record.name}, {record.filename}:{record.lineno} {record.funcName}"


def _where(problem: Any) -> str:
    """Name the kind of error and the lines it passed, never its message: that may quote what somebody typed."""
    kind, _error, trace = problem
    lines = []
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return f"{kind.__name__}: " + " < ".join(reversed(lines))
