"""Calling an address of another system: only where it may lead, within a time, and never where it sends us on to."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from workflows.actions.webhook_calls import Call
from workflows.casework.web_address import INWARDS, Network, may_be_called, networks
from workflows.settings import Settings

TO_CONNECT, IN_ALL = 5.0, 10.0  # seconds
GONE = 410
SAID = {
    socket.gaierror: "Nobody knows the name of its machine",
    ssl.SSLError: "It does not prove its name by a certificate that this machine trusts",
    TimeoutError: "It did not answer in time",
    ConnectionRefusedError: "Nobody answers at its machine",
}
PORTS = {"https": 443, "http": 80}


class NotTaken(Exception):
    """A call was not taken; the text says why. gone: its address says that it is no longer there."""

    def __init__(self, why: str, gone: bool = False) -> None:
        self.gone = gone
        super().__init__(why)


def make(call: Call, settings: Settings) -> str:
    """Make a call; returns what was answered. Raises NotTaken."""
    to = urlsplit(call.address)
    try:
        with _line(to, networks(settings.webhook_networks)) as line:
            status = _ask(line, to, call)
    except (OSError, HTTPException) as failure:
        raise NotTaken(_why(failure)) from failure
    if 200 <= status < 300:
        return f"Answered {status}"
    on = ": it leads elsewhere, which is not followed" if 300 <= status < 400 else ""
    raise NotTaken(f"Answered {status}{on}", gone=status == GONE)


def _why(failure: Exception) -> str:
    said = next((words for kind, words in SAID.items() if isinstance(failure, kind)), "")
    return said or f"It did not answer ({type(failure).__name__})"


@contextmanager
def _line(to: SplitResult, own: Sequence[Network]) -> Iterator[socket.socket]:
    """Connect to a machine that was looked at; whatever comes after, after ten seconds the line is cut."""
    host, port = str(to.hostname), to.port or PORTS[to.scheme]
    machine = _machine(host, port, own, secure=to.scheme == "https")
    line = socket.create_connection((machine, port), TO_CONNECT)
    cut = Timer(IN_ALL, socket.socket.shutdown, (line, socket.SHUT_RDWR))
    try:
        cut.start()
        if to.scheme == "https":
            secured = ssl.create_default_context().wrap_socket(line, server_hostname=host)
            cut.cancel()
            line, cut = secured, Timer(IN_ALL, socket.socket.shutdown, (secured, socket.SHUT_RDWR))
            cut.start()
        yield line
    finally:
        cut.cancel()
        line.close()


def _machine(host: str, port: int, own: Sequence[Network], secure: bool) -> str:
    """Return the machine to which a name leads at this moment. Raises NotTaken where it must not be called."""
    for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        within = any(address in network for network in own)
        if may_be_called(address, own) and (within or (secure and not _ourselves(address, port))):
            return str(address)
    raise NotTaken(INWARDS)


def _ourselves(address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int) -> bool:
    """Whether an address in the world is this machine's own: we would set out from where we arrive. Nothing is sent."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as from_here:
        from_here.connect((str(address), port))
        return bool(from_here.getsockname()[0] == str(address))


def _ask(line: socket.socket, to: SplitResult, call: Call) -> int:
    connection = HTTPConnection(str(to.hostname), to.port or PORTS[to.scheme])
    connection.sock = line
    path = f"{to.path or '/'}?{to.query}" if to.query else to.path or "/"
    connection.request("POST", path, call.body, {"Host": to.netloc, "Connection": "close", **call.headers})
    return connection.getresponse().status
