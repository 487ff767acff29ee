"""Keeping what completing a task changed, for the time in which whoever completed it may take it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from workflows.actions.paperwork import Raw
from workflows.casework.completion import Completion
from workflows.casework.task import Task
from workflows.desk import Work
from workflows.storage.remembering import Remembered, remembering

UNDO_WITHIN = "undo_within"  # the programme's setting


@dataclass(frozen=True)
class Typed:
    """What was typed into a form, and the name of the draft that is complete with it."""

    raw: Raw
    draft: str


@dataclass
class Step:
    """A step while it is carried out; `reversible`: whether it can be taken back, known once it is done."""

    reversible: bool = False


@contextmanager
def kept_for_taking_back(work: Work, task: Task, staff_id: UUID, typed: Typed) -> Iterator[Step]:
    """Remember all that is changed within, and keep it with the act; nothing where the programme gives no time."""
    step, until = Step(), work.due(task.case, UNDO_WITHIN)
    if until <= work.now:
        yield step
        return
    with remembering(work.session) as memory:
        yield step
        work.session.flush()
        found = memory.remembered()
    step.reversible = not found.held_fast

    def completion(seq: int) -> dict[str, object]:
        return {
            "case_id": task.case_id, "task_id": task.id, "staff_id": staff_id, "at": work.now, "until": until,
            "seq": seq, "draft": typed.draft, **_kept(found, typed),
        }  # fmt: skip

    work.unit.keep_with_trail(task.case_id, Completion, completion)


def _kept(found: Remembered, typed: Typed) -> dict[str, object]:
    """What cannot be taken back needs no words to give back either."""
    raw = {} if found.held_fast else {name: list(values) for name, values in typed.raw.items()}
    return {"held_fast": found.held_fast, "images": found.images, "typed": raw}
