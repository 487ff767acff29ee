"""A small service with a case at each place of the lifecycle where a case waits, written down as SQL.

Made with the version of its time and never made anew: `python -m tests.upgrade` adds one beside the others.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, DateTime, MetaData, Table, Uuid, insert

from tests.builders.walked_case import Town, load_one_programme
from tests.builders.ways_in import nhs_numbers
from tests.crash.stage import BEGINS, office_on
from workflows.storage import schema
from workflows.storage.database import Database
from workflows.storage.removal import VERSIONS

DUMPS = Path(__file__).with_name("dumps")
# What goes on beside a case, all at once, and what ends one or hands it over.
BESIDE = ("urgent", "safeguarding", "hospital", "consent", "mdt", "service")
ENDINGS = ("transfer", "death", "withdrawal", "moved", "error")
_BYTES = re.compile(r"X'([0-9A-F]+)'")
_PICTURE = re.compile(r"<(\w+:)?BPMNDiagram\b.*</(\w+:)?BPMNDiagram>|<(\w+:)?DMNDI\b.*</(\w+:)?DMNDI>", re.S)


def make() -> Path:
    """Make the dump of this version's service; return its file, named after the newest migration."""
    with TemporaryDirectory() as made:
        file = Path(made) / "service.db"
        office = office_on(f"sqlite:///{file}", Path(made), BEGINS)
        office.migrate()
        load_one_programme(office)
        _open_cases(Town(office))
        office.close()
        dump = DUMPS / f"{schema.heads()[0]}.sql"
        dump.write_text("\n".join(_written(file)) + "\n", encoding="utf-8")
    return dump


def load(dump: Path, file: Path) -> None:
    """Make a database of a dump."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(dump.read_text(encoding="utf-8"))


def load_into_postgres(dump: Path, url: str, folder: Path) -> None:
    """Make of a dump the PostgreSQL that a service of that version would have had: its own tables, the same rows."""
    load(dump, folder / "read.db")
    database = Database(url)
    try:
        with database.engine.begin() as connection, closing(sqlite3.connect(folder / "read.db")) as kept:
            schema.upgrade_to(connection, dump.stem)
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # rows refer to later ones
            tables = MetaData()
            tables.reflect(connection)
            for table in tables.sorted_tables:
                rows = list(_rows(kept, table)) if table.name != VERSIONS else []
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


def _open_cases(town: Town) -> None:
    """Leave a case at each step of the quiet way until somebody is looked after, and one at each ending."""
    people = nhs_numbers()
    first = town.refer(nhs_number=next(people))
    places = _places(town, first)
    for button in BESIDE:
        town.press(first, button, "Siobhan")
    for place in places:
        town.walk_until(town.refer(nhs_number=next(people)), place)
    for button in ENDINGS:
        number = town.refer(nhs_number=next(people))
        town.walk_until(number, places[1])
        town.press(number, button, "Adaeze")


def _places(town: Town, number: str) -> list[str]:
    """Walk a case until the person is looked after; return the steps on its way at which something new is asked."""
    places: list[str] = []
    seen: set[str] = set()
    while town.case(number).stage != "active":
        keys = [task.key for task in town.open_tasks(number)]
        if keys[0] not in seen:
            places.append(keys[0])
            seen.update(keys)
        town.do(number, keys[0])
    return places


def _written(file: Path) -> Iterator[str]:
    """The rows as SQL; what is kept as bytes stands as the text that it is, diagrams without their picture."""
    with closing(sqlite3.connect(file)) as connection:
        for statement in connection.iterdump():
            yield _BYTES.sub(lambda found: _as_text(bytes.fromhex(found[1])), statement)


def _as_text(kept: bytes) -> str:
    words = re.sub(r">\s+<", ">\n<", _PICTURE.sub("", kept.decode()))
    return "CAST('" + words.replace("'", "''") + "' AS BLOB)"
