"""Which files may be attached. Only their name and size are judged here; the bytes are kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from forms.definition import Question
from forms.kinds import FILE_KINDS

LARGEST = 10 * 1024 * 1024  # bytes
MOST_FILES = 5  # where a question takes several and does not say how many
TYPES = (".pdf", ".jpg", ".jpeg", ".png", ".docx")


def file_fault(name: str, size: int) -> str:
    """What is wrong with a chosen file, in a sentence; "" if it may be attached. `size` in bytes."""
    if PurePath(name).suffix.lower() not in TYPES:
        return "The file must be a PDF, JPG, PNG or DOCX"
    if size <= 0:
        return "The file is empty"
    return "The file must be 10 MB or smaller" if size > LARGEST else ""


def files_in(questions: Sequence[Question], answers: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """The files that answers name: for each the input of its question, and the id under which it is kept."""
    for question in questions:
        answer, name = answers.get(question.id), before + question.id
        if answer is None:
            continue
        if question.kind in FILE_KINDS:
            yield from ((name, str(file_id)) for file_id in ([answer] if isinstance(answer, str) else answer))
        elif question.kind == "group":
            yield from files_in(question.fields, answer, f"{name}.")
        elif question.kind == "repeating":
            for row, inner in enumerate(answer):
                yield from files_in(question.fields, inner, f"{name}.{row}.")
