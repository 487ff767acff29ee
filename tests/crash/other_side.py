"""The other side of texts and calls: GOV.UK Notify and another system's address, in a process that is never killed."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.notify import KEY, TEMPLATE, NotifySink
from tests.receiver import Receiver
from tests.web_server import WebServer
from workflows.settings import Settings

LIST = "taken.json"
HOOKS = "/hooks"
NOT_NOW, GONE = 503, 410


@dataclass(frozen=True)
class Taken:
    """What the other side took, each time it did: the same `id` again is the same thing again."""

    sort: str  # text, call
    id: str
    said: str


def told_by_text_and_call(settings: Settings, others: str) -> Settings:
    """Let an installation hand its texts over there, and call there."""
    by_notify = {"texts": others, "texts_key": KEY, "texts_template": TEMPLATE}
    return replace(settings, webhook_networks="127.0.0.0/8", **by_notify)


class OtherSide:
    """A door on this machine that stays where it is; whoever answers behind it begins anew each time."""

    def __init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def close(self) -> None:
        """Shut the door."""
        self._door.close()

    @contextmanager
    def answering(self, folder: Path, refuses: bool = False) -> Iterator[None]:
        """Take texts and calls, or refuse them, and write down in a folder what was taken."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(writer)
            self._answer_until_closed(Answers(folder, refuses), reader)
        os.close(reader)
        try:
            yield
        finally:
            os.close(writer)
            os.waitpid(child, 0)

    def _answer_until_closed(self, answers: Answers, until: int) -> None:
        """Answer until whoever opened it is done, or dead."""
        try:
            WebServer(answers, self._door)
            os.read(until, 1)
        finally:
            os._exit(0)


class Answers:
    """Notify and a receiver behind one door; what they took is on the disk before they answer."""

    def __init__(self, folder: Path, refuses: bool) -> None:
        self._folder, self._notify, self._receiver = folder, NotifySink(), Receiver()
        self._refuses = refuses
        if refuses:
            self._notify.refusal, self._receiver.status = NOT_NOW, GONE

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        answered = (self._receiver if environ["PATH_INFO"] == HOOKS else self._notify)(environ, start_response)
        texts = [("text", one["reference"], f"{one['phone_number']}: {_words(one)}") for one in self._notify.texts]
        calls = [("call", one.id, one.body) for one in self._receiver.calls]
        (self._folder / LIST).write_text(json.dumps(texts if self._refuses else [*texts, *calls]))
        return answered


def _words(text: dict[str, Any]) -> str:
    return str(text["personalisation"]["words"])


def taken(folder: Path) -> list[Taken]:
    """Return everything that the other side took, as often as it did: texts, then calls, each in their order."""
    written = folder / LIST
    return [Taken(*one) for one in json.loads(written.read_text())] if written.exists() else []
