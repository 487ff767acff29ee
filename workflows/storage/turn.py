"""Whose turn it is to tick: of any number of workers on one PostgreSQL, exactly one at a time."""

from __future__ import annotations

import os

import psycopg
from sqlalchemy.engine import make_url

from workflows.storage.addresses import ALIVE, libpq_address

# The number of our lock among all advisory locks of the database. Sixty-four bits, so that it meets no hash of ours.
TICKING = 0x526F756E64746162


class Turn:
    """The turn of one worker, which lasts as long as its connection to the database."""

    def __init__(self, url: str) -> None:
        self._address = libpq_address(url)
        self._connection: psycopg.Connection[tuple[bool]] | None = None
        self._mine = False

    def take(self) -> bool:
        """Take the turn if nobody has it; True as long as it is ours, False too when the database does not answer."""
        try:
            if not self._mine:
                self._mine = self._asked("SELECT pg_try_advisory_lock(%s)", TICKING)
            else:
                self._asked("SELECT true")
        except psycopg.OperationalError:
            self.give_back()
        return self._mine

    def give_back(self) -> None:
        """Let somebody else take the turn."""
        self._mine = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _asked(self, question: str, *given: int) -> bool:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                self._address,
                autocommit=True,
                options=ALIVE,
                connect_timeout=5,
                application_name=f"roundtable worker {os.getpid()}",
            )
        answer = self._connection.execute(question, given).fetchone()
        return answer is not None and bool(answer[0])


class OnlyTurn(Turn):
    """The turn where the database lies on one machine and writes one by one: whoever runs has it."""

    def take(self) -> bool:
        """It is always ours."""
        return True


def turn_on(url: str) -> Turn:
    """Return the turn of a worker on this database."""
    return OnlyTurn(url) if make_url(url).get_backend_name() == "sqlite" else Turn(url)
