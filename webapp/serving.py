"""Running web and worker together, and stopping both cleanly."""

from __future__ import annotations

import errno
import logging
import signal
import subprocess
import sys
from threading import Event, Thread
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import click
from waitress.server import create_server

from webapp import create_app
from webapp.auth.presenters import grouped
from webapp.logbook import LOG
from webapp.too_much import answered_by_the_application
from workflows import demonstration, log_lines
from workflows.actions.diagrams import publish_shipped
from workflows.actions.new_settings import add_new_settings
from workflows.actions.programmes import end_idle_settings
from workflows.assembly import Office
from workflows.questions import people

THREADS = 8
USUAL_PORT = 8350
PROXY_SAYS = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
# Up to here waitress takes in what is too big for us, in a file, so that the words beside the files can be kept.
LARGEST_TAKEN_IN = 256 * 1024 * 1024
WORKER = (sys.executable, "-m", "workers")
PAUSE_BEFORE_RESTART = 5.0  # seconds
PATIENCE = 15.0  # seconds for the worker to finish its round


class WorkerProcess:
    """The worker, kept running: a worker that ends by itself is started again."""

    def __init__(self, command: tuple[str, ...] = WORKER, pause: float = PAUSE_BEFORE_RESTART) -> None:
        self._command = command
        self._pause = pause
        self._stopping = Event()
        self._process = self._begin()
        self._watch = Thread(target=self._keep_running, daemon=True)
        self._watch.start()

    @property
    def pid(self) -> int:
        """The present process."""
        return self._process.pid

    def stop(self) -> None:
        """Ask the worker to finish what it is doing, and wait for it; a deaf one is ended."""
        self._stopping.set()
        self._end()
        self._watch.join()
        self._end()  # one that was being started at that very moment

    def _begin(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl+C reaches this process only, which then stops the worker in order.
        return subprocess.Popen(self._command, start_new_session=True)  # noqa: S603 - our own program, no shell

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _keep_running(self) -> None:
        while not self._stopping.is_set():
            ended_with = self._process.wait()
            if self._stopping.wait(self._pause):
                return
            LOG.error("worker ended, started again", extra={"status": ended_with})
            self._process = self._begin()


def serve_office(office: Office) -> None:
    """Make the office ready, then run web and worker until told to stop."""
    log_lines.to_stderr(logging.WARNING if office.settings.demonstration else logging.INFO)
    make_ready(office)
    server = listen(office)
    worker = WorkerProcess()
    signal.signal(signal.SIGTERM, _stop)
    click.echo("\n".join(welcome(office)))
    try:
        server.run()  # ends with SystemExit or KeyboardInterrupt, both of which it takes as its own
    finally:
        server.close()
        worker.stop()
        click.echo("Roundtable has stopped.")


def make_ready(office: Office) -> None:
    """Bring the database up to date, and load the demonstration where this is one. Quick when it was done before."""
    office.migrate()
    add_new_settings(office.desk())
    end_idle_settings(office.desk())
    if office.settings.demonstration:
        demonstration.load(office.desk())
    else:
        publish_shipped(office.desk())


def listen(office: Office) -> Any:
    """Open the port. An https address is a proxy's on this machine: it reaches us on the usual port."""
    where = urlsplit(office.settings.base_url)
    behind_proxy = where.scheme == "https"
    host, port = (
        ("127.0.0.1", USUAL_PORT) if behind_proxy else (where.hostname, 80 if where.port is None else where.port)
    )
    proxy: dict[str, Any] = {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": PROXY_SAYS} if behind_proxy else {}
    sockets: dict[int, Any] = {}
    try:
        server = create_server(
            create_app(office),
            sockets,
            host=host,
            port=port,
            threads=THREADS,
            max_request_body_size=LARGEST_TAKEN_IN,
            ident=None,
            clear_untrusted_proxy_headers=True,
            **proxy,
        )
    except OSError as fault:
        raise click.ClickException(_cannot_listen(fault, f"{host}:{port}", port, behind_proxy)) from fault
    answered_by_the_application(sockets)
    return server


def _cannot_listen(fault: OSError, where: str, port: int, behind_proxy: bool) -> str:
    """Say why the port cannot be opened and, where it is taken, what to do: another copy of this may still run."""
    if fault.errno != errno.EADDRINUSE:
        return f"Cannot listen on {where}: {fault.strerror}."
    taken = f"Something else already uses {where}: perhaps Roundtable is running already. Stop it, then start again."
    if behind_proxy:
        return f"{taken} Behind a proxy the port is always {port}."
    return f"{taken} Or take another port:\n\n  ROUNDTABLE_ADDRESS=http://127.0.0.1:{port + 1} make run\n"


def welcome(office: Office) -> list[str]:
    """Say where Roundtable is and, in a demonstration, who one can be: enough people to walk through a case."""
    lines = ["", f"Roundtable is at {office.settings.base_url} (stop with Ctrl+C)"]
    if not office.settings.demonstration:
        return lines
    lines += ["", "Demonstration: synthetic people only. Sign in with one click on the page, or as"]
    for programme in grouped(people.demonstration_people(office.desk())):
        for group in programme.to_begin_with:
            lines += ["", f"  {programme.name}, {group.name}"]
            lines += [f"    {face.name:22} {face.email:36} {face.roles}" for face in group.faces]
    return [*lines, "", f"The password is {demonstration.PASSWORD}", ""]


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
