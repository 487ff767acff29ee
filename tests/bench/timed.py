"""What the database itself takes: every cursor of this process tells how long it was asked and read from."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import psycopg
from sqlalchemy import Engine, event

ASKING = ("execute", "executemany", "fetchone", "fetchmany", "fetchall")


class Asked:
    """How long the databases of this process were waited for, in seconds, since it was last set to nothing."""

    def __init__(self) -> None:
        self.seconds = 0.0
        of_sqlite = self._timed(sqlite3.Cursor)

        class Connection(sqlite3.Connection):
            def cursor(self, factory: Any = of_sqlite) -> Any:
                return super().cursor(factory)

        self._given: dict[str, dict[str, Any]] = {
            "sqlite": {"factory": Connection},
            "postgresql": {"cursor_factory": self._timed(psycopg.Cursor)},
        }
        event.listen(Engine, "do_connect", self._connect)

    def _connect(self, dialect: Any, _record: Any, _positional: Any, named: dict[str, Any]) -> None:
        named.update(self._given[dialect.name])

    def _timed(self, cursor: type[Any]) -> type[Any]:
        return type(f"Timed{cursor.__name__}", (cursor,), {name: self._told(getattr(cursor, name)) for name in ASKING})

    def _told(self, ask: Any) -> Any:
        def timed(*given: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            try:
                return ask(*given, **named)
            finally:
                self.seconds += time.perf_counter() - begun

        return timed
