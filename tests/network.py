"""Nothing in a test may reach beyond this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest


def stays_here(family: int, address: Any) -> bool:
    """Say whether a connection to `address` stays on this machine."""
    if family == socket.AF_UNIX:
        return True
    host = str(address[0])
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True, scope="session")
def nothing_leaves_this_machine() -> Iterator[None]:
    """Fail the test that connects to anywhere else; the failure passes through `except Exception`."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if not stays_here(self.family, address):
            pytest.fail(f"a test reached out to {address}")
        real(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", connect)
    yield
    patch.undo()
