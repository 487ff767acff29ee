"""What somebody typed into the form of one task in several windows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from forms import Form
from webapp.actor import desk
from webapp.tasks.typed import TypedRow, said_again
from workflows.actions import drafts
from workflows.questions.left_over import left_over
from workflows.questions.task_form import TaskForm, Typed


@dataclass(frozen=True)
class Window:
    """What was typed in one window; `name`: the window, None for the first."""

    name: str | None
    rows: list[TypedRow]


@dataclass(frozen=True)
class Left:
    """Answers of a draft; `no_place`: typed into an older version of the form, without a place in this one."""

    raw: Typed
    no_place: dict[str, list[str]]


def left_elsewhere(task_id: UUID, form: Form, about: str) -> dict[str | None, Left]:
    """Return what stands in the drafts of other windows and not in the completed form; `about`: this one's draft."""
    found = {}
    for window, draft in drafts.drafts_apart(desk(), about).items():
        carried = form.carry_over(draft.raw, draft.form_version)
        left = Left(left_over(desk(), task_id, carried.raw).raw, carried.left_over)
        if left.raw or left.no_place:
            found[window or None] = left
    return found


def typed_elsewhere(task_id: UUID, found: TaskForm, about: str) -> list[Window]:
    """Return the same in words, window by window."""
    left = left_elsewhere(task_id, found.form, about)
    said = [Window(name, said_again(replace(found, left_over=one.no_place), one.raw)) for name, one in left.items()]
    return [window for window in said if window.rows]
