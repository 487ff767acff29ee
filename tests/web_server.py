"""Any WSGI application on a real port of this machine, for the browser and for clients that speak HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from socket import socket
from threading import Thread
from typing import Any
from wsgiref.types import WSGIApplication

import pytest
from waitress.server import create_server

Serve = Callable[[WSGIApplication], str]


class WebServer:
    """waitress in a thread, as in production but on a free port, or behind a door that somebody opened."""

    def __init__(self, application: WSGIApplication, door: socket | None = None) -> None:
        where: dict[str, Any] = {"sockets": [door]} if door else {"host": "127.0.0.1", "port": 0}
        self._server: Any = create_server(application, threads=4, **where)
        self._thread = Thread(target=self._server.run, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.effective_port}"

    def stop(self) -> None:
        """Close every connection from inside the server's own loop, which then ends."""
        with suppress(OSError):  # a request that ends just now may have woken the loop, and closed the way to wake it
            self._server.trigger.pull_trigger(self._close_all)
        self._thread.join(timeout=10)
        self._server.task_dispatcher.shutdown()

    def _close_all(self) -> None:
        for channel in list(self._server._map.values()):
            channel.close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start an application; returns its address. Everything started stops after the test."""
    running: list[WebServer] = []

    def start(application: WSGIApplication) -> str:
        running.append(WebServer(application))
        return running[-1].url

    yield start
    for server in running:
        server.stop()
