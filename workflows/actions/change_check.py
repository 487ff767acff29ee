"""The check of a change: whether its diagrams and tables would run, alone, together and with what is published.

This is the one place where changes are checked: whatever the check learns to see, it is asked for here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from workflows.actions.diagrams import look_at
from workflows.casework.access import may
from workflows.casework.errors import NotAllowed
from workflows.casework.process_change import Place
from workflows.check.asking import Answer
from workflows.check.finding import ERROR
from workflows.desk import Desk
from workflows.storage.process_changes import change_of

NOTHING: Mapping[Place, bytes] = MappingProxyType({})


@dataclass(frozen=True)
class Checked:
    """What was found, file by file, and what it was found in. marks: by model, which save was checked."""

    answers: tuple[Answer, ...]
    marks: Mapping[str, int]

    @property
    def runnable(self) -> bool:
        """Whether nothing stands in the way of publishing it."""
        return all(answer.runnable for answer in self.answers)

    @property
    def problems(self) -> dict[str, str]:
        """What stands in the way, in sentences, by file; “the release”: all of them together."""
        wrong = (answer for answer in self.answers if not answer.runnable)
        return {answer.file or "the release": said_of(answer) for answer in wrong}


def said_of(answer: Answer) -> str:
    """Say in a few sentences what keeps a file from being published."""
    errors = (one for one in answer.findings if one.severity == ERROR)
    return " ".join(f"{one.element}: {one.message}" if one.element else one.message for one in errors)


def check_change(desk: Desk, change_id: UUID, drawn: Mapping[Place, bytes] = NOTHING) -> Checked:
    """Check all models of a change as they stand. Takes about a second; nothing is held meanwhile.

    drawn: models as they are drawn at this moment and not saved yet.
    """
    if not may(desk.actor, "process.see"):
        raise NotAllowed("Your role does not include seeing the process.")
    with desk.looking() as session:
        models = change_of(session, change_id).models
        files = {model.place.file: drawn.get(model.place, model.xml) for model in models}
        marks = {model.place.name: model.mark for model in models}
    return Checked(look_at(desk, files)[1] if files else (), marks)
