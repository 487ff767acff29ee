"""What other systems do with the steps that diagrams hand to them: fetch, keep longer, answer, fail, break off."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from workflows.actions.faults import told_elsewhere
from workflows.actions.incidents import note_outside
from workflows.actions.journey import follow_up, go_on
from workflows.casework import access
from workflows.casework.access import HELD_BACK, PERMISSIONS, PROGRAMME_WIDE, Actor
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, RuleBroken
from workflows.casework.outside import OutsideTask
from workflows.desk import Desk, Work
from workflows.engine.run import Run
from workflows.storage import cases, runs

WORKING = "outside.work"
ERROR = "error"  # under which an answer keeps the code of a BPMN error


@dataclass(frozen=True)
class Wanted:
    """Which jobs are wanted, for how long, by whom in its own words, and how many at most."""

    topics: Sequence[str]
    worker: str
    lease: timedelta
    most: int


@dataclass(frozen=True)
class FetchedJob:
    """A job in a worker's hands. The fence has to be given back with the answer; it counts until somebody else's."""

    id: UUID
    topic: str
    fence: int
    lease_until: datetime
    case_number: str
    process: str
    step: str
    name: str
    variables: Mapping[str, Any]
    may_decide: Sequence[str]
    failures: int
    tries_left: int


@dataclass(frozen=True)
class Answered:
    """What became of a job. `again`: the same answer came a second time; nothing was done twice."""

    id: UUID
    status: str
    case_number: str
    again: bool = False
    free_at: datetime | None = None


@dataclass(frozen=True)
class Failure:
    """Why a job failed, without anything about a person; how often to try again and when, if the worker says."""

    why: str
    tries_left: int | None = None
    wait: timedelta | None = None


def fetch(desk: Desk, wanted: Wanted) -> tuple[FetchedJob, ...]:
    """Take the jobs that have waited longest; each is nobody else's until its lease ends."""
    _must_work(desk.actor)
    if not _anything_to_fetch(desk, wanted.topics):
        return ()
    with desk.work() as work:
        fetched: list[FetchedJob] = []
        while found := _next_free(work, wanted.topics, wanted.most - len(fetched)):
            for job in found:
                case = work.session.get_one(Case, job.case_id)
                _must_see(work, case)
                job.fetch(wanted.worker, work.now, wanted.lease)
                fetched.append(_shown(job, case))
            work.session.flush()
        if fetched:
            work.commit()
        return tuple(fetched)


def keep_longer(desk: Desk, job_id: UUID, fence: int, lease: timedelta) -> FetchedJob:
    """Keep a job for longer, counted from now."""
    with desk.work() as work:
        case, _, job = _held(work, job_id)
        job.extend(fence, work.now, lease)
        work.commit()
        return _shown(job, case)


def complete(desk: Desk, job_id: UUID, fence: int, decisions: Mapping[str, Any]) -> Answered:
    """Let the case go on with what the worker decided. The same answer again changes nothing."""
    return _answer(desk, job_id, fence, decisions, lambda run, job: run.complete(job.step_id, decisions))


def break_off(desk: Desk, job_id: UUID, fence: int, code: str, decisions: Mapping[str, Any]) -> Answered:
    """Let the case take the way that its diagram draws for this error at the edge of the step."""

    def act(run: Run, job: OutsideTask) -> None:
        if not run.break_off(job.step_id, code, decisions):
            raise RuleBroken(f"The diagram has no event for the error “{code}” at this step. Nothing was changed.")

    return _answer(desk, job_id, fence, decisions, act, code)


def fail(desk: Desk, job_id: UUID, fence: int, failure: Failure) -> Answered:
    """Note that a job failed; it may be fetched again after a while. With no tries left it is an incident of the case.

    What the worker says of the person in spite of its instructions is not kept.
    """
    with desk.work() as work:
        case, run, job = _held(work, job_id)
        told = told_elsewhere(work, case, run, job, failure.why)
        job.fail(fence, told.why, work.now, failure.tries_left, failure.wait)
        note_outside(work, case, run, job, told)
        work.commit()
        return Answered(job.id, job.status, case.number, free_at=job.free_at if job.status == "open" else None)


def _answer(
    desk: Desk,
    job_id: UUID,
    fence: int,
    decisions: Mapping[str, Any],
    act: Callable[[Run, OutsideTask], object],
    code: str = "",
) -> Answered:
    answer = {**decisions, ERROR: code} if code else decisions
    with desk.work() as work:
        case, run, job = _held(work, job_id)
        if job.status == "done" and job.fence == fence and job.answer == dict(answer):
            return Answered(job.id, job.status, case.number, again=True)
        _must_be_asked(job, decisions)
        job.done(fence, answer, work.now)
        work.session.flush()  # what the case asks next is held against what is still open
        go_on(work, case, run, lambda resumed: act(resumed, job))
        follow_up(work)
        work.commit()
        return Answered(job.id, job.status, case.number)


def _next_free(work: Work, topics: Collection[str], most: int) -> Sequence[OutsideTask]:
    """Hold the next free jobs; what somebody else is just fetching is passed over, not waited for."""
    free = _free(work.actor, topics, work.now).limit(most).with_for_update(of=OutsideTask, skip_locked=True)
    return work.session.scalars(free).all() if most else ()


def _anything_to_fetch(desk: Desk, topics: Collection[str]) -> bool:
    """Say whether any of these topics may have a job; asking locks nothing, so that workers may ask often."""
    with desk.looking() as session:
        return session.scalar(_free(desk.actor, topics, desk.clock.now()).limit(1)) is not None


def _must_be_asked(job: OutsideTask, answer: Mapping[str, Any]) -> None:
    unasked = set(answer) - set(job.decides)
    if unasked:
        may = f"The step may decide {', '.join(job.decides)}" if job.decides else "The step decides nothing"
        raise AnswersRefused({f"variables.{name}": f"{may}: see “decides” in its diagram" for name in sorted(unasked)})


def _held(work: Work, job_id: UUID) -> tuple[Case, CaseRun, OutsideTask]:
    """Return a job with its case and process, all held."""
    _must_work(work.actor)
    run_id = work.session.scalar(select(OutsideTask.run_id).where(OutsideTask.id == job_id))
    if run_id is None:
        raise NotFound("There is no such job.")
    case, run = runs.held_with_case(work.session, run_id)
    _must_see(work, case)
    # The job itself is read only now: whoever held the case may have ended it, and that is the answer to give.
    return case, run, work.session.get_one(OutsideTask, job_id, with_for_update=True)


def _free(actor: Actor, topics: Collection[str], now: datetime) -> Select[OutsideTask]:
    return (
        select(OutsideTask)
        .join(Case, Case.id == OutsideTask.case_id)
        .where(OutsideTask.status == "open", OutsideTask.topic.in_(topics), OutsideTask.free_at <= now)
        .where(or_(False, *_within(actor)), Case.sharing_scope != HELD_BACK, ~_left_out(actor))
        .order_by(OutsideTask.free_at, OutsideTask.id)
    )


def _within(actor: Actor) -> list[ColumnElement[bool]]:
    """Where the actor's posts lie that include such work: whole programmes, or teams of them."""
    posts = [post for post in actor.posts if post.role in PERMISSIONS[WORKING]]
    return [
        Case.programme_id == post.programme_id
        if post.role in PROGRAMME_WIDE or post.team_id is None
        else and_(Case.programme_id == post.programme_id, Case.team_id == post.team_id)
        for post in posts
    ]


def _left_out(actor: Actor) -> ColumnElement[bool]:
    """Whether the person does not want the actor to know of the case."""
    return exists().where(Exclusion.case_id == Case.id, Exclusion.staff_id == actor.id, Exclusion.ended_at.is_(None))


def _must_see(work: Work, case: Case) -> None:
    """Whoever may not know of a case finds no job of it."""
    circle = cases.circle_of(work.session, case)
    if not access.works_on_case(work.actor, case.programme_id, case.team_id, circle):
        raise NotFound("There is no such job.")


def _must_work(actor: Actor) -> None:
    if not access.may(actor, WORKING):
        raise NotAllowed("Your role does not include doing steps for other systems.")


def _shown(job: OutsideTask, case: Case) -> FetchedJob:
    return FetchedJob(
        job.id, job.topic, job.fence, job.free_at, case.number, job.process, job.key, job.name, job.told, job.decides,
        job.failures, job.tries_left,
    )  # fmt: skip
