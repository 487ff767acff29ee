"""The service as it is served, with a counter beside it: how many statements and how much work a request took."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from sqlalchemy import Engine, event
from waitress.server import create_server

from tests.bench.timed import Asked
from webapp import create_app
from workflows.assembly import open_office
from workflows.settings import Settings


class Counter:
    """Counts what the databases of this process are asked, and tells each answer's share in its headers."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self.statements = self.commits = self.rows = 0
        self._asked = Asked()
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "after_cursor_execute", self._rows)
        event.listen(Engine, "commit", self._commit)

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_given: Any) -> None:
        self.statements += not statement.startswith("BEGIN")  # which SQLite is told and PostgreSQL is not

    def _rows(self, _connection: Any, cursor: Any, statement: str, *_given: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            self.rows += max(cursor.rowcount, 0)

    def _commit(self, _connection: Any) -> None:
        self.commits += 1

    def __call__(self, environment: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        self.statements = self.commits = self.rows = 0
        self._asked.seconds = 0.0
        begun = time.process_time()

        def told(status: str, headers: list[tuple[str, str]], *failed: Any) -> Any:
            spent = (time.process_time() - begun) * 1000
            counts = f"{self.statements} {self.commits} {self.rows} {spent:.3f} {self._asked.seconds * 1000:.3f}"
            return start(status, [*headers, ("X-Bench", counts)], *failed)

        answer: Iterable[bytes] = self._application(environment, told)
        return answer


def main() -> None:
    """Serve the office that the environment describes on a free port, which is printed."""
    office = open_office(Settings.from_environment())
    application = create_app(office)
    server: Any = create_server(
        Counter(application), host="127.0.0.1", port=0, threads=int(os.environ.get("BENCH_THREADS", "8"))
    )
    sys.stdout.write(f"{server.effective_port}\n")
    sys.stdout.flush()
    server.run()


if __name__ == "__main__":
    main()
