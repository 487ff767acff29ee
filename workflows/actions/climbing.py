"""Climbing the ladders: what has come to a rung, each task in a transaction of its own. Twice is once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from workflows.casework.escalation import Escalation, Nudge
from workflows.casework.ladder import AT_DUE, AT_ONCE, LEVELS, WEEKLY, Moment, Rung
from workflows.casework.mornings import first_of_the_week
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.casework.ways import EMAIL, TEXT
from workflows.desk import Desk, Work
from workflows.due_words import due_in_words
from workflows.duties.outgoing import Told, put_out
from workflows.duties.rungs import climbing, concerned, passed, set_next_rung, standing_on, take_up_ladder
from workflows.duties.webhooks import tell_addresses

TASKS_A_ROUND = 500
DUE_SOON, OVERDUE, PASSED_ON = "task_due_soon", "task_overdue_safety", "task_escalated_safety"
RUNGS = (DUE_SOON, OVERDUE, PASSED_ON)  # the notices that tell at once of a rung


def due_rungs(desk: Desk, limit: int = TASKS_A_ROUND) -> list[UUID]:
    """Return at most so many open tasks whose next rung has come, the longest due first; a stopped clock has none."""
    query = select(Task.id).where(Task.open, Task.paused_at.is_(None), Task.remind_at <= desk.clock.now())
    with desk.looking() as session:
        return list(session.scalars(query.order_by(Task.remind_at, Task.id).limit(limit)))


def climb(desk: Desk, task_id: UUID) -> int:
    """Note to which rungs a task has come and whom that concerns; tell at once what is told at once.

    Several that have come while nobody looked are told as one, the highest. Returns how many people it concerns.
    """
    with desk.work() as work:
        held = select(Task).where(Task.id == task_id, Task.open, Task.paused_at.is_(None), Task.remind_at <= work.now)
        task = work.session.scalars(held.with_for_update(of=Task)).first()
        if task is None:
            return 0
        if take_up_ladder(work, task):  # whether anything has come says the ladder of today
            work.commit()
            return 0
        come = passed(task, work.now)
        told = _come_to(work, task, come) if come else _once_more(work, task)
        set_next_rung(task, work.now)
        if told is None:
            task.happened("reminder moved", task=task.name)
        else:
            task.happened("reminder written", task=task.name, level=LEVELS[task.level - 1])
        work.commit()
        return told or 0


def _come_to(work: Work, task: Task, come: Sequence[Moment]) -> int:
    people = {one.id: (one, moment) for moment in come for one in concerned(work, task, moment.rung)}
    rungs = [_rung_of(work, task, moment, moment.rung.name) for moment in come]
    work.session.add_all(rungs)
    task.level, task.repeats = come[-1].rung.level, 0
    tell_addresses(work, task, rungs[-1])
    for staff, moment in people.values():
        _nudge(work, task, staff, moment, moment.rung.name)
    return len(people)


def _once_more(work: Work, task: Task) -> int | None:
    """Say again what the rung says on which the task stands; None: there is nothing to say again."""
    rung = standing_on(task)
    if rung is None or rung.every is None or task.repeats >= rung.times or task.remind_at is None:
        return None
    task.repeats += 1
    moment, slot = Moment(task.remind_at, rung), f"{rung.name} again {task.repeats}"
    again = _rung_of(work, task, moment, slot)
    work.session.add(again)
    tell_addresses(work, task, again)
    people = concerned(work, task, rung)
    for staff in people:
        _nudge(work, task, staff, moment, slot)
    return len(people)


def _rung_of(work: Work, task: Task, moment: Moment, slot: str) -> Escalation:
    shown = f" {' '.join(moment.rung.shown)} " if moment.rung.shown else ""
    return Escalation(
        task_id=task.id, case_id=task.case_id, ladder=climbing(task), level=moment.rung.level, turn=task.turns,
        slot=slot, shown=shown, version=task.case.programme.ladder_number, due_at=task.due_at, came_at=moment.at,
        fired_at=work.now,
    )  # fmt: skip


def _nudge(work: Work, task: Task, staff: StaffMember, moment: Moment, slot: str) -> None:
    pace, level, by = moment.rung.how, moment.rung.level, moment.rung.by
    told = _tell_at_once(work, task, staff, slot, moment.rung) if pace == AT_ONCE else {}
    nudge = Nudge(
        staff_id=staff.id, case_id=task.case_id, task_id=task.id, about=task.id, turn=task.turns, slot=slot,
        level=level,
        pace=pace, made_at=work.now, tell_at=_first_monday(task, moment) if pace == WEEKLY else work.now,
        told_at=work.now if pace == AT_ONCE else None, ways=" ".join(by), notice_id=told.get(EMAIL),
        text_id=told.get(TEXT),
    )  # fmt: skip
    work.session.add(nudge)


def _tell_at_once(work: Work, task: Task, staff: StaffMember, slot: str, rung: Rung) -> dict[str, UUID]:
    """Tell somebody at once, by each of their ways; returns the notices by them."""
    kind = kind_of(rung.level)
    told = Told(
        kind,
        f"{kind}:{staff.id.hex}:{task.id.hex}:{task.turns}:{slot}",
        words_of(work, task),
        task.case_id,
        task.id,
    )
    put = {way: put_out(work, told, staff, way) for way in staff.ways(AT_ONCE, rung.by, work.desk.settings.sends_texts)}
    work.session.flush()  # the notice stands before what names it
    return {way: notice.id for way, notice in put.items() if notice}


def kind_of(level: int) -> str:
    """Return which notice tells at once of a rung."""
    if level < AT_DUE:
        return DUE_SOON
    return OVERDUE if level == AT_DUE else PASSED_ON


def words_of(work: Work, task: Task) -> dict[str, str]:
    """Return the words of a reminder: the case's number, what is asked and when; never who the person is."""
    return {"case_number": task.case.number, "task_name": task.name, "due": when_due(task, work.now)}


def when_due(task: Task, now: datetime) -> str:
    """Say "due tomorrow", but "6 days overdue"."""
    said = due_in_words(task.due_at, now, task.case.calendar) if task.due_at else ""
    return said if said.endswith(" overdue") else f"due {said}"


def _first_monday(task: Task, moment: Moment) -> datetime:
    """The first message of a week after it came, or after the day until which the task was put off."""
    return first_of_the_week(max(moment.at, task.remind_at or moment.at), task.case.calendar)
