"""The reader that `safe_reading` starts: takes files on its input, answers with lines of JSON.

Before it looks at anything it takes from itself what it does not need. Each line but the last says
which file is being read, so that whoever asked knows the file at which an answer stays out.
"""

from __future__ import annotations

import json
import resource
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import BinaryIO, Final

from workflows.engine.decisions import DecisionTable, find_table_faults
from workflows.engine.documents import bpmn, read_document
from workflows.engine.lint import find_faults, find_release_faults
from workflows.engine.outcome import Finding
from workflows.engine.parsing import Library
from workflows.engine.refusals import EngineRefused

BROKEN_OFF: Final = "The file breaks off its reader or needs too much memory; it is not taken."
_MEGABYTE: Final = 1_000_000
_LONGEST_ANSWER: Final = 4 * _MEGABYTE
_MOST_FAULTS: Final = 50  # of one file, and of all together
_LONGEST_MESSAGE: Final = 600


def keep_within(seconds: int, megabytes: int) -> None:
    """Take from this process the time, memory, files and children it does not need.

    Where the system does not know a limit (macOS does not hold memory) the others still hold.
    """
    wanted = {
        resource.RLIMIT_CPU: (seconds, seconds + 1),  # a word of warning first, by which it is known why
        resource.RLIMIT_AS: (megabytes * _MEGABYTE,) * 2,
        resource.RLIMIT_FSIZE: (_LONGEST_ANSWER,) * 2,
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
    }
    for limit, most in wanted.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, most)


def main(arguments: Sequence[str]) -> None:
    """Answer what was asked on the standard input."""
    keep_within(int(arguments[0]), int(arguments[1]))
    files, beside = _question(sys.stdin.buffer)
    faults = list(_faults(files, beside))
    keys = {} if faults else {name: _keys(name, xml) for name, xml in files.items()}
    _say({"faults": [_told(file, finding) for file, finding in faults], "keys": keys})


def _question(source: BinaryIO) -> tuple[dict[str, bytes], list[bytes]]:
    about = json.loads(source.readline())
    files = {name: source.read(size) for name, size in about["files"]}
    return files, [source.read(size) for size in about["beside"]]


def _say(line: Mapping[str, object]) -> None:
    print(json.dumps(line), flush=True)  # noqa: T201 - the standard output is what we were asked on


def _told(file: str, finding: Finding) -> list[str]:
    return [file, finding.element, finding.rule, finding.message[:_LONGEST_MESSAGE]]


def _faults(files: Mapping[str, bytes], beside: Sequence[bytes]) -> Iterator[tuple[str, Finding]]:
    alone = [(name, finding) for name, xml in files.items() for finding in _alone(name, xml)]
    yield from alone
    if alone:
        return
    diagrams = [xml for name, xml in files.items() if _is_diagram(name)]
    together = _carefully("", partial(find_release_faults, [*diagrams, *beside])) if diagrams else ()
    yield from (("", finding) for finding in together)
    if not together:
        library = Library(lambda _: [*diagrams, *beside])
        for name, xml in files.items():
            if _is_diagram(name):
                yield from ((name, finding) for finding in _carefully(name, partial(_as_engine, library, xml)))


def _is_diagram(name: str) -> bool:
    return name.lower().endswith(".bpmn")


def _alone(name: str, xml: bytes) -> Sequence[Finding]:
    if _is_diagram(name):
        return _carefully(name, partial(find_faults, xml))
    if name.lower().endswith(".dmn"):
        return _carefully(name, partial(find_table_faults, xml))
    return [Finding("", "readable", "A diagram is a file .bpmn, a decision table a file .dmn.")]


def _as_engine(library: Library, xml: bytes) -> Sequence[Finding]:
    """Read each process as the engine does before it runs it."""
    for process in _keys_of_processes(xml):
        try:
            library.spec("brought", process).outline()
        except EngineRefused as refusal:
            return [Finding(process, "readable", str(refusal))]
    return ()


def _carefully(name: str, look: Callable[[], Sequence[Finding]]) -> Sequence[Finding]:
    """What was found, or that something went wrong in finding it."""
    _say({"reading": name})
    try:
        return look()[:_MOST_FAULTS]
    except RecursionError:
        return [Finding("", "readable", "The file is nested too deeply; it is not taken.")]
    except Exception:  # lxml says of too little memory whatever it likes
        traceback.print_exc()
        return [Finding("", "readable", BROKEN_OFF)]


def _keys(name: str, xml: bytes) -> list[str]:
    return _keys_of_processes(xml) if _is_diagram(name) else [DecisionTable.parse(xml).id]


def _keys_of_processes(xml: bytes) -> list[str]:
    return [process.get("id", "") for process in read_document(xml).iter(bpmn("process"))]


if __name__ == "__main__":
    main(sys.argv[1:])
