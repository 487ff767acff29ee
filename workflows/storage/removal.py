"""Moving everything from one database into another that is empty, row by row, compared on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    String,
    Table,
    bindparam,
    cast,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.engine import Connection

from workflows.casework.base import Base
from workflows.casework.errors import RuleBroken
from workflows.storage import schema
from workflows.storage.database import Database

AT_ONCE = 1_000  # rows in memory
VERSIONS = "alembic_version"
Row = dict[str, Any]
Tell = Callable[[str, int, int], None]  # a table, how many of its rows are moved, how many there are


def move(source: Database, target: Database, tell: Tell) -> int:
    """Copy every row of the source into the target; returns how many. In one transaction on either side.

    Nobody writes to the source meanwhile. The target gets this version's schema. Raises RuleBroken when the source is
    not on this version's schema, or the target holds anything.
    """
    if not schema.up_to_date(source):
        raise RuleBroken("The database to move is not up to date. Run `roundtable db upgrade` first.")
    _must_be_empty(target)
    schema.upgrade(target)
    moved = 0
    with source.engine.connect() as old, old.begin(), target.engine.connect() as new, new.begin():
        for table in Base.metadata.sorted_tables:
            moved += _move_table(old, new, table, tell)
            _must_be_the_same(old, new, table)
    return moved


def _must_be_empty(target: Database) -> None:
    if target.dialect == "sqlite":
        raise RuleBroken("Move to a PostgreSQL: its address begins with postgresql://")
    with target.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        others = {
            name for name in there - Base.metadata.tables.keys() - {VERSIONS} if schema.is_ours(name, "table", None)
        }
        full = [name for name in sorted(there & Base.metadata.tables.keys()) if _holds_rows(connection, name)]
    if others or full:
        found = ", ".join([*sorted(others), *full][:3])
        raise RuleBroken(f"The database to move to is not empty: it holds {found}. Name an empty one.")


def _holds_rows(connection: Connection, name: str) -> bool:
    table = Base.metadata.tables[name]
    return connection.execute(select(*table.primary_key.columns).limit(1)).first() is not None


def _move_table(old: Connection, new: Connection, table: Table, tell: Tell) -> int:
    total = old.scalar(select(func.count()).select_from(table)) or 0
    put, moved = insert(table).values(_places(table)), 0
    among_themselves = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    referring: list[Row] = []
    for rows in _rows(old, table):
        referring += [row for row in rows if any(row[name] is not None for name in among_themselves)]
        new.execute(put, [row | dict.fromkeys(among_themselves) for row in rows])
        moved += len(rows)
        tell(table.name, moved, total)
    _refer(new, table, among_themselves, referring)
    return moved


def _refer(new: Connection, table: Table, names: list[str], rows: list[Row]) -> None:
    """Let rows refer to others of their table once all are there: two teams may stand in for each other."""
    if rows:
        changed = update(table).where(table.c.id == bindparam("this")).values({name: bindparam(name) for name in names})
        new.execute(changed, [{"this": row["id"]} | {name: row[name] for name in names} for row in rows])


def _rows(connection: Connection, table: Table) -> Iterator[list[Row]]:
    """Give all rows in the order of their keys, which is that of time; JSON as the text it is kept as."""
    kept = [cast(column, String).label(column.name) if _is_json(column) else column for column in _columns(table)]
    query = select(*kept).order_by(*table.primary_key.columns)
    for part in connection.execute(query, execution_options={"yield_per": AT_ONCE}).mappings().partitions(AT_ONCE):
        yield [dict(row) for row in part]


def _columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.computed is None]


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)


def _places(table: Table) -> Mapping[str, ColumnElement[Any]]:
    """Where each value goes; the text of JSON as it is, so that nothing and the word null stay apart."""
    return {
        column.name: cast(bindparam(column.name, type_=String), column.type)
        if _is_json(column)
        else bindparam(column.name, type_=column.type)
        for column in _columns(table)
    }


def _must_be_the_same(old: Connection, new: Connection, table: Table) -> None:
    before, after = _sum(old, table), _sum(new, table)
    if before != after:
        raise RuleBroken(f"{table.name}: {before[0]} rows became {after[0]}, or differ. Nothing was moved.")


def _sum(connection: Connection, table: Table) -> tuple[int, int]:
    """Count the rows, and add up a number for each that stands for all it says, whatever their order."""
    rows = total = 0
    for part in _rows(connection, table):
        rows += len(part)
        for row in part:
            seal = blake2b(repr([row[column.name] for column in _columns(table)]).encode(), digest_size=8)
            total = (total + int.from_bytes(seal.digest())) % 2**64
    return rows, total
