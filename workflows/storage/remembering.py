"""Remembering what one act changes, row by row, so that the act can be taken back while nothing followed from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, event, inspect
from sqlalchemy.orm import ORMExecuteState, Session

from workflows.casework.base import COPIED, Base
from workflows.clock import as_utc

# What never returns: the trail, the answers kept for retries, and drafts, which are given back by themselves.
LEFT_ALONE = frozenset(
    {"audit_entry", "audit_head", "completion", "draft", "idempotency_key", "intervention", "sent_page"}
)
# Columns that say nothing of what people did: how often a row was written, and what the worker notes for itself.
SILENT: Mapping[str, frozenset[str]] = {
    "task": frozenset({"remind_at", "ladder_number", "level", "repeats", "turns"}),
    "case_run": frozenset({"failures", "failed_why", "retry_at"}),
    "letter": frozenset({"reminded_at"}),
    # What failed is tried again by itself; that it has happened since shows in its process.
    "incident": frozenset(
        {"why", "fault", "inputs", "tries", "began_at", "last_at", "next_at", "closed_at", "closed_how"}
    ),
}
VERSION = "version"
NEW_CASE = "It began a new case, which stays."
MEMORY = "memory"  # in a session's info: what is remembered of the act under way
UNSEEN = "It changed more at once than can be put back row by row."


@dataclass
class _Row:
    made: bool = False
    gone: bool = False
    was: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Remembered:
    """The images of the rows, ready to be kept; `held_fast`: why the act cannot be taken back, if it cannot."""

    images: list[dict[str, Any]]
    held_fast: str


class Memory:
    """What an act has changed so far, seen at each flush."""

    def __init__(self) -> None:
        self._rows: dict[Base, _Row] = {}
        self._put_down: list[tuple[str, Mapping[str, Any]]] = []
        self._held_fast = ""

    def notice(self, session: Session, _context: object) -> None:
        """Look at what a flush has written; what was before is still known to the session."""
        for noun in session.new:
            if noun.__tablename__ not in LEFT_ALONE:
                self._rows[noun] = _Row(made=True)
        for noun in session.dirty:
            self._changed(noun)
        for noun in session.deleted:
            self._deleted(noun)

    def heed(self, execution: ORMExecuteState) -> None:
        """A statement that changes many rows at once goes past the session: what it changed is not known."""
        if execution.is_update or execution.is_delete or execution.is_insert:
            self._held_fast = self._held_fast or UNSEEN

    def put_down(self, noun: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
        """Take note of rows that were made past the session, each with every column that says something."""
        if noun.__tablename__ not in LEFT_ALONE:
            self._put_down += [(noun.__tablename__, row) for row in rows]

    def remembered(self) -> Remembered:
        """Return everything, with a mark of how the act left each row."""
        if any(row.made and noun.__tablename__ == "case" for noun, row in self._rows.items()):
            self._held_fast = self._held_fast or NEW_CASE
        if self._held_fast:
            return Remembered([], self._held_fast)
        seen = [_image(noun, row) for noun, row in self._rows.items() if row.made or row.was]
        put_down = [_made(table, row["id"], row) for table, row in self._put_down]
        return Remembered([*seen, *put_down], "")

    def _changed(self, noun: Base) -> None:
        if noun.__tablename__ in LEFT_ALONE:
            return
        row = self._rows.get(noun) or _Row()
        if row.made:
            return
        state = inspect(noun)
        for name, column in columns_of(type(noun)):
            if name not in state.committed_state:
                continue  # nobody has set it
            history = state.attrs[name].history
            if history.has_changes() and column.name not in row.was:
                self._before(row, column, history.deleted)
        if row.was:
            self._rows[noun] = row

    def _before(self, row: _Row, column: Column[Any], deleted: Any) -> None:
        if deleted:
            row.was[column.name] = plain(deleted[0])
        else:  # it was set without having been read
            self._held_fast = self._held_fast or UNSEEN

    def _deleted(self, noun: Base) -> None:
        if noun.__tablename__ in LEFT_ALONE:
            return
        row = self._rows.setdefault(noun, _Row())
        if row.made:
            del self._rows[noun]
            return
        if _carries_bytes(type(noun)):
            self._held_fast = self._held_fast or UNSEEN
        row.gone, state = True, inspect(noun)
        for name, column in columns_of(type(noun)):
            history = state.attrs[name].history
            before = history.deleted or history.unchanged
            if column.name not in row.was:
                self._before(row, column, before)


@contextmanager
def remembering(session: Session) -> Iterator[Memory]:
    """Remember what the session writes from here on."""
    memory = session.info[MEMORY] = Memory()
    event.listen(session, "after_flush", memory.notice)
    event.listen(session, "do_orm_execute", memory.heed)
    try:
        yield memory
    finally:
        del session.info[MEMORY]
        event.remove(session, "after_flush", memory.notice)
        event.remove(session, "do_orm_execute", memory.heed)


def put_down(session: Session, noun: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Let the memory of the act, if there is one, know of rows that were made past the session."""
    memory: Memory | None = session.info.get(MEMORY)
    if memory is not None:
        memory.put_down(noun, rows)


@cache
def columns_of(noun: type[Base]) -> tuple[tuple[str, Any], ...]:
    """Return the columns of a noun that say something, each with the name the noun gives it."""
    mapper = inspect(noun)
    telling = [column for column in mapper.local_table.columns if _tells(column)]
    return tuple((mapper.get_property_by_column(column).key, column) for column in telling)


def _tells(column: Any) -> bool:
    return not kept_by_itself(column) and not isinstance(column.type, LargeBinary)


def kept_by_itself(column: Any) -> bool:
    """Say whether a column is looked after by the database or the session: nobody sets it, nobody puts it back."""
    return column.name == VERSION or column.computed is not None or COPIED.items() <= column.info.items()


def _carries_bytes(noun: type[Base]) -> bool:
    return any(isinstance(column.type, LargeBinary) for column in noun.__table__.columns)


def _image(noun: Base, row: _Row) -> dict[str, Any]:
    columns = columns_of(type(noun))
    told = {column.name: getattr(noun, name) for name, column in columns if row.made or column.name in row.was}
    key: UUID = noun.id  # type: ignore[attr-defined] # whatever a step of a case touches is known by such a key
    if row.made:
        return _made(noun.__tablename__, key, told)
    left = None if row.gone else mark(noun.__tablename__, told)
    return {"table": noun.__tablename__, "id": key.hex, "was": row.was, "left": left}


def _made(table: str, key: UUID, told: Mapping[str, Any]) -> dict[str, Any]:
    return {"table": table, "id": key.hex, "was": None, "left": mark(table, told)}


def mark(table: str, values: Mapping[str, Any]) -> str:
    """Return a short mark of what columns hold; two rows with the same mark say the same."""
    silent = SILENT.get(table, frozenset())
    said = {name: plain(value) for name, value in values.items() if name not in silent}
    return blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=12).hexdigest()


def plain(value: Any) -> Any:
    """Return what a column holds as JSON knows it."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return as_utc(value).isoformat()
    return value.isoformat() if isinstance(value, date) else value
