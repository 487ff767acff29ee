"""The address of a database, as others than SQLAlchemy write it."""

from __future__ import annotations

from sqlalchemy.engine import make_url


def libpq_address(url: str) -> str:
    """Return the address of a PostgreSQL as its own programs write it, password included."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
