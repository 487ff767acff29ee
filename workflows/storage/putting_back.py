"""Comparing rows with the images an act left of them, and putting them back as they were before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, Table, Uuid, delete, insert, select, update
from sqlalchemy.orm import Session

from workflows.casework.base import Base, UtcDateTime
from workflows.storage.remembering import VERSION, kept_by_itself, mark, plain

AT_ONCE = 500  # rows named in one statement
TABLES = Base.metadata.tables
KEEP_POINTING = frozenset({"audit_entry", "completion"})


@dataclass(frozen=True)
class Image:
    """A row as an act found it and left it. `was`: by column, None when the act made it; `left`: None when it went."""

    table: str
    id: UUID
    was: Mapping[str, Any] | None
    left: str | None


Row = Mapping[str, Any]


def read(images: Iterable[Mapping[str, Any]]) -> tuple[Image, ...]:
    """Return images as they were kept."""
    return tuple(Image(one["table"], UUID(one["id"]), one["was"], one["left"]) for one in images)


def touched_since(session: Session, images: Sequence[Image], hold: bool) -> list[tuple[Image, Row | None]]:
    """Return the images whose rows are not as the act left them, with the rows as they are now.

    hold: nobody else changes the rows from here on, such as the worker that takes a notice for sending.
    """
    found: dict[UUID, Row] = {}
    for table, some in _by_table(images):
        found |= {row["id"]: row for row in _rows(session, table, [image.id for image in some], hold)}
    return [(image, found.get(image.id)) for image in images if not is_as_left(image, found.get(image.id))]


def is_as_left(image: Image, row: Row | None) -> bool:
    """Say whether a row is as the act left it; what says nothing of what people do is left aside."""
    if row is None or image.left is None:
        return row is None and image.left is None
    return mark(image.table, {name: row[name] for name in _told(image)}) == image.left


def leaning_on(session: Session, images: Sequence[Image]) -> Iterator[tuple[str, UUID]]:
    """Find the rows that came since and refer to a row the act made, each with its table."""
    made: dict[str, list[UUID]] = defaultdict(list)
    for image in images:
        if image.was is None:
            made[image.table].append(image.id)
    own = {image.id for image in images}
    for table, column, ids in _references(made):
        for (found,) in session.execute(select(table.c.id).where(column.in_(ids))):
            if found not in own:
                yield table.name, found


def _references(made: Mapping[str, Sequence[UUID]]) -> Iterator[tuple[Table, Any, list[UUID]]]:
    """Name every column that may refer to one of these rows."""
    for table in TABLES.values():
        for key in table.foreign_keys if table.name not in KEEP_POINTING else ():
            for ids in _some(made.get(key.column.table.name, ())):
                yield table, key.parent, ids


def put_back(session: Session, images: Sequence[Image]) -> list[dict[str, Any]]:
    """Put every row back as it was before the act; returns the rows that went, as they were at the last."""
    order = {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}
    ordered = sorted(images, key=lambda image: order[image.table])
    for image in ordered:
        if image.left is None and image.was is not None:
            session.execute(insert(TABLES[image.table]).values(**_typed(image)))
    for image in ordered:
        if image.left is not None and image.was is not None:
            session.execute(_restoring(image))
    removed: list[dict[str, Any]] = []
    for table, made in _by_table([image for image in reversed(ordered) if image.was is None]):
        removed += [{"table": table.name, **_shown(row)} for row in _rows(session, table, [one.id for one in made])]
        for image in reversed(made):  # the last first: a row may refer to an earlier one of its own table
            session.execute(delete(table).where(table.c.id == image.id))
    return removed


def _restoring(image: Image) -> Any:
    """A row that two may write at once counts on: whoever read it before it was put back has to look again."""
    table, values = TABLES[image.table], _typed(image)
    counted = {VERSION: table.c[VERSION] + 1} if VERSION in table.c else {}
    return update(table).where(table.c.id == image.id).values(**values, **counted)


def _typed(image: Image) -> dict[str, Any]:
    table = TABLES[image.table]
    values = {name: _value(table.c[name], kept) for name, kept in (image.was or {}).items()}
    return values | ({VERSION: 1} if image.left is None and VERSION in table.c else {})


def _value(column: Column[Any], kept: Any) -> Any:
    """Return what JSON kept as the column holds it."""
    if kept is None:
        return None
    if isinstance(column.type, Uuid):
        return UUID(kept)
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(kept)
    return date.fromisoformat(kept) if isinstance(column.type, Date) else kept


def _told(image: Image) -> list[str]:
    if image.was is not None:
        return list(image.was)
    columns = TABLES[image.table].columns
    return [column.name for column in columns if not kept_by_itself(column)]


def _shown(row: Row) -> dict[str, Any]:
    return {name: plain(value) for name, value in row.items()}


def _by_table(images: Iterable[Image]) -> list[tuple[Table, list[Image]]]:
    found: dict[str, list[Image]] = {}
    for image in images:
        found.setdefault(image.table, []).append(image)
    return [(TABLES[name], some) for name, some in found.items()]


def _rows(session: Session, table: Table, ids: Sequence[UUID], hold: bool = False) -> Iterator[Row]:
    for some in _some(ids):
        query = select(table).where(table.c.id.in_(some))
        for row in session.execute(query.with_for_update() if hold else query).mappings():
            yield dict(row)


def _some(ids: Sequence[UUID]) -> Iterator[list[UUID]]:
    left = iter(ids)
    while some := list(islice(left, AT_ONCE)):
        yield some
