"""Doing something in a process of its own, which may be killed in the middle of it."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Killed(Exception):
    """The process ended before it was done."""


def in_a_child(do: Callable[[], Found]) -> Found:
    """Do something in a forked process and return what it found; raises Killed when SIGKILL ended it.

    Whoever forks holds no connection to a database: each process opens its own.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _answer(do, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        said = answer.read()
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if ended == -signal.SIGKILL:
        raise Killed
    if ended != 0:
        raise AssertionError(f"the process ended with {ended}:\n{said.decode()}")
    found: Found = pickle.loads(said)  # noqa: S301 - from our own child
    return found


def _answer(do: Callable[[], object], writer: int) -> None:
    """Write what was found, or what went wrong, and leave without what the parent would do at its end."""
    try:
        said, ended = pickle.dumps(do()), 0
    except BaseException:
        said, ended = traceback.format_exc().encode(), 1
    with os.fdopen(writer, "wb") as answer:
        answer.write(said)
    sys.stdout.flush()
    os._exit(ended)
