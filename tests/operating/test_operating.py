"""What docs/operating.md tells to type is typed here: units, backup and restore, the account of the service."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import urllib.request
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import NoResultFound, ProgrammingError

from tests.builders.soundness import faults
from tests.builders.walked_case import Town
from tests.builders.worker_processes import until
from tests.conftest import MONDAY_MORNING
from tests.house.tree import ROOT
from tests.loaded_town import DELIVERING
from tests.postgres_server import PostgresServer
from workers.rounds import run_everything
from workflows.assembly import Office, open_office
from workflows.casework.base import new_id
from workflows.clock import FixedClock
from workflows.settings import Settings
from workflows.storage.addresses import libpq_address

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAMS = Path(sys.executable).parent


def told(language: str, word: str) -> str:
    """Return the block of the page in a language that holds a word."""
    blocks = BLOCK.findall((ROOT / "docs" / "operating.md").read_text(encoding="utf-8"))
    (found,) = [text for name, text in blocks if name == language and word in text]
    return str(found)


def environment(settings: Settings, **more: str) -> dict[str, str]:
    given = {"DATA": str(settings.data_folder), "DATABASE": settings.database_url, "SECRET": settings.secret_key}
    named = {f"ROUNDTABLE_{name}": value for name, value in given.items()}
    found = {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    return os.environ | named | found | more


def typed(block: str, settings: Settings, places: dict[str, str], **more: str) -> str:
    """Type a block into a shell, with the folders of the test in the place of those of the page."""
    for there, here in places.items():
        block = block.replace(there, here)
    ran = subprocess.run(
        ["bash", "-euc", block],
        check=False,
        env=environment(settings, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def restored(database_url: str, settings: Settings) -> Office:
    return open_office(replace(settings, database_url=database_url), FixedClock(MONDAY_MORNING))


@pytest.mark.sqlite_only
def test_sqlite_is_backed_up_at_work_and_restored(delivering: Town, tmp_path: Path) -> None:
    office = delivering.office
    file = office.settings.database_url.removeprefix("sqlite:///")
    (tmp_path / "kept").mkdir()
    places = {"/backup/": f"{tmp_path}/kept/", "/srv/roundtable/roundtable.db": file}
    with office.database.writing() as somebody_writes:
        somebody_writes.connection()
        typed(told("sh", "db backup"), office.settings, places)
    lost = delivering.refer(nhs_number="9990001383")
    office.close()
    assert "whole" in typed(told("sh", "cp /backup"), office.settings, places)
    assert faults(office) == []
    with pytest.raises(NoResultFound):
        delivering.case(lost)


@pytest.mark.postgres_only
def test_postgresql_is_backed_up_at_work_and_restored(
    delivering: Town, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    office = delivering.office
    office.hand_out("wake_cases", [new_id()])  # the queue is part of it
    addresses = {
        "ROUNDTABLE_DATABASE": libpq_address(office.settings.database_url),
        "MAINTENANCE": postgres_server.url("postgres"),
        "RESTORED": postgres_server.url("restored"),
        "PATH": f"{postgres_server.programs}{os.pathsep}{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
    }
    places = {"/backup/": f"{tmp_path}/"}
    typed(told("sh", "pg_dump"), office.settings, places, **addresses)
    try:
        assert "whole" in typed(told("sh", "pg_restore"), office.settings, places, **addresses)
        there = restored(addresses["RESTORED"], office.settings)
        assert (there.migrated(), faults(there)) == (True, [])
        Town(there).do(DELIVERING, Town(there).open_tasks(DELIVERING)[0].key)
        run_everything(there)
        there.close()
    finally:
        postgres_server.drop("restored")


@pytest.mark.postgres_only
def test_the_account_of_the_service_can_do_its_work_and_not_silence_the_trail(
    delivering: Town, postgres_server: PostgresServer
) -> None:
    owner = libpq_address(delivering.office.settings.database_url)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE ROLE roundtable_service LOGIN")
        connection.execute(told("sql", "GRANT"))
    service = restored(owner.replace("postgres@", "roundtable_service@"), delivering.office.settings)
    try:
        service.migrate()  # nothing is left to do
        town = Town(service)
        town.do(DELIVERING, town.open_tasks(DELIVERING)[0].key)
        town.refer(nhs_number="9990001383")
        run_everything(service)
        assert service.hand_out("wake_cases", [new_id()]) == 1
        with service.database.writing() as session, pytest.raises(ProgrammingError, match="must be owner"):
            session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
    finally:
        service.close()
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute("DROP OWNED BY roundtable_service")
            connection.execute("DROP ROLE roundtable_service")


@pytest.mark.postgres_only
def test_the_units_start_web_and_worker_beside_each_other(town: Town, tmp_path: Path) -> None:
    settings, port = town.office.settings, free_port()
    clock = tmp_path / "clock"
    clock.write_text(town.office.clock.now().isoformat())
    more = {"ROUNDTABLE_CLOCK": str(clock), "ROUNDTABLE_ADDRESS": "https://roundtable.example.org"}
    with ExitStack() as running:
        for unit in ("-m workers", "gunicorn"):
            command = unit_of(unit)["ExecStart"].replace("/srv/roundtable/.venv/bin", str(PROGRAMS))
            command = command.replace("127.0.0.1:8350", f"127.0.0.1:{port}")
            log = running.enter_context((tmp_path / f"{unit.split()[-1]}.log").open("wb"))
            process = subprocess.Popen(
                shlex.split(command), env=environment(settings, **more), cwd=ROOT, stdout=log, stderr=log
            )
            running.callback(process.wait, 30)
            running.callback(process.terminate)  # as systemd does
        until(lambda: health(port).get("status") == "ok", 60)
        signed_in = urllib.request.Request(f"http://127.0.0.1:{port}/sign-in", headers=PROXY)
        with urllib.request.urlopen(signed_in) as answer:  # noqa: S310 - our own server
            assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("unit", ["roundtable serve", "-m workers", "gunicorn"])
def test_a_unit_says_what_systemd_asks_for(unit: str) -> None:
    service = unit_of(unit)
    program = service["ExecStart"].split()[0].replace("/srv/roundtable/.venv/bin", str(PROGRAMS))
    assert os.access(program, os.X_OK)
    assert (service["Restart"], service["EnvironmentFile"]) == ("always", "/etc/roundtable.env")


def unit_of(word: str) -> configparser.SectionProxy:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # systemd's names have capitals
    unit.read_string(told("ini", word))
    return unit["Service"]


PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Host": "roundtable.example.org"}


def health(port: int) -> dict[str, object]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/health", timeout=5) as answer:
            return dict(json.load(answer))
    except OSError:
        return {}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
