"""The command line, and web and worker running together as processes."""

from __future__ import annotations

import json
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from tests.builders.colleagues import programme_data, set_up
from tests.builders.tampering import unguard_the_audit
from tests.builders.walked_case import Town
from tests.webapp.referral_work import signed_in
from webapp import create_app, serving
from webapp.cli import main
from workflows import demonstration
from workflows.actions import sign_in
from workflows.assembly import Office, open_office
from workflows.casework.audit import AuditEntry
from workflows.casework.errors import NotFound
from workflows.casework.programme import Programme, ProgrammeSetting
from workflows.questions import people
from workflows.settings import Settings

FOREVER = (sys.executable, "-c", "import time; time.sleep(60)")
EARNEST = {"ROUNDTABLE_DEMONSTRATION": "no", "ROUNDTABLE_MAIL": "smtp://127.0.0.1:25"}
AT_ONCE = (sys.executable, "-c", "raise SystemExit(3)")


@pytest.fixture
def environment(office: Office) -> dict[str, str]:
    """The environment of a command that works on the test's office."""
    return {
        "ROUNDTABLE_DATA": str(office.settings.data_folder),
        "ROUNDTABLE_DATABASE": office.settings.database_url,
        "ROUNDTABLE_SECRET": office.settings.secret_key,
    }


def run(environment: dict[str, str], *words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, words, env=environment, catch_exceptions=False)


def eventually(happens: object, seconds: float = 20.0) -> bool:
    """Wait for something to become true."""
    assert callable(happens)
    for _ in range(int(seconds * 20)):
        if happens():
            return True
        time.sleep(0.05)
    return False


def test_the_worker_is_started_again_when_it_ends_by_itself() -> None:
    worker = serving.WorkerProcess(AT_ONCE, pause=0.01)
    first = worker.pid
    assert eventually(lambda: worker.pid != first)
    worker.stop()


def test_the_worker_stops_when_it_is_told_to() -> None:
    worker = serving.WorkerProcess(FOREVER)
    worker.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(worker.pid, 0)


def test_a_deaf_worker_is_ended_all_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(serving, "PATIENCE", 0.2)
    ready = tmp_path / "ready"
    deaf = "import signal, sys, time; signal.signal(15, signal.SIG_IGN); open(sys.argv[1], 'x').close(); time.sleep(60)"
    worker = serving.WorkerProcess((sys.executable, "-c", deaf, str(ready)))
    assert eventually(ready.exists)
    worker.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(worker.pid, 0)


@pytest.mark.both_databases
def test_a_person_is_added_from_the_command_line(environment: dict[str, str], office: Office) -> None:
    set_up(office)
    added = run(
        environment, "staff", "add", "Anna Bell", "anna.bell@example.org", "--role", "nurse", "--programme", "acm"
    )
    assert added.exit_code == 0, added.output
    (link,) = (line for line in added.output.splitlines() if line.startswith(office.settings.base_url))
    token = link.rpartition("/")[2]
    sign_in.choose_password(office.desk(), token, "four words of anybody")
    with pytest.raises(NotFound):
        sign_in.check_reset_link(office.desk(), token)
    (member,) = people.demonstration_people(office.desk())
    assert [(post.role, post.programme) for post in member.posts] == [("nurse", "Active Case Management")]
    again = run(environment, "staff", "add", "Anna Bell", "anna.bell@example.org")
    assert (again.exit_code, "already" in again.output) == (1, True)


def test_a_new_link_is_printed_for_somebody_whose_first_one_ran_out(
    environment: dict[str, str], office: Office
) -> None:
    set_up(office)
    added = run(environment, "staff", "add", "Anna Bell", "anna.bell@example.org")
    assert "roundtable staff link anna.bell@example.org" in added.output
    printed = run(environment, "staff", "link", "anna.bell@example.org")
    assert printed.exit_code == 0, printed.output
    sign_in.check_reset_link(office.desk(), printed.output.strip().rpartition("/")[2])
    nobody = run(environment, "staff", "link", "nobody@example.org")
    assert (nobody.exit_code, "No account in use" in nobody.output) == (1, True)


def test_a_programme_is_loaded_from_a_file_and_the_trail_tells_whose_account_did_it(
    environment: dict[str, str], office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "ours.json"
    file.write_text(json.dumps(programme_data(key="ours")), encoding="utf-8")
    assert "Loaded ours.json" in run(environment, "programme", "load", str(file)).output
    with office.desk().looking() as session:
        (actor,) = set(session.scalars(select(AuditEntry.actor)))
    assert actor == f"the command line ({pwd.getpwuid(os.getuid()).pw_name})"


@pytest.mark.both_databases
def test_the_audit_trail_is_verified_from_the_command_line(environment: dict[str, str], office: Office) -> None:
    set_up(office)
    assert "whole" in run(environment, "audit", "verify").output
    session = office.database.writing()
    unguard_the_audit(session)
    session.execute(update(AuditEntry).where(AuditEntry.seq == 2).values(actor="somebody else"))
    session.commit()
    session.close()
    broken = run(environment, "audit", "verify")
    assert broken.exit_code == 1
    assert "entry 2" in broken.output
    assert run(environment, "audit", "verify", "--case", "ACM-999999").exit_code == 1


def test_a_wrong_setting_stops_the_start_with_a_sentence(environment: dict[str, str]) -> None:
    wrong = run(environment | {"ROUNDTABLE_SESSION_MINUTES": "soon"}, "db", "upgrade")
    assert wrong.exit_code == 1
    assert "SESSION_MINUTES" in wrong.output


@pytest.mark.parametrize(
    "words", [("serve",), ("db", "upgrade"), ("staff", "add", "Anna Bell", "anna.bell@example.org")]
)
def test_no_command_takes_a_demonstration_for_a_service(
    environment: dict[str, str], office: Office, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "serve_office", lambda _office: None)
    demonstration.load(office.desk())
    refused = run(environment | EARNEST, *words)
    assert refused.exit_code == 1
    assert "The demonstration was loaded into this database" in refused.output
    assert "Traceback" not in refused.output


def test_the_worker_does_not_begin_on_a_demonstration_either(environment: dict[str, str], office: Office) -> None:
    demonstration.load(office.desk())
    command = [sys.executable, "-m", "workers", "--once"]
    ended = subprocess.run(command, env=os.environ | environment | EARNEST, capture_output=True, text=True, check=False)
    assert (ended.returncode, "The demonstration was loaded" in ended.stderr) == (2, True)


def test_a_port_that_is_taken_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        address = {"ROUNDTABLE_DATA": str(tmp_path), "ROUNDTABLE_ADDRESS": f"http://127.0.0.1:{port}"}
        command = [sys.executable, "-c", "from webapp.cli import main; main()", "serve"]
        refused = subprocess.run(command, env=os.environ | address, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert f"Something else already uses 127.0.0.1:{port}" in refused.stderr
    assert f"ROUNDTABLE_ADDRESS=http://127.0.0.1:{port + 1} make run" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_welcome_names_the_people_who_can_walk_a_case_together(office: Office) -> None:
    serving.make_ready(office)
    said = "\n".join(serving.welcome(office))
    east = said.partition("Active Case Management, East\n")[2].partition("\n\n")[0]
    assert [line.split("  ")[2] for line in east.splitlines()] == [
        "Marta Kowalczyk", "Siobhan Kelly", "Farah Siddiqui", "Dr Tomasz Zielinski", "Ifeoma Adeyemi", "Adaeze Nwosu",
    ]  # fmt: skip
    whole = said.partition("Active Case Management, Whole programme\n")[2].partition("\n\n")[0]
    assert "rajesh.patel@example.org" in whole
    assert "Therapist" in next(line for line in whole.splitlines() if "Marta Kowalczyk" in line)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_serve_prints_where_it_is_and_stops_cleanly(tmp_path: Path, told: signal.Signals) -> None:
    environment = os.environ | {"ROUNDTABLE_DATA": str(tmp_path), "ROUNDTABLE_ADDRESS": "http://127.0.0.1:0"}
    # Whoever runs the tests in the background has Ctrl+C ignored, and so would their children.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [sys.executable, "-c", f"{heard}; from webapp.cli import main; main()", "serve"]
    with (tmp_path / "said").open("w+", encoding="utf-8") as said:
        served = subprocess.Popen(command, env=environment, stdout=said, stderr=subprocess.STDOUT)
        try:
            assert eventually(lambda: "roundtable-demo" in (tmp_path / "said").read_text(encoding="utf-8"), 60)
            served.send_signal(told)
            assert served.wait(30) == 0
        finally:
            served.kill()
            served.wait()
    text = (tmp_path / "said").read_text(encoding="utf-8")
    assert "System administrator" in text
    assert "Roundtable has stopped." in text
    assert "Traceback" not in text


def test_a_rate_that_cannot_be_read_stops_the_start(environment: dict[str, str]) -> None:
    wrong = run(environment | {"ROUNDTABLE_API_RATE": "as fast as you like"}, "db", "upgrade")
    assert "API_RATE" in wrong.output


@pytest.mark.both_databases
def test_a_database_whose_programme_has_settings_of_an_earlier_version_starts_and_shows_none_of_them(
    town: Town,
) -> None:
    session = town.office.database.writing()
    for programme in session.query(Programme):
        for key, value in (("quiet_from", "19:00"), ("escalate.review.agenda", "10WD"), ("snooze_limit", "2")):
            programme.settings.append(ProgrammeSetting(key=key, value=value, label=f"Idle {key}"))
    session.commit()
    session.close()
    serving.make_ready(town.office)
    browser = signed_in(create_app(town.office), town, "Shabana Malik")
    page = browser.get("/programme/acm/settings").text
    assert "Idle" not in page
    assert "Triage a referral, urgent" in page
    assert town.refer()


def test_what_is_too_big_to_be_taken_in_is_refused_at_once_with_our_own_page(tmp_path: Path) -> None:
    environment = {"ROUNDTABLE_DATA": str(tmp_path), "ROUNDTABLE_ADDRESS": "http://127.0.0.1:0"}
    office = open_office(Settings.from_environment(environment))
    office.migrate()
    server = serving.listen(office)
    Thread(target=server.run, daemon=True).start()
    asked = HTTPConnection("127.0.0.1", server.effective_port, timeout=10)
    asked.putrequest("POST", "/sign-in")
    asked.putheader("Content-Length", str(300 * 1024 * 1024))
    asked.endheaders()
    try:
        answer = asked.getresponse()
        content = re.sub(r"<h1[^>]*>\s*", "<h1>", answer.read().decode())
    finally:
        server.trigger.pull_trigger(lambda: [each.close() for each in list(server._map.values())])
        server.task_dispatcher.shutdown()
        office.close()
    assert (answer.status, answer.getheader("Connection")) == (413, "close")
    assert "<h1>This is too big" in content
    assert "A file may have up to 10 MB" in content


def test_an_operator_writes_the_downtime_packs_now(environment: dict[str, str], office: Office) -> None:
    set_up(office)
    told = run(environment, "downtime", "write")
    assert (told.exit_code, "holds the packs of 2 teams" in told.output) == (0, True)
    assert len(list((office.settings.data_folder / "downtime").glob("*/acm-east.html"))) == 1
    refused = run(environment | {"ROUNDTABLE_DOWNTIME_FOLDER": "none"}, "downtime", "write")
    assert (refused.exit_code, "No downtime pack is written here" in refused.output) == (1, True)
