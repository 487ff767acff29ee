"""Looking behind the pages: where a case stands, what went out, which way it took."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.crash.other_side import taken
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, DecisionRecord, JourneyStep, Waiting
from workflows.casework.escalation import Escalation
from workflows.casework.notice import Letter, Notice
from workflows.casework.roles import each_of
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task

STEPS_WORTH_TELLING = frozenset({"user", "event"})


@dataclass(frozen=True)
class OpenTask:
    """A task that waits to be done."""

    key: str
    role: str
    holder: str
    due_at: datetime | None
    overdue: bool


@dataclass(frozen=True)
class Mail:
    """An email in the mailbox of the demonstration: its kind, to whom, and all its words."""

    id: str
    kind: str
    to: str
    words: str
    at: datetime


@dataclass(frozen=True)
class Told:
    """A text, to whom and what it says, or a call as it was made; and when it was written."""

    channel: str
    at: datetime
    words: str

    @property
    def rung(self) -> str:
        """Of which rung of which ladder a call tells."""
        data = json.loads(self.words)["data"]
        return f"{data['ladder']} {data['level']}"


@dataclass(frozen=True)
class Seen:
    """A case as it stands at one moment."""

    number: str
    stage: str
    reason: str
    flags: tuple[str, ...]
    scope: str
    coordinator: str
    priority: str
    risk: str
    next_review: datetime | None
    tasks: tuple[OpenTask, ...]
    waits_for: tuple[str, ...]
    letters: Counter[str]
    withheld: Counter[str]
    decided: dict[str, str]
    opened_at: datetime
    closed_at: datetime | None
    follows: str
    failures: tuple[str, ...]


def look(office: Office, number: str) -> Seen:
    """Return how a case stands now."""
    now = office.clock.now()
    with office.desk().looking() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        letters = session.scalars(select(Letter).where(Letter.case_id == case.id).order_by(Letter.id)).all()
        runs = session.scalars(select(CaseRun).where(CaseRun.case_id == case.id, CaseRun.failures > 0)).all()
        return Seen(
            number=number,
            stage=case.stage,
            reason=case.closure_reason or "",
            flags=tuple(sorted(case.flags)),
            scope=case.sharing_scope,
            coordinator=case.coordinator.name if case.coordinator else "",
            priority=case.priority,
            risk=case.risk_level,
            next_review=case.next_review_at,
            tasks=_open_tasks(session, case, now),
            waits_for=_waits(session, case),
            letters=Counter(_letter(one) for one in letters if one.status in ("ready", "sent")),
            withheld=Counter(_letter(one) for one in letters if one.status == "withheld"),
            decided=_decided(session, case),
            opened_at=case.opened_at,
            closed_at=case.closed_at,
            follows=session.get_one(Case, case.previous_case_id).number if case.previous_case_id else "",
            failures=tuple(f"{run.process}: {run.failed_why}" for run in runs),
        )


def stages(office: Office) -> dict[str, int]:
    """Count the cases in each stage."""
    with office.desk().looking() as session:
        rows = session.execute(select(Case.stage, func.count()).group_by(Case.stage)).all()
        return dict(rows)


def waiting_for(office: Office, key: str) -> list[str]:
    """Return the numbers of the cases in which a step is asked, oldest first."""
    with office.desk().looking() as session:
        query = select(Case.number).join(Task).where(Task.key == key, Task.status == "open").order_by(Case.number)
        return list(session.scalars(query))


def tasks_done(office: Office, number: str) -> int:
    """Count the completed tasks of a case."""
    with office.desk().looking() as session:
        case_id = session.scalars(select(Case.id).where(Case.number == number)).one()
        return len(session.scalars(select(Task.id).where(Task.case_id == case_id, Task.status == "completed")).all())


def path(office: Office, number: str) -> list[str]:
    """Tell the way a case took: for each stretch of one process, the tasks done and the events that happened."""
    with office.desk().looking() as session:
        case_id = session.scalars(select(Case.id).where(Case.number == number)).one()
        query = select(JourneyStep).where(JourneyStep.case_id == case_id).order_by(JourneyStep.at, JourneyStep.id)
        stretches: list[tuple[str, list[str]]] = []
        for step in session.scalars(query):
            if step.kind not in STEPS_WORTH_TELLING:
                continue
            process = step.process.removeprefix("acm_")
            if not stretches or stretches[-1][0] != process:
                stretches.append((process, []))
            stretches[-1][1].append(step.key)
        return [f"{process}: {', '.join(keys)}" for process, keys in stretches]


def climbed(office: Office, number: str, task: str) -> list[tuple[str, datetime]]:
    """Return to which rungs of its ladder an open task of a case has come, and when."""
    with office.desk().looking() as session:
        query = (
            select(Escalation.slot, Escalation.came_at)
            .join(Task, Task.id == Escalation.task_id)
            .join(Case, Case.id == Task.case_id)
            .where(Case.number == number, Task.name == task, Task.open)
            .order_by(Escalation.id)
        )
        return [(slot, at) for slot, at in session.execute(query)]


def mailbox(office: Office) -> list[Mail]:
    """Read the mail that was really handed over, in the order in which it was written."""
    folder = office.settings.mail_folder
    files = {UUID(one.stem): one for one in folder.glob("*.eml")} if folder.is_dir() else {}
    with office.desk().looking() as session:
        notices: Sequence[Notice] = session.scalars(select(Notice).order_by(Notice.id)).all()
        names = {staff.id: staff.name for staff in session.scalars(select(StaffMember))}
        return [
            Mail(
                notice.id.hex,
                notice.kind,
                names[notice.staff_id] if notice.staff_id else notice.address,
                files[notice.id].read_text(encoding="utf-8"),
                notice.made_at,
            )
            for notice in notices
            if notice.id in files
        ]


def others_told(office: Office) -> list[Told]:
    """Return what went out by text and by call, each once, in the order in which it was written."""
    took = {UUID(one.id.removeprefix("msg_")): one for one in taken(office.settings.data_folder)}
    with office.desk().looking() as session:
        notices = session.scalars(select(Notice).where(Notice.id.in_(took)).order_by(Notice.made_at, Notice.id)).all()
        names = {staff.id: staff.name for staff in session.scalars(select(StaffMember))}
        told = [(one, took[one.id].said) for one in notices]
        return [
            Told(
                one.channel, one.made_at, f"{names[one.staff_id]}: {said.partition(': ')[2]}" if one.staff_id else said
            )
            for one, said in told
        ]


def _letter(letter: Letter) -> str:
    return f"{letter.template} to {letter.recipient}"


def _open_tasks(session: Session, case: Case, now: datetime) -> tuple[OpenTask, ...]:
    query = select(Task).where(Task.case_id == case.id, Task.status == "open").order_by(Task.due_sort, Task.id)
    return tuple(
        OpenTask(task.key, role, task.assignee.name if task.assignee else "", task.due_at, task.overdue(now))
        for task in session.scalars(query)
        for role in each_of(task.role)[:1]  # the step's own comes first
    )


def _waits(session: Session, case: Case) -> tuple[str, ...]:
    query = select(Waiting).where(Waiting.case_id == case.id).order_by(Waiting.key)
    return tuple(one.key for one in session.scalars(query))


def _decided(session: Session, case: Case) -> dict[str, str]:
    query = select(DecisionRecord).where(DecisionRecord.case_id == case.id).order_by(DecisionRecord.id)
    return {record.table: record.reason_code for record in session.scalars(query)}
