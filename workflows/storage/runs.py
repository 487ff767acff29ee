"""Finding the processes of a case, what they wait for, and the versions they run on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, event, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, object_session, undefer

from workflows.casework.case import Case
from workflows.casework.consent import Exclusion, NamedInOverride
from workflows.casework.diagram import COUNTS, CaseRun, ModelVersion, Release, Waiting
from workflows.casework.document import Document
from workflows.casework.ending import PROCESSES, UNKNOWN
from workflows.casework.errors import NotFound
from workflows.casework.hidden import NO_SUCH_TASK
from workflows.casework.outside import OutsideTask
from workflows.casework.programme import ProgrammeSetting
from workflows.casework.task import Draft, Task
from workflows.storage.json_rows import json_rows

_AWAITED = "awaited"  # in a session's info: the messages for which a case waits, while nothing is written about it

_OF_TASK = Task.id == bindparam("task")
_HOLD = (
    select(Case.id)
    .join(Task, Task.case_id == Case.id)
    .join(CaseRun, CaseRun.id == Task.run_id)
    .where(_OF_TASK)
    .with_for_update(of=(Case, CaseRun, Task), key_share=True)
)
_OF_RUN = CaseRun.id == bindparam("run")
_HOLD_RUN = (
    select(Case.id)
    .join(CaseRun, CaseRun.case_id == Case.id)
    .where(_OF_RUN)
    .with_for_update(of=(Case, CaseRun), key_share=True)
)
_READ_RUN = select(Case, CaseRun).join(CaseRun, CaseRun.case_id == Case.id).where(_OF_RUN)
_BESIDE = aliased(Task)
_SETTING = (ProgrammeSetting.key, ProgrammeSetting.value, ProgrammeSetting.valid_from, ProgrammeSetting.valid_to)
_READ = (
    select(
        Task,
        CaseRun,
        select(func.max(Document.number))
        .where(Document.case_id == Task.case_id, Document.form_key == Task.form_key)
        .scalar_subquery(),
        or_(
            exists().where(NamedInOverride.case_id == Task.case_id, NamedInOverride.ended_at.is_(None)),
            exists().where(Exclusion.case_id == Task.case_id, Exclusion.ended_at.is_(None)),
        ),
        exists().where(_BESIDE.case_id == Task.case_id, _BESIDE.open, _BESIDE.id != Task.id),
        exists().where(Draft.staff_id == bindparam("writer"), Draft.about == bindparam("about")),
        select(json_rows(Waiting.message))
        .where(Waiting.case_id == Task.case_id, Waiting.message.is_not(None))
        .scalar_subquery(),
        select(json_rows(*_SETTING)).where(ProgrammeSetting.programme_id == Task.programme_id).scalar_subquery(),
    )
    .join(CaseRun, CaseRun.id == Task.run_id)
    .where(_OF_TASK)
)


class HeldTask(NamedTuple):
    """A task that is held, with its process, and what nearly every act on it asks next.

    `papers`: the newest number of its form in the case; `names_somebody`: what the person said about who may know of
    the case names a colleague; `others`: other tasks of the case are open; `drafted`: the draft that was asked for
    is there; `awaited`: the messages for which the case waits.
    """

    task: Task
    run: CaseRun
    papers: int
    names_somebody: bool
    others: bool
    drafted: bool
    awaited: frozenset[str]


def held(session: Session, run_id: UUID) -> CaseRun:
    """Return the process and hold it: one instance never runs in two places. Its case is held before it."""
    run = session.scalar(select(CaseRun).where(CaseRun.id == run_id).with_for_update(key_share=True))
    if run is None:
        raise NotFound("There is no such process.")
    return run


def held_with_case(session: Session, run_id: UUID) -> tuple[Case, CaseRun]:
    """Return a process with its case, both held, the case first: as whoever held them before has left them."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(_HOLD_RUN, {"run": run_id})
    found = session.execute(_READ_RUN, {"run": run_id}, execution_options={"populate_existing": True}).first()
    if found is None:
        raise NotFound("There is no such process.")
    case, run = found
    return case, run


def held_with_task(session: Session, task_id: UUID, writer: UUID | None = None, draft: str | None = None) -> HeldTask:
    """Return a task and its process, once they and the case are held: as whoever held them before has left them.

    The case is held first, as by those who begin with the case, so that two acts never wait for each other. On SQLite
    there is nothing to hold: one act at a time has the whole database.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(_HOLD, {"task": task_id})
    asked = {"task": task_id, "writer": writer, "about": draft}
    found = session.execute(_READ, asked, execution_options={"populate_existing": True}).first()
    if found is None:
        raise NotFound(NO_SUCH_TASK)
    task, run, papers, names_somebody, others, drafted, awaited, settings = found
    if task.programme_id == task.case.programme_id:
        task.case.programme.know_settings(settings or ())
    messages = frozenset(message for (message,) in awaited or ())
    return HeldTask(task, run, papers or 0, bool(names_somebody), bool(others), bool(drafted), messages)


def held_outside(session: Session, run_id: UUID, steps: Collection[str] = ()) -> Sequence[OutsideTask]:
    """Return what other systems have not done yet for a process, and what they ever had of these steps, held.

    Whoever is just fetching a step is waited for: they have it, and learn with their answer what became of it.
    """
    unfinished = OutsideTask.status.in_(("open", "failed"))
    query = select(OutsideTask).where(OutsideTask.run_id == run_id, or_(unfinished, OutsideTask.step_id.in_(steps)))
    return session.scalars(query.order_by(OutsideTask.id).with_for_update()).all()


def held_job(session: Session, run_id: UUID, step_id: str) -> OutsideTask:
    """Return a step of a process as other systems have it, held."""
    query = select(OutsideTask).where(OutsideTask.run_id == run_id, OutsideTask.step_id == step_id)
    return session.scalars(query.with_for_update()).one()


def running(session: Session, case_id: UUID, process: str | None = None) -> Sequence[CaseRun]:
    """Return the running processes of a case (of one kind), oldest first."""
    query = select(CaseRun).where(CaseRun.case_id == case_id, CaseRun.status == "running").with_for_update()
    if process:
        query = query.where(CaseRun.process == process)
    return session.scalars(query.order_by(CaseRun.id)).all()


def ending_under_way(session: Session, case: Case) -> str:
    """Return which ending is at work in a case, by its kind in casework.ending; empty when none has stopped it."""
    return endings_under_way(session, [case.id])[case.id] if case.outbound_stopped else ""


def endings_under_way(session: Session, stopped: Sequence[UUID]) -> dict[UUID, str]:
    """Return for each of these cases, which something has stopped, the kind of ending that is at work in it."""
    if not stopped:
        return {}
    kinds = {process: kind for kind, process in PROCESSES.items()}
    at_work = select(CaseRun.case_id, CaseRun.process).where(
        CaseRun.case_id.in_(stopped), CaseRun.status == "running", CaseRun.process.in_(kinds)
    )
    found = {case_id: kinds[process] for case_id, process in session.execute(at_work)}
    return {case_id: found.get(case_id, UNKNOWN) for case_id in stopped}


def cut_off(session: Session, case_id: UUID) -> bool:
    """Say whether an ending has cut a process of the case off that could be taken up again."""
    kept = select(CaseRun.id).where(CaseRun.case_id == case_id, CaseRun.before_ending.is_not(None))
    return session.scalar(kept.limit(1)) is not None


def waiting_for(session: Session, case_id: UUID, message: str) -> Sequence[CaseRun]:
    """Return the processes of a case that wait for a message."""
    if not _may_wait(session, case_id, message):
        return ()
    return session.scalars(
        select(CaseRun)
        .where(
            CaseRun.id.in_(select(Waiting.run_id).where(Waiting.case_id == case_id, Waiting.message == message)),
            CaseRun.status == "running",
        )
        .order_by(CaseRun.id)
        .with_for_update()
    ).all()


def note_awaited(session: Session, held_task: HeldTask) -> None:
    """Let this act know for which messages the case it holds waits: most steps ask for some, and nothing waits.

    Only for an act that puts down what waits as rows in hand: any such row ends what is known.
    """
    session.info[_AWAITED] = (held_task.task.case_id, held_task.awaited)


def _may_wait(session: Session, case_id: UUID, message: str) -> bool:
    """Whether anything may wait for a message; no question is needed when it is known that nothing does."""
    known_of, awaited = session.info.get(_AWAITED, (None, ()))
    if known_of != case_id or message in awaited:
        return True
    return any(isinstance(row, Waiting) for row in (*session.new, *session.dirty))


@event.listens_for(Waiting, "before_insert")
@event.listens_for(Waiting, "before_update")
def _is_not_known_any_more(_mapper: object, _connection: object, row: Waiting) -> None:
    session = object_session(row)
    if session is not None:
        session.info.pop(_AWAITED, None)


def waiting_for_dates(session: Session, case_id: UUID) -> Sequence[CaseRun]:
    """Return the processes of a case that wait for a date, or would if its clocks did not stand still."""
    dated = select(Waiting.run_id).where(Waiting.case_id == case_id, Waiting.kind == "timer")
    query = select(CaseRun).where(CaseRun.id.in_(dated), CaseRun.status == "running")
    return session.scalars(query.order_by(CaseRun.id).with_for_update()).all()


def rename_waiting(session: Session, run_id: UUID, instead: Mapping[str, str]) -> None:
    """Let what waits behind a gateway be known by the key of another shape; since when it waits stays."""
    for row in session.scalars(select(Waiting).where(Waiting.run_id == run_id)) if instead else ():
        gateway, _, key = row.step_id.partition(":")
        if instead.get(key):
            row.step_id = f"{gateway}:{instead[key]}"


def forget_waiting(session: Session, run_id: UUID) -> None:
    """Drop the index rows of a process, to be written anew."""
    for row in session.scalars(select(Waiting).where(Waiting.run_id == run_id)):
        session.delete(row)


def due_runs(session: Session, now: datetime, limit: int) -> list[UUID]:
    """Return the processes with a timer due, longest overdue first; nothing else is looked at."""
    return list(
        session.scalars(
            select(CaseRun.id)
            .where(CaseRun.status == "running", CaseRun.next_due_at <= now)
            .where(or_(CaseRun.retry_at.is_(None), CaseRun.retry_at <= now))
            .order_by(CaseRun.next_due_at)
            .limit(limit)
        )
    )


def current_release(session: Session) -> Release:
    """Return the newest release that counts for every case; which a new one begins on: `releases.release_for`."""
    counts = select(Release).where(Release.standing == COUNTS)
    release = session.scalar(counts.order_by(Release.number.desc()).limit(1))
    if release is None:
        raise NotFound("No diagrams have been published yet.")
    return release


def release_numbered(session: Session, number: int) -> Release:
    """Return the release with this number."""
    release = session.scalar(select(Release).where(Release.number == number))
    if release is None:
        raise NotFound(f"There is no release {number} of the diagrams.")
    return release


def newest_version(session: Session, kind: str, key: str) -> ModelVersion | None:
    """Return the newest version of a diagram or table."""
    return session.scalar(
        select(ModelVersion)
        .where(ModelVersion.kind == kind, ModelVersion.key == key)
        .order_by(ModelVersion.number.desc())
        .limit(1)
    )


def same_version(session: Session, kind: str, key: str, sha256: str) -> ModelVersion | None:
    """Return the version of a diagram or table that holds just this content, however long ago it was kept."""
    return session.scalar(
        select(ModelVersion)
        .where(ModelVersion.kind == kind, ModelVersion.key == key, ModelVersion.sha256 == sha256)
        .order_by(ModelVersion.number.desc())
        .limit(1)
    )


def version_in(session: Session, release_id: UUID, kind: str, key: str) -> UUID:
    """Return the id of the version of a diagram or table that belongs to a release."""
    return UUID(session.get_one(Release, release_id).contents[f"{kind}:{key}"])


def models_of(session: Session, release_id: UUID, kind: str) -> dict[str, ModelVersion]:
    """Return the diagrams or tables of a release by key, their XML included."""
    release = session.get_one(Release, release_id)
    wanted = [UUID(hex_id) for name, hex_id in release.contents.items() if name.startswith(f"{kind}:")]
    found = session.scalars(select(ModelVersion).where(ModelVersion.id.in_(wanted)).options(undefer(ModelVersion.xml)))
    return {version.key: version for version in found}
