"""What has to be true of every service at every moment, whatever was done to it: `faults(office)` is empty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.assembly import Office
from workflows.casework.access import HELD_BACK
from workflows.casework.audit import AuditEntry
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, JourneyStep, Waiting
from workflows.casework.document import Document
from workflows.casework.escalation import Escalation, Nudge
from workflows.casework.incident import OUTSIDE, Incident
from workflows.casework.notice import Notice
from workflows.casework.outside import OutsideTask
from workflows.casework.task import Task
from workflows.duties.intake import of_the_person
from workflows.duties.register import Asking
from workflows.engine.run import Run
from workflows.engine.scripting import Asked
from workflows.questions.audit import verify_chain


def faults(office: Office) -> list[str]:
    """Say what is wrong, a sentence each."""
    found = [f"the trail breaks: {one}" for one in verify_chain(office.desk()).breaks]
    with office.desk().looking() as session:
        for case in session.scalars(select(Case)):
            found += [f"{case.number}: {fault}" for fault in _of_case(office, session, case)]
    return found


def _of_case(office: Office, session: Session, case: Case) -> Iterator[str]:
    yield from _stranded(session, case)
    yield from told_wrongly(session, case)
    for run in session.scalars(select(CaseRun).where(CaseRun.case_id == case.id)):
        yield from _out_of_step(office, session, case, run)
    yield from _not_once(session, case)
    yield from _reminded_twice(session, case)
    yield from _given_up(session, case)


def _stranded(session: Session, case: Case) -> Iterator[str]:
    asked = _count(session, select(Task.id).where(Task.case_id == case.id, Task.status == "open"))
    awaited = _count(session, select(Waiting.id).where(Waiting.case_id == case.id))
    if case.open and not asked + awaited:
        yield "open, and without a task, a date, a message or an end"


def told_wrongly(session: Session, case: Case) -> Iterator[str]:
    """What its tasks keep of a case, for lists, against the case."""
    shared = None if case.sharing_scope == HELD_BACK else case.shared_with
    kept = select(Task.name, Task.case_shared_with, Task.case_priority).where(Task.case_id == case.id)
    for name, told, priority in session.execute(kept):
        if (told, priority) != (shared, case.priority):
            yield f"“{name}” says that the case is shared with {told} and {priority}"


def _out_of_step(office: Office, session: Session, case: Case, run: CaseRun) -> Iterator[str]:
    """What the engine says of a process against the rows that were copied from it."""
    tasks = Counter(session.scalars(select(Task.step_id).where(Task.run_id == run.id, Task.status == "open")))
    waiting = Counter(session.scalars(select(Waiting.step_id).where(Waiting.run_id == run.id)))
    open_steps, events, due = Counter[str](), Counter[str](), None
    if run.status == "running":
        asked = Asked(
            _never, _never, lambda key, _: _date_of_the_person(office, case, run, key), office.clock.now,
            lambda: case.clocks_paused_at is not None,
        )  # fmt: skip
        spec = office.desk().library.spec(run.release_id.hex, run.process)
        outcome = Run.resume(run.state, spec, asked).outcome()
        open_steps, events = (Counter(one.id for one in some) for some in (outcome.open_steps, outcome.waiting))
        due = outcome.next_due_at
        if outcome.finished:
            yield f"{run.process} has come to its end and runs"
    if tasks != open_steps:
        yield f"{run.process} ({run.status}) asks for {open_steps}, the inbox for {tasks}"
    if waiting != events:
        yield f"{run.process} ({run.status}) waits for {events}, the rows say {waiting}"
    if run.next_due_at != due:
        yield f"{run.process} ({run.status}) is due at {due}, its row says {run.next_due_at}"


def _date_of_the_person(office: Office, case: Case, run: CaseRun, key: str) -> datetime:
    """The one date that a state never keeps, so that whoever only looks has to ask for it: a birthday."""
    with office.desk().work() as work:
        return of_the_person(Asking(work, case, run, {}), key) or _never()


def _never(*_: object) -> NoReturn:
    raise AssertionError("a process that is only looked at does nothing")


def _not_once(session: Session, case: Case) -> Iterator[str]:
    """A completed task stands once in the trail, once in the journey, and has one document.

    Each time that it was taken back it stands there once more, and as often that it was taken back.
    """
    done = session.scalars(select(Task).where(Task.case_id == case.id, Task.status == "completed")).all()
    rows = Counter(task.key for task in done)
    told = Counter(entry.detail["key"] for entry in _entries(session, case, "task completed"))
    back = Counter(entry.detail["key"] for entry in _entries(session, case, "task taken back"))
    people = select(JourneyStep.key).where(JourneyStep.case_id == case.id, JourneyStep.kind == "user")
    walked = Counter(session.scalars(people))
    if not rows + back == told == walked + back:
        yield f"completed: the tasks say {rows}, the trail {told}, the journey {walked}; taken back: {back}"
    papers = Counter(
        session.scalars(select(Document.task_id).where(Document.case_id == case.id, Document.task_id.is_not(None)))
    )
    if papers != Counter(task.id for task in done):
        yield "a completed task has not exactly one document"


def _reminded_twice(session: Session, case: Case) -> Iterator[str]:
    """A task comes to a rung once in a turn, each is told once of it or of a letter, and one message goes out of it."""
    rungs = select(Escalation.task_id, Escalation.turn, Escalation.slot).where(Escalation.case_id == case.id)
    told = select(Nudge.staff_id, Nudge.about, Nudge.turn, Nudge.slot).where(Nudge.case_id == case.id)
    sent = select(Notice.once).where(Notice.case_id == case.id)
    for what, query in (("rung", rungs), ("reminder", told), ("message", sent)):
        for one, times in Counter(map(tuple, session.execute(query))).items():
            if times > 1:
                yield f"{what} {one} stands there {times} times"


def _given_up(session: Session, case: Case) -> Iterator[str]:
    """A step that other systems gave up is one incident for somebody; given back to them it is one that waits."""
    jobs = select(OutsideTask.run_id, OutsideTask.step_id, OutsideTask.status)
    stands = {(run, step): status for run, step, status in session.execute(jobs.where(OutsideTask.case_id == case.id))}
    kept = select(Incident).where(Incident.case_id == case.id, Incident.kind == OUTSIDE, Incident.closed_at.is_(None))
    told = [((one.run_id, one.step_id), one.needs_somebody) for one in session.scalars(kept)]
    if Counter(at for at, needs in told if needs) != Counter(at for at, status in stands.items() if status == "failed"):
        yield f"other systems gave up {stands}, the incidents say {told}"
    if any(stands.get(at) != "open" for at, needs in told if not needs):
        yield f"incidents wait for other systems {told}, which have {stands}"


def _entries(session: Session, case: Case, act: str) -> Any:
    return session.scalars(select(AuditEntry).where(AuditEntry.case_id == case.id, AuditEntry.act == act))


def _count(session: Session, query: Any) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
