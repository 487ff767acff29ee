"""Workers as real processes on a test's database, which may be killed, and cases that wait for a date."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg

from tests.builders.walked_case import Town
from workflows.actions import diagrams
from workflows.actions.taking_on import Wanted, take_on
from workflows.actions.told_answers import as_typed
from workflows.casework.access import Actor, Post
from workflows.settings import Settings
from workflows.storage.addresses import libpq_address

WAITS = Path(__file__).parent.parent / "bench" / "diagrams" / "waits_a_while.bpmn"
OPERATOR = Actor(None, "an operator", (Post("sysadmin", None, None),))
WHO_TICKS = """SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
    WHERE locktype = 'advisory' AND granted AND application_name LIKE 'roundtable worker %'"""


@dataclass
class Workers:
    """Worker processes of one installation, all on one moved clock."""

    settings: Settings
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def begin(self) -> subprocess.Popen[bytes]:
        """Start one more."""
        given = {
            "DATA": str(self.settings.data_folder), "DATABASE": self.settings.database_url,
            "SECRET": self.settings.secret_key, "MAIL": self.settings.mail, "CLOCK": str(self.settings.clock_file),
        }  # fmt: skip
        environment = os.environ | {f"ROUNDTABLE_{name}": value for name, value in given.items()}
        with (self.settings.data_folder.parent / f"worker-{len(self.processes)}.log").open("wb") as log:
            self.processes.append(
                subprocess.Popen([sys.executable, "-m", "workers"], env=environment, stdout=log, stderr=log)
            )
        return self.processes[-1]

    def who_ticks(self) -> int | None:
        """Return the process whose turn it is, as the database knows it; never more than one."""
        with psycopg.connect(libpq_address(self.settings.database_url)) as connection:
            found = [int(name.split()[-1]) for (name,) in connection.execute(WHO_TICKS)]
        assert len(found) <= 1, f"{found} tick at once"
        return found[0] if found else None


@contextmanager
def workers_of(settings: Settings) -> Iterator[Workers]:
    """Let a test start workers; whatever still runs at its end is killed."""
    started = Workers(settings)
    try:
        yield started
    finally:
        for process in started.processes:
            process.kill()
            process.wait()


def kill(pid: int | None) -> None:
    """End a process without a word."""
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def until(holds: Callable[[], bool], seconds: float) -> float:
    """Wait for something to become true; returns how long it took."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"it did not happen within {seconds} s")
        time.sleep(0.05)
    return time.monotonic() - began


def cases_that_wait(town: Town, many: int) -> list[UUID]:
    """Open cases, each of which waits for a date a few days from now."""
    return cases_on(town, WAITS, many)


def cases_on(town: Town, drawn: Path, many: int) -> list[UUID]:
    """Publish a diagram, whose process is named as its file, and open cases on it."""
    diagrams.publish_files(town.office.desk(OPERATOR), {drawn.name: drawn.read_bytes()}, "to try")
    coordinator = town.office.desk(town.who("Ifeoma"))
    form = coordinator.forms.form("F01")
    usual = {"nhs_available": "no", "nhs_number_reason": "Not told", "given_name": "Ada", "dob": "1941-03-27"}
    person = as_typed(form, usual | {"family_name": "Example"})
    return [take_on(coordinator, Wanted("acm", drawn.stem, "east", person, {})).id for _ in range(many)]


LONG_ENOUGH = timedelta(days=30)
