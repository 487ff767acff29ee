"""The door for diagrams and tables that somebody brings: one question, one answer for each file.

They are read in processes of their own, which have little time and memory, no files to write and no secrets in their
surroundings. Whatever a file does to its reader, what comes back is an answer in words. What is fit may then be read
by everybody (workflows.engine) like what is shipped.
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from workflows.check.apart import BROKEN_OFF, TOO_LONG, BrokenOff, Limits
from workflows.check.families import UNREADABLE
from workflows.check.question import Question
from workflows.engine.documents import LARGEST
from workflows.engine.outcome import ERROR, Finding, Fix

log = logging.getLogger("roundtable.reading")

MOST_FILES: Final = 200
MOST_BYTES: Final = 20_000_000
TOO_MANY: Final = "These are too many files at once."
_ROOT: Final = Path(__file__).resolve().parents[2]
_READER: Final = (sys.executable, "-P", "-s", "-m", "workflows.check.reader")
# Nothing of our own surroundings (keys, addresses) is handed on.
_SURROUNDINGS: Final = {"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
_STARTING: Final = 10.0
_LONGEST_COMPLAINT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found in one file; `file` is "" for what only shows when several stand together."""

    file: str
    findings: tuple[Finding, ...]

    @property
    def runnable(self) -> bool:
        """Whether nothing stands in the way of publishing it."""
        return all(one.severity != ERROR for one in self.findings)


def check(asked: Question, limits: Limits | None = None) -> tuple[Answer, ...]:
    """Look at every file of a question; returns an answer for each, in their order, and what is between them at last.

    Nothing that stands in a file raises an error here: what is too large, hangs its reader, needs too much memory or
    breaks it off comes back as a finding. An answer takes a few hundred milliseconds, and 5 seconds at the most.
    """
    outside = _too_much(asked)
    if outside or not asked.files:
        return _answers(asked.files, outside)
    limits = limits or Limits()
    try:
        return _answers(asked.files, _found(_asked(asked, limits)))
    except BrokenOff as broken:
        return _answers(asked.files, [("", Finding("", UNREADABLE, str(broken)))])


def told(answer: Answer) -> dict[str, object]:
    """Return an answer as programs read it: in plain values, for JSON."""
    findings = [
        {
            "element": one.element,
            "rule": one.rule,
            "severity": one.severity,
            "message": one.message,
            "fix": one.fix and {"words": one.fix.words, "changes": [dict(change) for change in one.fix.changes]},
            "path": [{"element": passed, "flows": list(flows)} for passed, flows in one.path],
        }
        for one in answer.findings
    ]
    return {"file": answer.file, "runnable": answer.runnable, "findings": findings}


def _answers(files: Iterable[str], found: Iterable[tuple[str, Finding]]) -> tuple[Answer, ...]:
    by_file: dict[str, list[Finding]] = {file: [] for file in files}
    for file, finding in found:
        by_file.setdefault(file, []).append(finding)
    return tuple(Answer(file, tuple(dict.fromkeys(findings))) for file, findings in by_file.items())


def _too_much(asked: Question) -> list[tuple[str, Finding]]:
    large = f"The file is larger than {LARGEST // 1_000_000} MB; no diagram is."
    faults = [(name, Finding("", UNREADABLE, large)) for name, xml in asked.files.items() if len(xml) > LARGEST]
    total = sum(map(len, asked.files.values())) + sum(map(len, asked.beside))
    if not faults and (len(asked.files) + len(asked.beside) > MOST_FILES or total > MOST_BYTES):
        faults.append(("", Finding("", UNREADABLE, TOO_MANY)))
    return faults


# Asking the reader ----------------------------------------------------------------------------


def _asked(asked: Question, limits: Limits) -> list[dict[str, Any]]:
    """The lines the reader answers with; raises BrokenOff when it does not, or not to the end."""
    arguments = (str(limits.computing), str(limits.waiting), str(limits.megabytes))
    seconds = _STARTING + (limits.waiting + 1) * (len(asked.files) + 1)
    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as answer:
        _write(question, asked)
        _ask((*_READER, *arguments), question, answer, seconds)
        lines = _lines(answer)
    if not lines or "ended" not in lines[-1]:
        raise BrokenOff(BROKEN_OFF)
    return lines[:-1]


def _write(question: IO[bytes], asked: Question) -> None:
    about = {
        "files": [[name, len(xml)] for name, xml in asked.files.items()],
        "beside": [len(xml) for xml in asked.beside],
        "known": None if asked.known is None else asked.known.told(),
        "only": list(asked.only),
        "give_way": asked.give_way,
    }
    question.write(json.dumps(about).encode() + b"\n")
    for xml in (*asked.files.values(), *asked.beside):
        question.write(xml)
    question.seek(0)


def _ask(command: Sequence[str], question: IO[bytes], answer: IO[bytes], seconds: float) -> None:
    """Have the reader answer into a file; raises BrokenOff when it does not, or not in time."""
    with tempfile.TemporaryFile() as complaints:
        try:
            reader = subprocess.Popen(  # noqa: S603 - our own interpreter and module, nothing from outside
                command, stdin=question, stdout=answer, stderr=complaints, cwd="/", env=_SURROUNDINGS
            )
        except OSError as error:
            log.exception("reader not started")
            raise BrokenOff("The file could not be read now; try again later.") from error
        try:
            code = reader.wait(seconds)
        except subprocess.TimeoutExpired:
            raise BrokenOff(TOO_LONG) from None
        finally:
            reader.kill()
            reader.wait()
        complaint = _kind_of_complaint(complaints)
        if code or complaint:
            log.warning("reader ended with %s: %s", code, complaint or "no error")
        if code:
            raise BrokenOff(BROKEN_OFF)


def _kind_of_complaint(complaints: IO[bytes]) -> str:
    """What kind of error the reader or one of its own met last; never its message, which may quote the file."""
    complaints.seek(0)
    said = complaints.read()[-_LONGEST_COMPLAINT:].decode(errors="replace")
    kinds = re.findall(r"^([A-Za-z_.]*(?:Error|Exception|Interrupt))(?::|$)", said, re.MULTILINE)
    return kinds[-1] if kinds else ""


def _lines(answer: IO[bytes]) -> list[dict[str, Any]]:
    answer.seek(0)
    found = []
    for line in answer.read().splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:  # broken off in the middle of a line
            break
    return [line for line in found if isinstance(line, dict)]


def _found(lines: Sequence[Mapping[str, Any]]) -> list[tuple[str, Finding]]:
    try:
        return [(file or line["file"], _heard(one)) for line in lines for file, one in line["found"]]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise BrokenOff(BROKEN_OFF) from error


def _heard(one: Mapping[str, Any]) -> Finding:
    fix = one["fix"] and Fix(one["fix"]["words"], tuple(one["fix"]["changes"]))
    path = tuple((passed, tuple(flows)) for passed, flows in one["path"])
    return Finding(one["element"], one["rule"], one["message"], one["severity"], fix, path)
