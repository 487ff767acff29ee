"""What is measured: an office with the demonstration and two ordinary diagrams, served by processes of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from tests.postgres_server import PostgresServer
from workflows import demonstration
from workflows.actions import api_access, diagrams
from workflows.assembly import Office, open_office
from workflows.casework.access import Actor, Post
from workflows.casework.staff import StaffMember
from workflows.settings import Settings
from workflows.storage import people

DRAWN = Path(__file__).parent / "diagrams"
OPERATOR = Actor(None, "a benchmark", (Post("sysadmin", None, None),))
DOER = "Ifeoma Adeyemi"  # coordinator in East: the steps of the two diagrams are hers
SOMEBODY = {"given_name": "Ada", "family_name": "Example", "dob": "1941-03-27"}
NOTE = "Rang at ten; all is well at home, the tablets are taken and the daughter comes on Sunday. " * 3


@dataclass(frozen=True)
class Spent:
    """One request: its answer, how long it took (ms), and what the server says it took; `query_ms`: its statements."""

    answer: dict[str, Any]
    wall_ms: float
    statements: int
    commits: int
    rows: int
    cpu_ms: float
    query_ms: float


class Client:
    """Somebody at the other end of one kept-open connection."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = headers

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def post(self, address: str, body: dict[str, Any]) -> Spent:
        """Send one changing request of the API."""
        headers = {**self._headers, "Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        return self._ask("POST", f"/api/v1{address}", json.dumps(body), headers)

    def get(self, address: str) -> Spent:
        """Read a page."""
        return self._ask("GET", address, None, self._headers)

    def _ask(self, method: str, address: str, body: str | None, headers: dict[str, str]) -> Spent:
        begun = time.perf_counter()
        self._connection.request(method, address, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        wall = (time.perf_counter() - begun) * 1000
        if answer.status >= 300:
            raise RuntimeError(f"{method} {address}: {answer.status} {content[:500]!r}")
        statements, commits, rows, cpu, query = answer.getheader("X-Bench", "0 0 0 0 0").split()
        told = json.loads(content) if answer.getheader("Content-Type", "").startswith("application/json") else {}
        return Spent(told, wall, int(statements), int(commits), int(rows), float(cpu), float(query))


@dataclass
class Rig:
    """An office to be measured, on one database, in a folder of its own. `kept`: it is served until the end."""

    database: str
    folder: Path
    environment: dict[str, str]
    kept: bool = False
    office: Office = field(init=False)
    secret: str = field(init=False, default="")
    _clients: list[Client] = field(init=False, default_factory=list)
    _running: list[Server] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.office = open_office(Settings.from_environment(self.environment))

    def load(self) -> None:
        """Load the demonstration, publish the two diagrams, make a token for whoever does the work."""
        self.office.migrate()
        demonstration.load(self.office.desk())
        files = {path.name: path.read_bytes() for path in sorted(DRAWN.glob("*.bpmn"))}
        diagrams.publish_files(self.office.desk(OPERATOR), files, "to be measured")
        doer = self.doer()
        made = api_access.make_token(self.office.desk(doer), "benchmark", tuple(api_access.scopes_of(doer)), 30)
        self.secret = made.secret

    def doer(self) -> Actor:
        """Whoever does the work."""
        desk = self.office.desk()
        with desk.looking() as session:
            found = session.scalars(select(StaffMember).where(StaffMember.name == DOER)).one()
            return people.actor_for(session, found, desk.today)

    @contextmanager
    def served(self, processes: int = 1, threads: int = 8) -> Iterator[list[Server]]:
        """Serve the office from processes of its own."""
        try:
            while len(self._running) < processes:
                self._running.append(Server(self.environment, threads))
            yield self._running[:processes]
        finally:
            if not self.kept:
                self.stop()

    def stop(self) -> None:
        """End the processes that serve it."""
        while self._clients:
            self._clients.pop().close()
        while self._running:
            self._running.pop().stop()

    def client(self, server: Server, headers: dict[str, str] | None = None) -> Client:
        """A system with a token, or whoever sends these headers; its connection ends with the service."""
        self._clients.append(Client(server.port, headers or {"Authorization": f"Bearer {self.secret}"}))
        return self._clients[-1]

    def begin(self, client: Client, process: str) -> str:
        """Open a case on a diagram; returns its first task."""
        told = {"programme": "acm", "process": process, "team": "east", "person": SOMEBODY}
        return str(client.post("/cases", told).answer["tasks"][0]["id"])


class Server:
    """One web process."""

    def __init__(self, environment: dict[str, str], threads: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.served"],
            env={**os.environ, **environment, "BENCH_THREADS": str(threads)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.communicate(timeout=20)


@dataclass
class Store:
    """Gives offices for measuring, each on a copy of one that was loaded once."""

    database: str
    folder: Path
    server: PostgresServer | None
    secret: str = field(init=False)

    def __post_init__(self) -> None:
        loaded = self._rig("loaded", self.server.create("loaded") if self.server else "")
        loaded.load()
        self.secret = loaded.secret
        loaded.office.close()

    @contextmanager
    def rig(self, name: str, kept: bool = False) -> Iterator[Rig]:
        """An office on a fresh copy, gone afterwards."""
        if self.server:
            made = self._rig(name, self.server.create(name, template="loaded"))
        else:
            shutil.copytree(self.folder / "loaded", self.folder / name)
            made = self._rig(name, "")
        made.secret, made.kept = self.secret, kept
        try:
            yield made
        finally:
            made.stop()
        made.office.close()
        shutil.rmtree(self.folder / name, ignore_errors=True)
        if self.server:
            self.server.drop(name)

    def _rig(self, name: str, url: str) -> Rig:
        given = {"DATA": str(self.folder / name), "SECRET": "a secret for benchmarks only"}
        given |= {"API_RATE": "1000000 per minute", **({"DATABASE": url} if url else {})}
        environment = {f"ROUNDTABLE_{name}": value for name, value in given.items()}
        return Rig(self.database, self.folder / name, environment)


@contextmanager
def store(database: str) -> Iterator[Store]:
    """A store of offices on this kind of database, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="roundtable-bench-", dir="/tmp"))
    folder.chmod(0o755)
    server = PostgresServer(folder / "postgres", safe=True) if database == "postgresql" else None
    try:
        if server is not None:
            server.start()
        yield Store(database, folder, server)
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
