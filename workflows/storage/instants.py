"""An instant that stands as words in the answers of a form, as both databases compare it with their own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from workflows.casework.base import UtcDateTime


class _Instant(GenericFunction[Any]):
    type = UtcDateTime()
    inherit_cache = True
    name = "instant_in_words"


def instant(words: ColumnElement[str]) -> ColumnElement[Any]:
    """Return the instant that an ISO text means, such as 2026-11-16T09:00:00+00:00; nothing for none."""
    return _Instant(words)


@compiles(_Instant, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **given: Any) -> str:
    # As SQLAlchemy keeps it there: six digits after the second, no zone.
    return f"strftime('%Y-%m-%d %H:%M:%f000', {compiler.process(element.clauses, **given)})"


@compiles(_Instant, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **given: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **given)} AS TIMESTAMP WITH TIME ZONE)"
