"""The reader that `asking` starts: takes files on its input, answers with a line of JSON for each.

It reads none of them itself: each is looked at in a process of its own (apart.py). Nothing is loaded here but what
looking needs, so that it stands ready in a moment.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, BinaryIO, Final

from workflows.check.apart import BrokenOff, Limits, apart
from workflows.check.families import UNREADABLE
from workflows.check.judging import judge, judge_together
from workflows.check.known import Known
from workflows.check.question import Question
from workflows.engine.outcome import ERROR, Finding

_MOST_FOUND: Final = 200  # of one file, and of all together
_LONGEST_MESSAGE: Final = 600


def main(arguments: Sequence[str]) -> None:
    """Answer what was asked on the standard input."""
    limits = Limits(int(arguments[0]), float(arguments[1]), int(arguments[2]))
    asked = _question(sys.stdin.buffer)
    unfit = False
    for name in asked.files:
        found = _apart(partial(_alone, name, asked), limits)
        unfit |= any(one["severity"] == ERROR for _, one in found)
        _say({"file": name, "found": found})
    if asked.diagrams and not unfit:
        _say({"file": "", "found": _apart(partial(judge_together, asked), limits)})
    _say({"ended": True})


def _question(source: BinaryIO) -> Question:
    about = json.loads(source.readline())
    files = {name: source.read(size) for name, size in about["files"]}
    beside = [source.read(size) for size in about["beside"]]
    known = None if about["known"] is None else Known.heard(about["known"])
    return Question(files, beside, known, tuple(about["only"]), about["give_way"])


def _alone(name: str, asked: Question) -> list[tuple[str, Finding]]:
    return [(name, one) for one in judge(name, asked)]


def _apart(look: Callable[[], Sequence[tuple[str, Finding]]], limits: Limits) -> Any:
    """What was found in a process of its own, or that it did not come back."""
    try:
        return apart(lambda: [[file, _told(one)] for file, one in look()[:_MOST_FOUND]], limits)
    except BrokenOff as broken:
        return [["", _told(Finding("", UNREADABLE, str(broken)))]]


def _told(one: Finding) -> Mapping[str, object]:
    fix = None if one.fix is None else {"words": one.fix.words, "changes": [dict(change) for change in one.fix.changes]}
    return {
        "element": one.element, "rule": one.rule, "severity": one.severity, "message": one.message[:_LONGEST_MESSAGE],
        "fix": fix, "path": one.path,
    }  # fmt: skip


def _say(line: Mapping[str, object]) -> None:
    print(json.dumps(line), flush=True)  # noqa: T201 - the standard output is what we were asked on


if __name__ == "__main__":
    main(sys.argv[1:])
