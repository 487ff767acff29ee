"""Bringing a database to the schema this version needs, and asking whether it is there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from workflows.casework.base import Base
from workflows.storage.database import Database

UPGRADING = 0x7570677261646500  # the number of the lock under which one process upgrades
MIGRATIONS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(database: Database) -> None:
    """Run every migration the database has not seen; doing it twice does nothing more."""
    with database.engine.begin() as connection:
        if database.dialect != "sqlite":
            connection.execute(select(func.pg_advisory_xact_lock(UPGRADING)))  # several machines may start at once
        upgrade_to(connection, "head")
        if database.dialect != "sqlite":
            from workflows.storage import queue_schema

            queue_schema.bring_up_to_date(connection)


def upgrade_to(connection: Connection, revision: str) -> None:
    """Run the migrations up to one of them."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def revise(database: Database, message: str) -> None:
    """Write a new migration from the difference between the nouns and an upgraded database."""
    with database.engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True)


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Say whether a table is one of our nouns, and not the queue's, which looks after its own."""
    return kind != "table" or not str(name).startswith("procrastinate_")


def begun(database: Database) -> bool:
    """Say whether the database has any version's schema yet."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() is not None


def up_to_date(database: Database) -> bool:
    """Say whether the database has this version's schema."""
    with database.engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() != heads()[0]:
            return False
        if database.dialect == "sqlite":
            return True
        from workflows.storage import queue_schema

        return queue_schema.up_to_date(connection)


def heads() -> tuple[str, ...]:
    """Return the newest migrations; there must be one."""
    return tuple(ScriptDirectory.from_config(_config()).get_heads())


def drift(database: Database) -> list[object]:
    """List what the nouns say and the migrated database has not; empty when they agree."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours})
        return list(compare_metadata(context, Base.metadata))
