"""What stands in the way of taking a completed step back, in one sentence; nothing does when it is empty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework import access
from workflows.casework.access import Actor
from workflows.casework.audit import AuditEntry, chain_of
from workflows.casework.case import Case
from workflows.casework.completion import Completion
from workflows.casework.diagram import MOVED, CaseRun, JourneyStep
from workflows.casework.notice import Letter, Notice
from workflows.casework.staff import StaffMember
from workflows.casework.task import Draft, Task
from workflows.clock import LONDON, london_day
from workflows.due_words import exactly
from workflows.storage import alleged, cases
from workflows.storage.putting_back import Image, Row, is_as_left, leaning_on, touched_since

GONE_ON = "The case has gone on since."
OVER = "The time in which it could be taken back is over."
Touched = Sequence[tuple[Image, Row | None]]
# Entries of the trail that are no act of a person upon the case.
WRITTEN_BY_ITSELF = ("notice", "nudge", "escalation")  # of a task, while nobody did anything with it
NO_ACT = ("seen", "notice", "reminder", "process", "stage")


@dataclass(frozen=True)
class Asked:
    """Who would take what back, and when; `images`: the rows of the step, held where it is to be done at once."""

    session: Session
    actor: Actor
    completion: Completion
    images: Sequence[Image]
    now: datetime
    hold: bool = False


def in_the_way(asked: Asked) -> str:
    """Say what stands in the way; "" when the step can be taken back."""
    completion = asked.completion
    if asked.now > completion.until:
        return f"It could be taken back until {said(completion.until, asked.now)}."
    if completion.held_fast:
        return completion.held_fast
    found = touched_since(asked.session, asked.images, asked.hold)
    touched = [one for one in found if not _harmless(asked, *one)]
    came = [table for table, _ in leaning_on(asked.session, asked.images) if table not in WRITTEN_BY_ITSELF]
    told = (
        _gone_out(asked, touched)
        or _done_by_others(asked)
        or _begun_to_fill_in(asked)
        or (_gone_on(asked, touched) if touched or came else "")
    )
    return GONE_ON if told and not told.startswith("You ") and _not_told_of_others(asked) else told


def _not_told_of_others(asked: Asked) -> bool:
    """Whether what others do in the case is kept from the actor: a partner organisation, or whom a concern names."""
    case = asked.session.get_one(Case, asked.completion.case_id)
    circle = cases.circle_of(asked.session, case)
    works = access.works_on_case(asked.actor, case.programme_id, case.team_id, circle)
    return not works or alleged.named_in(asked.session, case.id, asked.actor.id)


def _harmless(asked: Asked, image: Image, row: Row | None) -> bool:
    """A task that one has claimed oneself, or a notice that has not left the house, may go without a trace."""
    if row is None or image.was is not None:
        return False
    if image.table == "task":
        mine = row["assignee_id"] == asked.completion.staff_id
        return mine and is_as_left(image, {**row, "assignee_id": None})
    return image.table == "notice" and (row["staff_id"] is not None or not _left_the_house(row))


def _left_the_house(notice: Row) -> bool:
    """Sent, or just being sent: what is being sent is left alone for some minutes before anybody tries again."""
    under_way = notice["status"] == "waiting" and not notice["failed_why"]
    return notice["status"] == "sent" or under_way


def _gone_out(asked: Asked, touched: Touched) -> str:
    for image, row in touched:
        if row is None or row.get("status") not in ("sent", "waiting"):
            continue
        if image.table == Letter.__tablename__ and row["status"] == "sent":
            return f"“{row['title']}” to {row['recipient']} was sent {_at(row['sent_at'], asked.now)}."
        if image.table == Notice.__tablename__:
            when = _at(row["sent_at"], asked.now) if row["sent_at"] else "just now"
            return f"An email to {row['address']} was sent {when}."
    return ""


def _done_by_others(asked: Asked) -> str:
    for later, name, who in _later(asked, Completion.staff_id != asked.completion.staff_id):
        return f"{who} has completed “{name}” since, {_at(later.at, asked.now)}."
    return ""


def _later(asked: Asked, whose: Any) -> Iterable[tuple[Completion, str, str]]:
    """Steps of the same case that were completed after this one and stand, the newest first."""
    mine = asked.completion
    query = (
        select(Completion, Task.name, StaffMember.name)
        .join(Task, Task.id == Completion.task_id)
        .join(StaffMember, StaffMember.id == Completion.staff_id)
        .where(Completion.case_id == mine.case_id, Completion.seq > mine.seq, Completion.taken_back_at.is_(None))
    )
    found = asked.session.execute(query.where(whose).order_by(Completion.seq.desc()))
    return [(later, task, who) for later, task, who in found]


def _begun_to_fill_in(asked: Asked) -> str:
    """What somebody typed into a task that would go would stand nowhere any more."""
    for task_id in _made(asked.images, "task"):
        theirs = select(Draft.staff_id, StaffMember.name).join(StaffMember, StaffMember.id == Draft.staff_id)
        begun = asked.session.execute(theirs.where(Draft.about.startswith(f"task:{task_id}")).limit(1)).first()
        if begun is None:
            continue
        task = asked.session.get_one(Task, task_id).name
        if begun.staff_id == asked.completion.staff_id:
            return f"You have begun to fill in “{task}”: throw that draft away first."
        return f"{begun.name} has begun to fill in “{task}”."
    return ""


def _gone_on(asked: Asked, touched: Touched) -> str:
    """Say how the case has gone on since: to another diagram, by oneself, by a colleague, or by itself."""
    if moved := _moved(asked, touched):
        return moved
    for later, name, _ in _later(asked, Completion.staff_id == asked.completion.staff_id):
        return f"You have completed “{name}” since, {_at(later.at, asked.now)}: take that back first."
    return _taken(asked, touched) or _fetched(touched) or _acted(asked) or _by_itself(asked, touched)


def _moved(asked: Asked, touched: Touched) -> str:
    """Say that a process follows another diagram since: as it stood before it would not fit there."""
    mine, runs = asked.completion, {image.id.hex for image, _ in touched if image.table == CaseRun.__tablename__}
    query = select(AuditEntry).where(
        AuditEntry.chain == chain_of(mine.case_id), AuditEntry.seq > mine.seq, AuditEntry.act == MOVED
    )
    for entry in asked.session.scalars(query.order_by(AuditEntry.seq.desc())):
        if entry.detail["run"] in runs:
            return f"The case was moved to another diagram since, {_at(entry.at, asked.now)}."
    return ""


def _taken(asked: Asked, touched: Touched) -> str:
    for image, row in touched:
        if image.table == "task" and image.was is None and row is not None and row["assignee_id"]:
            holder = asked.session.get_one(StaffMember, row["assignee_id"])
            return f"{holder.name} has “{row['name']}” in hand since."
    return ""


def _fetched(touched: Touched) -> str:
    """What another system has read, or does, cannot be taken from it."""
    for image, row in touched:
        if (
            image.table == "outside_task"
            and image.was is None
            and row is not None
            and (row["worker"] or row["failures"])
        ):
            return f"Another system has taken “{row['name']}” since."
    return ""


def _acted(asked: Asked) -> str:
    """The newest act of a colleague upon the case, as far as the trail names one."""
    mine = asked.completion
    query = select(AuditEntry).where(
        AuditEntry.chain == chain_of(mine.case_id), AuditEntry.seq > mine.seq, AuditEntry.actor_id.is_not(None)
    )
    for entry in asked.session.scalars(query.order_by(AuditEntry.seq.desc())):
        if not any(word in entry.act for word in NO_ACT):
            who = "You have" if entry.actor_id == mine.staff_id else f"{entry.actor} has"
            return f"{who} gone on with this case since, {_at(entry.at, asked.now)}."
    return ""


def _by_itself(asked: Asked, touched: Touched) -> str:
    """A date that came, or news from outside: named by the event of the diagram where there is one."""
    ids = [image.id for image, _ in touched if image.table == CaseRun.__tablename__]
    own = set(_made(asked.images, JourneyStep.__tablename__))
    steps = select(JourneyStep).where(JourneyStep.run_id.in_(ids), JourneyStep.kind == "event")
    for step in asked.session.scalars(steps.order_by(JourneyStep.at.desc(), JourneyStep.id.desc())):
        if step.id not in own:
            return f"The case has gone on by itself since, {_at(step.at, asked.now)}: {step.name}."
        break
    return "The case has gone on by itself since."


def _made(images: Iterable[Image], table: str) -> list[UUID]:
    return [image.id for image in images if image.table == table and image.was is None]


def _at(instant: datetime, now: datetime) -> str:
    """Say within a sentence when something happened: at 10:14, on Tue 24 Nov, 10:14."""
    told = said(instant, now)
    return f"on {told}" if " " in told else f"at {told}"


def said(instant: datetime, now: datetime) -> str:
    """Say an instant in London time, with its day unless that is today."""
    today = london_day(instant) == london_day(now)
    return f"{instant.astimezone(LONDON):%H:%M}" if today else exactly(instant, now)
