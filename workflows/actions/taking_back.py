"""Taking a completed step back: everything as it was before, while nothing irreversible followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from secrets import token_hex
from uuid import UUID

from sqlalchemy import select

from workflows.actions.tasks import draft_key, must_know_of
from workflows.casework.base import new_id
from workflows.casework.completion import Completion
from workflows.casework.document import Document
from workflows.casework.errors import CaseworkError, NotAllowed, NotFound, StandsInTheWay
from workflows.casework.task import Draft, Task
from workflows.desk import Desk, Work
from workflows.storage import completions, runs
from workflows.storage.in_the_way import OVER, Asked, in_the_way
from workflows.storage.putting_back import Image, leaning_on, put_back, read

OPEN = "This task is open: there is nothing to take back."


@dataclass(frozen=True)
class TakenBack:
    """What came of it. `again`: it had been taken back before, and nothing was done twice."""

    task_name: str
    case_number: str
    again: bool


def take_back(desk: Desk, task_id: UUID) -> TakenBack:
    """Take back a task that one has completed oneself: rows, clocks and process return as they were before.

    What was typed becomes the actor's draft again. Both acts stay in the history. Twice is once.

    Raises StandsInTheWay with one sentence when something irreversible followed or its time is over, and NotAllowed
    when somebody else completed it.
    """
    with desk.work() as work:
        task = runs.held_with_task(work.session, task_id).task
        hidden = _hidden(work, task)
        if hidden and task.ended_by_id != work.actor.id:
            raise hidden
        found = completions.newest(work.session, task_id)
        if task.open and found is not None and found.taken_back_at and found.staff_id == work.actor.id:
            return TakenBack(task.name, task.case.number, again=True)
        _must_be_completed_by(work, task)
        if found is None or found.taken_back_at:
            raise hidden or StandsInTheWay(OVER)
        images = read(found.images)
        why = in_the_way(Asked(work.session, work.actor, found, images, work.now, hold=True))
        if why:
            raise hidden or StandsInTheWay(why)
        _put_back(work, task, found, images)
        must_know_of(work, task)
        work.commit()
        return TakenBack(task.name, task.case.number, again=False)


def _hidden(work: Work, task: Task) -> CaseworkError | None:
    """Why the actor may not know of the case now. What they recorded may have shut them out, and is to be taken back.

    Whoever may not know of it for another reason is refused once everything is as it was before.
    """
    try:
        must_know_of(work, task)
    except (NotFound, NotAllowed) as refusal:
        return refusal
    return None


def _must_be_completed_by(work: Work, task: Task) -> None:
    if task.status != "completed":
        raise StandsInTheWay(OPEN if task.open else "This task was not completed: the case moved on without it.")
    if task.ended_by_id != work.actor.id:
        who = task.ended_by.name if task.ended_by else "somebody else"
        raise NotAllowed(f"Only whoever completed a task can take it back: {who}.")


def _put_back(work: Work, task: Task, found: Completion, images: Sequence[Image]) -> None:
    draft_id = _give_back(work, task, found, images)
    back = [_of_draft(image, draft_id) if image.table == "attachment" else image for image in images]
    # What the worker wrote since of tasks that go, such as reminders, goes with them.
    leaning = [Image(table, row_id, None, "") for table, row_id in leaning_on(work.session, images)]
    removed = put_back(work.session, [*back, *leaning])
    work.session.expire_all()
    found.taken_back_at, found.removed = work.now, removed
    task.happened("task taken back", task=task.name, key=task.key)
    for case_id in _other_cases(task, images, removed):
        work.unit.tell("task taken back", "Task", case_id, task=task.name, key=task.key)


def _give_back(work: Work, task: Task, found: Completion, images: Sequence[Image]) -> UUID | None:
    """Make what was typed the actor's draft again, beside whatever they typed since; returns the draft's id."""
    session = work.session
    if not found.typed:
        return None
    mine = select(Draft.id).where(Draft.staff_id == found.staff_id, Draft.about == found.draft)
    taken = session.scalar(mine) is not None
    before = [image.was["draft_id"] for image in images if image.was and image.was.get("draft_id")]
    draft_id = UUID(before[0]) if before else new_id()
    paper = select(Document.form_version).where(Document.task_id == task.id).order_by(Document.id).limit(1)
    draft_id = new_id() if session.get(Draft, draft_id) else draft_id
    session.add(
        Draft(
            id=draft_id,
            staff_id=found.staff_id,
            about=f"{draft_key(task.id)}~{token_hex(4)}" if taken else found.draft,
            form_key=task.form_key,
            form_version=session.scalar(paper) or work.desk.forms.form(task.form_key).version,
            raw=found.typed,
            saved_at=work.now,
        )
    )
    session.flush()
    return draft_id


def _of_draft(file: Image, draft_id: UUID | None) -> Image:
    """A file that came with the form stays with what was typed, in whichever draft that is now."""
    if not file.was or not file.was.get("draft_id"):
        return file
    return replace(file, was={**file.was, "draft_id": draft_id.hex if draft_id else None})


def _other_cases(task: Task, images: Sequence[Image], removed: Sequence[dict[str, object]]) -> list[UUID]:
    """The step may have reached into other cases, as a record of supervision does: their trails tell of it too."""
    named = {image.id for image in images if image.table == "case"}
    named |= {UUID(str(row["case_id"])) for row in removed if row.get("case_id")}
    return sorted(named - {task.case_id})
