"""A real mail server on this machine that keeps what it is sent, and can be told to refuse."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller


class MailSink:
    """What arrived, in order. `refusal` holds the answer to give instead, for example "451 busy"."""

    def __init__(self, port: int) -> None:
        self.url = f"smtp://127.0.0.1:{port}"
        self.port = port
        self.messages: list[EmailMessage] = []
        self.refusal: str | None = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take one message, or refuse it."""
        if self.refusal:
            return self.refusal
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append(cast(EmailMessage, parsed))
        return "250 kept"

    def subjects_to(self, address: str) -> list[str]:
        """Return the subjects of the mail that this address got."""
        return [str(mail["Subject"]) for mail in self.messages if address in str(mail["To"])]


@pytest.fixture
def mail_sink() -> Iterator[MailSink]:
    """A mail server for one test."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sink = MailSink(port)
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    yield sink
    controller.stop()
