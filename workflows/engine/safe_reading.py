"""The door for diagrams and tables that somebody brings: they are read in a process of their own first.

That process has little time and memory, no files to write, no secrets in its surroundings. Whatever
a file does to its reader, what comes back is an answer in words. What passes here may then be read
by everybody (parsing.py, decisions.py) like what is shipped.
"""

from __future__ import annotations

import json
import logging
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from workflows.engine.documents import LARGEST
from workflows.engine.outcome import Finding

log = logging.getLogger("roundtable.reading")

MOST_FILES: Final = 200
MOST_BYTES: Final = 20_000_000
_ROOT: Final = Path(__file__).resolve().parents[2]
_READER: Final = (sys.executable, "-P", "-s", "-m", "workflows.engine.reading_child")
# Nothing of our own surroundings (keys, addresses) is handed on.
_SURROUNDINGS: Final = {"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
_TOO_LONG: Final = "Reading the file takes too long; it is not taken."
_BROKEN_OFF: Final = "The file breaks off its reader or needs too much memory; it is not taken."
_LONGEST_COMPLAINT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading may cost: seconds of computing, seconds in all, megabytes of memory."""

    computing: int = 10
    waiting: int = 20
    megabytes: int = 512


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason not to take a file: which file ("" for all of them together), and what was found."""

    file: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found out about files somebody brought.

    keys: by file, the ids of the processes it draws or of the decision it holds.
    """

    faults: tuple[Fault, ...]
    keys: Mapping[str, tuple[str, ...]]

    @property
    def fit(self) -> bool:
        """Whether the files may be read and published."""
        return not self.faults

    def of(self, file: str) -> tuple[Finding, ...]:
        """What was found in one file ("" for all of them together)."""
        return tuple(fault.finding for fault in self.faults if fault.file == file)


class _Broken(Exception):
    """The reader gave no answer; the message says why, in words for whoever brought the file."""


def read_safely(files: Mapping[str, bytes], beside: Sequence[bytes] = (), limits: Limits | None = None) -> Looked:
    """Read diagrams (.bpmn) and decision tables (.dmn) that somebody brings, and tell everything that is wrong.

    ``files`` by their names, whose ends tell diagrams from tables. ``beside`` are the published
    diagrams that the new ones will stand with, without those they take the place of; calls between
    diagrams are checked with them. Each diagram is checked (lint.py), then really read as the engine
    would, each table likewise. Nothing that stands in a file raises an error here: what is too large,
    hangs the reader, needs too much memory or breaks it off comes back as a fault of that file.
    Takes about a second.
    """
    outside = _too_much(files, beside)
    if outside or not files:
        return Looked(tuple(outside), {})
    limits = limits or Limits()
    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as answer:
        _write(question, files, beside)
        arguments = (str(limits.computing), str(limits.megabytes))
        try:
            _ask((*_READER, *arguments), question, answer, limits.waiting)
            return _answer(_lines(answer))
        except _Broken as broken:
            file = next((str(line["reading"]) for line in reversed(_lines(answer)) if "reading" in line), "")
            return Looked((Fault(file, Finding("", "readable", str(broken))),), {})


def _too_much(files: Mapping[str, bytes], beside: Sequence[bytes]) -> list[Fault]:
    faults = [
        Fault(name, Finding("", "readable", f"The file is larger than {LARGEST // 1_000_000} MB; no diagram is."))
        for name, xml in files.items()
        if len(xml) > LARGEST
    ]
    total = sum(map(len, files.values())) + sum(map(len, beside))
    if not faults and (len(files) + len(beside) > MOST_FILES or total > MOST_BYTES):
        faults.append(Fault("", Finding("", "readable", "These are too many files at once.")))
    return faults


# Asking the reader ----------------------------------------------------------------------------


def _write(question: IO[bytes], files: Mapping[str, bytes], beside: Sequence[bytes]) -> None:
    about = {"files": [[name, len(xml)] for name, xml in files.items()], "beside": [len(xml) for xml in beside]}
    question.write(json.dumps(about).encode() + b"\n")
    for xml in (*files.values(), *beside):
        question.write(xml)
    question.seek(0)


def _ask(command: Sequence[str], question: IO[bytes], answer: IO[bytes], seconds: float) -> None:
    """Have the reader answer into a file; raises _Broken when it does not, or not in time."""
    with tempfile.TemporaryFile() as complaints:
        try:
            reader = subprocess.Popen(  # noqa: S603 - our own interpreter and module, nothing from outside
                command, stdin=question, stdout=answer, stderr=complaints, cwd="/", env=_SURROUNDINGS
            )
        except OSError as error:
            log.exception("reader not started")
            raise _Broken("The file could not be read now; try again later.") from error
        try:
            code = reader.wait(seconds)
        except subprocess.TimeoutExpired:
            raise _Broken(_TOO_LONG) from None
        finally:
            reader.kill()
            reader.wait()
        if code:
            log.warning("reader broke off with %s: %s", code, _kind_of_complaint(complaints))
            raise _Broken(_TOO_LONG if code == -signal.SIGXCPU else _BROKEN_OFF)


def _kind_of_complaint(complaints: IO[bytes]) -> str:
    """What kind of error the reader ended with; never its message, which may quote the file."""
    complaints.seek(0)
    said = complaints.read()[-_LONGEST_COMPLAINT:].decode(errors="replace")
    kinds = re.findall(r"^([A-Za-z_.]*(?:Error|Exception|Interrupt))(?::|$)", said, re.MULTILINE)
    return kinds[-1] if kinds else "no error"


def _lines(answer: IO[bytes]) -> list[dict[str, Any]]:
    answer.seek(0)
    found = []
    for line in answer.read().splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:  # broken off in the middle of a line
            break
    return [line for line in found if isinstance(line, dict)]


def _answer(lines: list[dict[str, Any]]) -> Looked:
    try:
        said = lines[-1]
        faults = tuple(Fault(file, Finding(element, rule, message)) for file, element, rule, message in said["faults"])
        return Looked(faults, {file: tuple(keys) for file, keys in said["keys"].items()})
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise _Broken(_BROKEN_OFF) from error
