"""Working out with what is not known: it is neither yes nor no, and counts only where it could change the answer."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.engine.admission import Frame
from workflows.engine.reckoning import COMPARISONS, Work
from workflows.engine.verdicts import UNKNOWN

_SAME = (COMPARISONS["=="], COMPARISONS["is"])
_OTHER = (COMPARISONS["!="], COMPARISONS["is not"])
_AMONG = (COMPARISONS["in"], COMPARISONS["not in"])


def doubtful(value: object) -> bool:
    """Whether a value is not known: nothing, or the word for it."""
    return value is None or (type(value) is str and value == UNKNOWN)


def in_doubt(work: Work, frame: Frame, left: object, right: object) -> object:
    """Whether a comparison holds; nothing if one side is not known. A list may name what is not known as well."""
    named = work in _AMONG and type(right) is list and any(map(doubtful, right))
    if doubtful(right) or (doubtful(left) and not named):
        return None
    return work in _AMONG[:1] if doubtful(left) else work(frame, left, right)


def whether_known(work: Work, frame: Frame, left: object, right: object) -> object:
    """Whether a value is known at all, where a comparison with null or “unknown” is written."""
    if work in _SAME:
        return doubtful(left) and doubtful(right)
    return not (doubtful(left) and doubtful(right)) if work in _OTHER else None


def settled_by(answer: bool, values: Iterable[object]) -> object:
    """The first known value that counts as this answer; nothing if one is not known, otherwise the last."""
    value, doubt = None, False
    for value in values:
        if doubtful(value):
            doubt = True
        elif bool(value) is answer:
            return value
    return None if doubt else value
