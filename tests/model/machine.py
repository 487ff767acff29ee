"""What chance may do to the office, each act done to the model as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from tests.builders.soundness import faults
from tests.builders.ways_in import nhs_numbers
from tests.engine.pace import PROVING
from tests.model.errand import MESSAGE, ROLES, Errand, drawing
from tests.model.known import PEOPLE, Job, Known, Told
from tests.model.stage import OPERATOR, Stage
from workers.jobs import remind, send_notices, wake_cases
from workflows.actions import diagrams, moving_cases, taking_back, taking_on, tasks
from workflows.actions.messages import receive
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.diagram import Waiting
from workflows.casework.errors import CaseworkError
from workflows.casework.message import Envelope
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.engine.prospect import MOVES, NEEDS_A_CHOICE

BORN = date(1941, 3, 27)
MOST_CASES = 4


class OfficeAndModel(RuleBasedStateMachine):
    """Cases, tasks, people and the clock: the office beside the model."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.office = self.stage.office()
        self.known, self.numbers = Known(), nhs_numbers()

    @property
    def now(self) -> datetime:
        """The time of both."""
        return self.office.clock.now()

    @initialize()
    def first_case(self) -> None:
        self._start()

    @rule()
    @precondition(lambda self: len(self.known.errands) < MOST_CASES)
    def start(self) -> None:
        self._start()

    def _start(self) -> None:
        person = next(self.numbers)
        raw = {**self.stage.person, "nhs_number": [person]}
        made = taking_on.take_on(self._desk("Ifeoma"), taking_on.Wanted("acm", "errand", "east", raw, {}))
        errand = Errand(self.known.version, self.stage.dates)
        errand.begin(self.now)
        self.known.errands[made.number], self.known.people[made.number] = errand, person

    @rule(pick=st.integers(0, 99), who=st.sampled_from(list(PEOPLE)))
    def claim(self, pick: int, who: str) -> None:
        task_id, job = self._job(pick)
        if self._acknowledged(lambda: tasks.claim_task(self._desk(who), task_id), job.open and job.is_for(who)):
            job.holder = who

    @rule(pick=st.integers(0, 99), who=st.sampled_from(list(PEOPLE)))
    def release(self, pick: int, who: str) -> None:
        task_id, job = self._job(pick)
        if self._acknowledged(lambda: tasks.release_task(self._desk(who), task_id), job.open and job.holder == who):
            job.holder = ""

    @rule(pick=st.integers(0, 99), to=st.sampled_from(list(PEOPLE)))
    def hand_over(self, pick: int, to: str) -> None:
        task_id, job = self._job(pick)
        able = job.open and ROLES[job.key] == PEOPLE[to]
        colleague = self.stage.staff[to].id
        if self._acknowledged(
            lambda: tasks.reassign_task(self._desk("Adaeze"), task_id, colleague, "away from noon"), able
        ):
            job.holder = to

    @rule(pick=st.integers(0, 99), who=st.sampled_from(list(PEOPLE)), again=st.booleans())
    def complete(self, pick: int, who: str, again: bool) -> None:
        self._complete(*self._job(pick), who, again)

    @rule(pick=st.integers(0, 99), again=st.booleans())
    def complete_by_whom_it_is_for(self, pick: int, again: bool) -> None:
        task_id, job = self._job(pick)
        self._complete(task_id, job, next(who for who in PEOPLE if job.is_for(who)), again)

    @rule(pick=st.integers(0, 99), who=st.sampled_from(list(PEOPLE)))
    def take_back(self, pick: int, who: str) -> None:
        self._take_back(self._job(pick)[0], who)

    @rule(pick=st.integers(0, 9))
    @precondition(lambda self: any(self.known.steps.values()))
    def take_back_what_was_done_last(self, pick: int) -> None:
        last = [steps[-1] for steps in self.known.steps.values() if steps]
        before = last[-1 - pick % len(last)]
        self._take_back(before.task, before.who)

    @rule(pick=st.integers(0, 9))
    def message(self, pick: int) -> None:
        number = list(self.known.errands)[-1 - pick % len(self.known.errands)]
        said = Envelope(
            f"reply {len(self.known.said)}", MESSAGE, self.known.people[number], BORN, self.now, "a practice", {}
        )
        errand = self.known.errands[number]
        expected = "delivered" if not errand.ended and errand.heard(self.now) else "parked"
        if expected == "delivered":
            self.known.steps.pop(number, None)
        got = receive(self._desk("Ifeoma"), said)
        assert (got.status, got.again) == (expected, False), got
        self.known.said[said.message_id] = (said, expected)

    @rule(pick=st.integers(0, 9))
    @precondition(lambda self: self.known.said)
    def the_same_message(self, pick: int) -> None:
        said, became = list(self.known.said.values())[-1 - pick % len(self.known.said)]
        got = receive(self._desk("Ifeoma"), said)
        assert (got.status, got.again) == (became, True), got

    @rule(later=st.sampled_from([timedelta(hours=3), timedelta(days=1), timedelta(days=8), timedelta(days=30)]))
    def tick(self, later: timedelta) -> None:
        self.office.clock.advance(later)
        self._worker_round()

    @rule()
    def tick_again(self) -> None:
        self._worker_round()

    @rule()
    @precondition(lambda self: self.known.version == 1)
    def publish(self) -> None:
        done = diagrams.publish_files(self.office.desk(OPERATOR), {"errand.bpmn": drawing(2)}, "visits are confirmed")
        self.known.version, self.known.releases = 2, {1: done.number - 1, 2: done.number}

    @rule(pick=st.integers(0, 9), to=st.sampled_from([1, 2]), chosen=st.booleans(), keep=st.booleans())
    @precondition(lambda self: self.known.releases)
    def migrate(self, pick: int, to: int, chosen: bool, keep: bool) -> None:
        number = list(self.known.errands)[-1 - pick % len(self.known.errands)]
        wanted = moving_cases.Wanted(self.known.releases[to], {"confirm": "visit"} if chosen else {}, keep=keep)
        known = self.known if keep else deepcopy(self.known)
        expected = {None: moving_cases.THERE_ALREADY, True: MOVES, False: NEEDS_A_CHOICE}
        got = moving_cases.move_case(self.office.desk(OPERATOR), number, wanted)
        assert got.verdict == expected[known.move(number, to, self.now, chosen)], got

    @rule()
    def restart(self) -> None:
        self.office = self.stage.reopened(self.office)

    @invariant()
    def both_say_the_same(self) -> None:
        with self.office.desk().looking() as session:
            numbers = {case.id: case.number for case in session.scalars(select(Case))}
            asked = {task.id: task for task in session.scalars(select(Task).where(Task.status == "open"))}
            awaited = [(numbers[one.case_id], one.key) for one in session.scalars(select(Waiting))]
            closed = {case.number for case in session.scalars(select(Case).where(Case.closed_at.is_not(None)))}
        self._get_to_know(asked, numbers)
        self._forget(asked)
        for number, errand in self.known.errands.items():
            assert Counter(job.key for job in self._open_jobs(number)) == +errand.asked
            assert Counter(key for whose, key in awaited if whose == number) == errand.awaited
            assert (number in closed) == errand.ended
        holders = {task_id: task.assignee.name.split()[0] if task.assignee else "" for task_id, task in asked.items()}
        assert holders == {task_id: job.holder for task_id, job in self.known.jobs.items() if job.open}
        if PROVING:
            self._is_sound()

    def teardown(self) -> None:
        self._is_sound()
        self.office.close()

    def _complete(self, task_id: UUID, job: Job, who: str, again: bool) -> None:
        raw = {"note": ["What was done."], "again": ["yes" if again else "no"]}
        if job.done_by == who:
            assert tasks.complete_task(self._desk(who), task_id, raw).again
            return
        if self._acknowledged(lambda: tasks.complete_task(self._desk(who), task_id, raw), job.open and job.is_for(who)):
            self.known.complete(task_id, who, again, self.now)

    def _take_back(self, task_id: UUID, who: str) -> None:
        job = self.known.jobs[task_id]
        if job.open and job.taken_back_by == who:
            assert taking_back.take_back(self._desk(who), task_id).again
            return
        allowed = self.known.may_take_back(task_id, who, self.now)
        if self._acknowledged(lambda: taking_back.take_back(self._desk(who), task_id), allowed):
            self.known.take_back(task_id, who)

    def _acknowledged(self, act: Callable[[], Any], expected: bool) -> bool:
        """Do an act; it has to be refused in words just when the model says so."""
        words = ""
        try:
            act()
        except CaseworkError as refusal:
            words = str(refusal)
        assert expected == (not words), words or "it should have been refused"
        return expected

    def _worker_round(self) -> None:
        for job in (wake_cases.work, remind.climb, remind.daily_digest, send_notices.work):
            _, failed = job(self.office)
            assert not failed
        self.known.ring(self.now)

    def _job(self, pick: int) -> tuple[UUID, Job]:
        """One of the tasks, the newest first, be it over."""
        return list(self.known.jobs.items())[-1 - pick % len(self.known.jobs)]

    def _open_jobs(self, number: str) -> list[Job]:
        return [job for job in self.known.jobs.values() if job.case == number and job.open]

    def _get_to_know(self, asked: dict[UUID, Task], numbers: dict[UUID, str]) -> None:
        for task_id, task in sorted(asked.items()):
            self.known.jobs.setdefault(task_id, Job(numbers[task.case_id], task.key))

    def _forget(self, asked: dict[UUID, Task]) -> None:
        """What an errand no longer asks for is over without anybody having done it."""
        for task_id, job in self.known.jobs.items():
            if job.open and self.known.errands[job.case].ended:
                assert task_id not in asked
                job.open = False

    def _is_sound(self) -> None:
        assert faults(self.office) == []
        assert self._told("task completed") == self.known.completed
        assert self._told("task taken back") == self.known.taken_back

    def _told(self, act: str) -> Told:
        """What stands in the trails of an act, and how often."""
        with self.office.desk().looking() as session:
            numbers = {case.id: case.number for case in session.scalars(select(Case))}
            entries = session.scalars(select(AuditEntry).where(AuditEntry.act == act)).all()
            return Counter((numbers[one.case_id], one.detail["key"], one.actor.split()[0]) for one in entries)

    def _desk(self, who: str) -> Desk:
        return self.office.desk(self.stage.staff[who])
