"""Whose words stand in a form that several people filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workflows.casework.document import Document
from workflows.duties.papers import merged


def whose_words(parts: Sequence[Document]) -> Iterator[str]:
    """Who wrote what still stands: whoever completed a form last may have joined in what others had written."""
    now, before = _words(merged(parts)), set[str]()
    for part in parts:
        said = _words(part.answers)
        if (said - before) & now:
            yield part.author
        before = said if part.sections is None else before | said


def _words(answer: Any) -> set[str]:
    """Every answer inside answers, line by line."""
    if isinstance(answer, Mapping):
        return set().union(*map(_words, answer.values()))
    return set().union(*map(_words, answer)) if isinstance(answer, list) else set(str(answer).splitlines())
