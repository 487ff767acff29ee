"""A small service with a case at every place where one can wait and a row in every table, written down as SQL.

`python -m tests.upgrade` adds one for this version beside the others, or in the place of its own of before. That of a
version that was released is never made anew.
"""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, DateTime, MetaData, Table, Uuid, insert

from tests.builders.walked_case import Town, load_one_programme
from tests.crash.stage import BEGINS, office_on
from tests.upgrade.cases import Everywhere
from tests.upgrade.rows import add_rows
from workers.jobs import tidy
from workflows.storage import schema
from workflows.storage.database import Database
from workflows.storage.removal import VERSIONS

DUMPS = Path(__file__).with_name("dumps")
_BYTES = re.compile(r"X'([0-9A-F]+)'")
_PICTURE = re.compile(r"<(\w+:)?BPMNDiagram\b.*</(\w+:)?BPMNDiagram>|<(\w+:)?DMNDI\b.*</(\w+:)?DMNDI>", re.S)


def make() -> Path:
    """Make the dump of this version's service; return its file, named after the newest migration."""
    with TemporaryDirectory() as made:
        file = Path(made) / "service.db"
        office = office_on(f"sqlite:///{file}", Path(made), BEGINS)
        office.migrate()
        load_one_programme(office)
        fill(Town(office))
        office.close()
        dump = DUMPS / f"{schema.heads()[0]}.sql.gz"
        dump.write_bytes(gzip.compress(("\n".join(_written(file)) + "\n").encode(), mtime=0))
    return dump


def kept() -> list[Path]:
    """Return the dumps, the oldest first."""
    return sorted(DUMPS.glob("*.sql*"))


def version_of(dump: Path) -> str:
    """Return the newest migration of the version that wrote a dump."""
    return dump.name.partition(".")[0]


def fill(town: Town) -> None:
    """Let cases stand wherever one can wait, and every table hold a row."""
    cases = Everywhere(town)
    cases.walk()
    cases.fill()
    town.office.clock.advance(timedelta(days=2))
    tidy.work(town.office)  # what was kept for taking steps back, which is much, goes after a day
    add_rows(town, cases.old, cases.refer())
    town.walk_until(cases.refer(), "allocate_coordinator")


def load(dump: Path, file: Path) -> None:
    """Make a database of a dump."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((gzip.decompress if dump.suffix == ".gz" else bytes)(dump.read_bytes()).decode())


def last_act(file: Path) -> datetime:
    """Return when something happened last in a database that was made of a dump."""
    with closing(sqlite3.connect(file)) as connection:
        (at,) = connection.execute("SELECT max(at) FROM audit_entry").fetchone()
    return datetime.fromisoformat(at).replace(tzinfo=UTC)


def load_into_postgres(dump: Path, url: str, file: Path) -> None:
    """Make of a dump the PostgreSQL that its service would have had: its own tables, and the rows that a file holds."""
    database = Database(url)
    try:
        with database.engine.begin() as connection, closing(sqlite3.connect(file)) as written:
            schema.upgrade_to(connection, version_of(dump))
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # rows refer to later ones
            tables = MetaData()
            tables.reflect(connection)
            for table in tables.sorted_tables:
                rows = list(_rows(written, table)) if table.name != VERSIONS else []
                if rows:
                    connection.execute(insert(table), rows)
    finally:
        database.close()


def _rows(kept: sqlite3.Connection, table: Table) -> Iterator[dict[str, Any]]:
    columns = [column for column in table.columns if column.computed is None]
    names = ", ".join(f'"{column.name}"' for column in columns)
    for row in kept.execute(f'SELECT {names} FROM "{table.name}"'):
        yield {column.name: _typed(column, value) for column, value in zip(columns, row, strict=True)}


def _typed(column: Column[Any], value: Any) -> Any:
    """What SQLite keeps as text or number, as PostgreSQL's column takes it."""
    if value is None:
        return None
    if isinstance(column.type, Uuid):
        return UUID(value)
    if isinstance(column.type, JSON):
        return json.loads(value)
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return bool(value) if isinstance(column.type, Boolean) else value


def _written(file: Path) -> Iterator[str]:
    """The rows as SQL; what is kept as bytes stands as the text that it is, diagrams without their picture."""
    with closing(sqlite3.connect(file)) as connection:
        for statement in connection.iterdump():
            yield _BYTES.sub(lambda found: _as_text(bytes.fromhex(found[1])), statement)


def _as_text(kept: bytes) -> str:
    words = re.sub(r">\s+<", ">\n<", _PICTURE.sub("", kept.decode()))
    return "CAST('" + words.replace("'", "''") + "' AS BLOB)"
