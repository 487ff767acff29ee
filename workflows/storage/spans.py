"""Lengths of time between two columns, on either database."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Float, cast, func
from sqlalchemy.orm import InstrumentedAttribute, Session

Instant = InstrumentedAttribute[object] | ColumnElement[object]


def seconds_between(session: Session, first: Instant, last: Instant) -> ColumnElement[float]:
    """Return the seconds from one instant to another, as a column."""
    if session.get_bind().dialect.name == "sqlite":
        return cast((func.julianday(last) - func.julianday(first)) * 86_400.0, Float)
    return cast(func.extract("epoch", last) - func.extract("epoch", first), Float)
