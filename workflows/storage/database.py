"""The database: SQLite on one machine, PostgreSQL beyond it. Reads and writes take different doors on SQLite."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from workflows.storage.addresses import ALIVE

if TYPE_CHECKING:
    from workflows.storage.queue import Queue

# Seconds that an act waits for another one before its actor is told.
LONGEST_WAIT = 20
# What was acknowledged is on the disk: with less than this, a power cut may take the last acts from SQLite.
WRITTEN_THROUGH = "FULL"
# Rows of an index that are looked at. A few thousand make “every open task” look as few as one person’s; all of a very
# large table would hold up whoever writes. A tenth of a second of computing.
SAMPLE = 100_000


# For what is read step by step along indexes, again and again: the planner takes it for dear, would plan it anew each
# time, which takes longer than to read it, and would read whole tables to join a few rows.
STEPPING = {"plan_cache_mode": "force_generic_plan", "enable_hashjoin": "off", "enable_mergejoin": "off"}


class Database:
    """Gives sessions. On SQLite a writing one takes the write lock at once (BEGIN IMMEDIATE), a reading one never."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.url = url
        self.dialect = parsed.get_backend_name()
        if self.dialect == "sqlite":
            if parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self._writer = _sqlite(url, "BEGIN IMMEDIATE")
            self._reader = _sqlite(url, "BEGIN")
        else:
            driver = parsed.set(drivername="postgresql+psycopg")
            # No question is worth compiling: each is short, and the inbox's look dear to the planner and are not.
            waiting = {"options": f"-c lock_timeout={LONGEST_WAIT}s -c jit=off {ALIVE}"}
            self._writer = self._reader = create_engine(
                driver, connect_args=waiting, pool_pre_ping=True, pool_size=10, max_overflow=10, hide_parameters=True
            )
        looking = Session if self.dialect == "sqlite" else _Looking
        self._write = sessionmaker(self._writer, expire_on_commit=False, autoflush=True)
        self._read = sessionmaker(self._reader, class_=looking, expire_on_commit=False, autoflush=False)

    def writing(self) -> Session:
        """Open a session that may change things."""
        return self._write()

    def reading(self) -> Session:
        """Open a session that only looks."""
        return self._read()

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations."""
        return self._writer

    @cached_property
    def queue(self) -> Queue | None:
        """The queue of jobs, where several workers share them; None on SQLite, whose one worker needs none."""
        if self.dialect == "sqlite":
            return None
        from workflows.storage.queue import Queue  # a fifth of a second that an embedded service saves

        return Queue(self.url)

    def take_stock(self) -> None:
        """Let SQLite see, from a sample, what its tables hold: it looks for nothing by the right index otherwise.

        PostgreSQL does so by itself.
        """
        if self.dialect == "sqlite":
            with self._writer.begin() as connection:
                connection.exec_driver_sql(f"PRAGMA analysis_limit={SAMPLE}")
                connection.exec_driver_sql("ANALYZE")

    def back_up(self, copy: Path) -> None:
        """Copy a SQLite database as it stands at this moment, while it is written to. Raises FileExistsError."""
        copy.touch(mode=0o600, exist_ok=False)
        raw: Any = self._reader.raw_connection()
        try:
            with closing(sqlite3.connect(copy)) as target:
                raw.driver_connection.backup(target)
        finally:
            raw.close()

    def close(self) -> None:
        """Let go of every connection."""
        self._writer.dispose()
        self._reader.dispose()


def along_indexes(session: Session) -> None:
    """Say, until the transaction ends, that what is asked is read step by step along indexes. SQLite does so anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(*(func.set_config(name, value, True) for name, value in STEPPING.items())))


class _Looking(Session):
    """A session that only looks, on PostgreSQL. It ends as a success: at a rollback the driver forgets its plans."""

    def close(self) -> None:
        """Let go of the connection."""
        driver = self.get_bind().dialect.loaded_dbapi
        try:
            if self.in_transaction():
                self.connection().connection.commit()
        except (SQLAlchemyError, driver.Error):  # gone, after all that was asked of it was answered
            self.invalidate()
        super().close()


def _sqlite(url: str, begin: str) -> Engine:
    waiting = {"timeout": LONGEST_WAIT, "check_same_thread": False}
    engine = create_engine(url, connect_args=waiting, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={WRITTEN_THROUGH}",
            "foreign_keys=ON",
            f"busy_timeout={LONGEST_WAIT * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
