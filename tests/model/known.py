"""What the model knows of the office: tasks, people, what was said, and how each case stood before."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from tests.model.errand import ROLES, Errand
from workflows.casework.message import Envelope

PEOPLE = {
    "Siobhan": "care_coordinator",
    "Farah": "care_coordinator",
    "Marta": "care_coordinator",
    "Ifeoma": "coordinator",
    "Adaeze": "team_manager",
    "Dean": "wellbeing_adviser",
}
UNDO_WITHIN = timedelta(hours=24)
Told = Counter[tuple[str, str, str]]  # case, step, who completed it


@dataclass
class Job:
    """A task as the model knows it. `drafts`: who has words typed into it, given back when they took it back."""

    case: str
    key: str
    holder: str = ""
    open: bool = True
    done_by: str = ""
    taken_back_by: str = ""
    drafts: frozenset[str] = frozenset()

    def is_for(self, who: str) -> bool:
        """Whether somebody may do it: whoever holds it, or anybody of its role when nobody does."""
        return self.holder == who if self.holder else ROLES[self.key] == PEOPLE[who]


@dataclass
class Before:
    """How a case stood before somebody completed a task of it."""

    task: UUID
    who: str
    at: datetime
    errand: Errand
    jobs: dict[UUID, Job]


@dataclass
class Known:
    """Everything the model knows."""

    errands: dict[str, Errand] = field(default_factory=dict)
    jobs: dict[UUID, Job] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)  # case: whose it is
    said: dict[str, tuple[Envelope, str]] = field(default_factory=dict)  # messages, and what became of them
    completed: Told = field(default_factory=Counter)
    taken_back: Told = field(default_factory=Counter)
    # Case: what was completed in it, one after the other, with nothing else between; only the last can be taken back.
    steps: dict[str, list[Before]] = field(default_factory=dict)
    version: int = 1
    releases: dict[int, int] = field(default_factory=dict)  # which release holds which version of the diagram

    def of_case(self, number: str) -> dict[UUID, Job]:
        """The tasks of a case."""
        return {key: job for key, job in self.jobs.items() if job.case == number}

    def complete(self, task_id: UUID, who: str, again: bool, now: datetime) -> None:
        """Somebody has completed a task."""
        job = self.jobs[task_id]
        errand, jobs = self.errands[job.case], {key: replace(one) for key, one in self.of_case(job.case).items()}
        self.steps.setdefault(job.case, []).append(Before(task_id, who, now, deepcopy(errand), jobs))
        job.open, job.done_by, job.drafts = False, who, job.drafts - {who}
        self.completed[job.case, job.key, who] += 1
        errand.done(job.key, again, now)

    def may_take_back(self, task_id: UUID, who: str, now: datetime) -> bool:
        """Whether it is what happened to the case last, one's own, within its time, and nobody has gone on from it."""
        steps = self.steps.get(self.jobs[task_id].case)
        if not steps or (steps[-1].task, steps[-1].who) != (task_id, who) or now > steps[-1].at + UNDO_WITHIN:
            return False
        return all(job.holder in ("", who) and not job.drafts for job in self._followed(steps[-1]).values())

    def take_back(self, task_id: UUID, who: str) -> None:
        """All is as it was before the task was completed; what others did since to other tasks stays."""
        number = self.jobs[task_id].case
        before = self.steps[number].pop()
        for key in self._followed(before):
            del self.jobs[key]
        ended, self.errands[number] = self.errands[number].ended, before.errand
        self.jobs |= {key: job for key, job in before.jobs.items() if ended or key == task_id}
        job = self.jobs[task_id]
        job.taken_back_by, job.drafts = who, job.drafts | {who}
        self.taken_back[number, job.key, who] += 1

    def move(self, number: str, version: int, now: datetime, confirm_is_a_visit: bool) -> bool | None:
        """A case is to go over to another version; say whether it can, or nothing where there is nothing to do."""
        errand = self.errands[number]
        if errand.ended or errand.version == version:
            return None
        moved = errand.move(version, now, confirm_is_a_visit)
        if moved:
            self.steps.pop(number, None)
            for job in self.of_case(number).values():
                if job.open and job.key == "confirm" and version == 1:
                    job.key = "visit"
        return moved

    def ring(self, now: datetime) -> None:
        """Let the dates come that have passed; nothing before such a date can be taken back any more."""
        for number, errand in self.errands.items():
            asked = +errand.asked
            if not errand.ended:
                errand.ring(now)
            if +errand.asked != asked:
                self.steps.pop(number, None)

    def _followed(self, before: Before) -> dict[UUID, Job]:
        """The tasks that are asked since."""
        number = before.jobs[before.task].case
        return {key: job for key, job in self.of_case(number).items() if key not in before.jobs}
