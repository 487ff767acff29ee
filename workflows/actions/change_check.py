"""The check of a change: whether its diagrams and tables would run, alone, together and with what is published.

This is the one place where changes are checked: whatever the check learns to see, it is asked for here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from workflows.actions.diagrams import check_files
from workflows.casework.access import may
from workflows.casework.errors import AnswersRefused, NotAllowed
from workflows.desk import Desk
from workflows.storage.process_changes import change_of


@dataclass(frozen=True)
class Finding:
    """What keeps a file from being published. file: its name, or “the release”: all of them together."""

    file: str
    words: str


@dataclass(frozen=True)
class Checked:
    """What was found, and what it was found in. marks: by model, which save was checked."""

    findings: tuple[Finding, ...]
    marks: Mapping[str, int]


def check_change(desk: Desk, change_id: UUID) -> Checked:
    """Check all models of a change as they stand. Takes about a second; nothing is held meanwhile."""
    if not may(desk.actor, "process.see"):
        raise NotAllowed("Your role does not include seeing the process.")
    with desk.looking() as session:
        models = change_of(session, change_id).models
        files = {model.place.file: model.xml for model in models}
        marks = {model.place.name: model.mark for model in models}
    return Checked(check_models(desk, files) if files else (), marks)


def check_models(desk: Desk, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Return everything that keeps files from being published, by file name."""
    try:
        check_files(desk, files)
    except AnswersRefused as refused:
        return tuple(Finding(file, words.removeprefix(f"{file}: ").strip()) for file, words in refused.errors.items())
    return ()
