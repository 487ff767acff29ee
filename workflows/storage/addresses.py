"""The address of a PostgreSQL, as others than SQLAlchemy write it, and what every connection to it says."""

from __future__ import annotations

from sqlalchemy.engine import make_url

# Seconds after which PostgreSQL lets go of the locks of a machine that lost its power: 5 + 3 x 2. A process that is
# killed lets go at once.
ALIVE = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"


def libpq_address(url: str) -> str:
    """Return the address of a PostgreSQL as its own programs write it, password included."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
