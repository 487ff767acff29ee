"""Doing one thing in a process of its own, with little time and memory: whatever it meets, an answer comes back."""

from __future__ import annotations

import json
import os
import resource
import selectors
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

TOO_LONG: Final = "Reading the file takes too long; it is not taken."
BROKEN_OFF: Final = "The file breaks off its reader or needs too much memory; it is not taken."
_MEGABYTE: Final = 1_000_000
_LONGEST_ANSWER: Final = 4 * _MEGABYTE
_PIECE: Final = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """What looking at one file may cost: seconds of computing, seconds in all, megabytes of memory."""

    computing: int = 4
    waiting: float = 4.5
    megabytes: int = 512


class BrokenOff(Exception):
    """There was no answer; the message says why, in words for whoever brought the file."""


def keep_within(limits: Limits) -> None:
    """Take from this process the time, memory, files and children it does not need.

    Where the system does not know a limit (macOS does not hold memory) the others still hold.
    """
    wanted = {
        resource.RLIMIT_CPU: (limits.computing, limits.computing + 1),  # a word of warning first, by which why is known
        resource.RLIMIT_AS: (limits.megabytes * _MEGABYTE,) * 2,
        resource.RLIMIT_FSIZE: (_LONGEST_ANSWER,) * 2,
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
    }
    for limit, most in wanted.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, most)


def apart(work: Callable[[], object], limits: Limits) -> object:
    """Do something in a process of its own; returns its answer, which is plain JSON.

    Raises BrokenOff where none comes, or not in time. To be called where nothing else runs beside: the process is a
    copy of this one.
    """
    answer, say = os.pipe()
    process = os.fork()
    if not process:
        os.close(answer)
        _answer(work, limits, say)
    os.close(say)
    try:
        said = _heard(answer, limits)
    finally:
        os.close(answer)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        raise BrokenOff(TOO_LONG)
    try:
        return json.loads(said)
    except ValueError:
        raise BrokenOff(BROKEN_OFF) from None


def _answer(work: Callable[[], object], limits: Limits, say: int) -> None:
    """Work, say what came of it, and go: nothing of the process this is a copy of is done a second time."""
    try:
        keep_within(limits)
        said = json.dumps(work()).encode()
        with open(say, "wb", closefd=False) as out:
            out.write(said)
    except BaseException:  # said before the way to whoever asked is closed: then they wait no longer
        traceback.print_exc()
    finally:
        os._exit(0)


def _heard(answer: int, limits: Limits) -> bytes:
    """All that is said, while it is neither too much nor too late."""
    until, said = time.monotonic() + limits.waiting, bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(answer, selectors.EVENT_READ)
        while True:
            if not waiting.select(max(until - time.monotonic(), 0)):
                raise BrokenOff(TOO_LONG)
            piece = os.read(answer, _PIECE)
            if not piece:
                return bytes(said)
            said += piece
            if len(said) > _LONGEST_ANSWER:
                raise BrokenOff(BROKEN_OFF)
