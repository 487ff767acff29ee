"""Another system's web address on this machine: it keeps what it is told, and answers as it is asked to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook as Signer

if TYPE_CHECKING:
    from tests.web_server import Serve


@dataclass(frozen=True)
class Heard:
    """One call: its id, and what it said."""

    id: str
    at: str
    signature: str
    host: str
    body: str

    @property
    def event(self) -> dict[str, Any]:
        """What it said, read."""
        return dict(json.loads(self.body))

    def signed_with(self, secret: str) -> bool:
        """Whether the secret belongs to its signature."""
        at = datetime.fromtimestamp(int(self.at), UTC)
        return Signer(secret).sign(self.id, at, self.body) == self.signature


class Receiver:
    """What arrived, in order. `status` is what it answers, `leads_to` where it sends its callers."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Heard] = []
        self.status, self.leads_to = 204, ""

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Take a call."""
        assert environ["REQUEST_METHOD"] == "POST"
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
        named = (environ[f"HTTP_WEBHOOK_{name}"] for name in ("ID", "TIMESTAMP", "SIGNATURE"))
        self.calls.append(Heard(*named, environ["HTTP_HOST"], body))
        start_response(f"{self.status} answered", [("Location", self.leads_to)] if self.leads_to else [])
        return [b""]


@pytest.fixture
def receiver(serve: Serve) -> Receiver:
    """An address for one test."""
    found = Receiver()
    found.url = f"{serve(found)}/hooks?of=hub"
    return found
