"""Alembic's entry: one history for SQLite and PostgreSQL. The connection is handed in by `schema.upgrade`."""

from alembic import context
from sqlalchemy.engine import Connection

import workflows.casework  # noqa: F401 - importing the room maps every table
from workflows.casework.base import Base
from workflows.storage.schema import is_ours


def run(connection: Connection) -> None:
    """Run the migrations on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=False,
        include_name=is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
