"""The tables of the queue on PostgreSQL: put there by Procrastinate's own statements, and brought up to its version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from procrastinate.schema import SchemaManager
from sqlalchemy import text
from sqlalchemy.engine import Connection

# How far the tables are stands as a comment on the first of them: the name of Procrastinate's last migration.
_TOLD = text("SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')")


def bring_up_to_date(connection: Connection) -> None:
    """Make the queue's tables, or do what newer versions of Procrastinate ask for; twice is once."""
    told = connection.scalar(_TOLD)
    if told == newest():
        return
    if told is None:
        _say(connection, SchemaManager.get_schema())
    else:
        for path in _migrations():
            if path.name > told:
                _say(connection, path.read_text(encoding="utf-8"))
    _say(connection, f"COMMENT ON TABLE procrastinate_jobs IS '{newest()}'")


def up_to_date(connection: Connection) -> bool:
    """Say whether the queue has the tables that this version of Procrastinate needs."""
    return bool(connection.scalar(_TOLD) == newest())


def newest() -> str:
    """Return the name of Procrastinate's last migration."""
    return _migrations()[-1].name


def _migrations() -> list[Path]:
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _say(connection: Connection, statements: str) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute(statements)  # many at once, which only the driver itself takes
