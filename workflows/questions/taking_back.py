"""Whether a step that one has completed can still be taken back; otherwise what stands in the way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.storage import completions
from workflows.storage.in_the_way import OVER, Asked, in_the_way
from workflows.storage.putting_back import read


@dataclass(frozen=True)
class TakingBack:
    """`why_not` is one sentence; both are empty for whoever did not complete the task."""

    possible: bool = False
    why_not: str = ""


def taking_back(desk: Desk, task_id: UUID) -> TakingBack:
    """Say whether the actor can take a task back now, or what stands in the way."""
    with desk.looking() as session:
        task = session.get(Task, task_id)
        if task is None or task.status != "completed" or task.ended_by_id != desk.actor.id:
            return TakingBack()
        found = completions.standing(session, task_id)
        if found is None:
            return TakingBack(why_not=OVER)
        why_not = in_the_way(Asked(session, desk.actor, found, read(found.images), desk.clock.now()))
        return TakingBack(not why_not, why_not)


def may_be_asked_for(desk: Desk, task_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those tasks whose taking back is worth offering in a list: one's own, and within their time."""
    with desk.looking() as session:
        return completions.within_their_time(session, task_ids, desk.actor.id, desk.clock.now())
