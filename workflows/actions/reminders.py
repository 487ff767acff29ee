"""Reminders before and at the due date: to whom they go, and those about safety, which go at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from workflows.casework.access import MANAGERS, RUNS_THE_CASE
from workflows.casework.roles import each_of
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.desk import Desk, Work
from workflows.due_words import due_in_words
from workflows.duties.outgoing import Told, put_out
from workflows.duties.routes import asked_first, pool_of
from workflows.storage import doers, people
from workflows.storage.alleged import besides_those_named

TASKS_A_ROUND = 1000
BEFORE, AT_DUE = 1, 2


def safety_to_remind_of(desk: Desk) -> list[UUID]:
    """Return the safety tasks (class S) whose reminder or due time has come."""
    with desk.looking() as session:
        return [task.id for task in session.scalars(to_remind(desk.clock.now(), safety=True))]


def remind_of_safety(desk: Desk, task_id: UUID) -> int:
    """Remind at once of one safety task, in a transaction of its own. Twice is once. Returns the messages written."""
    with desk.work() as work:
        task = work.session.scalars(held(to_remind(work.now, safety=True).where(Task.id == task_id))).first()
        if task is None:
            return 0
        level = level_of(task.due_at, work.now)
        kind = "task_overdue_safety" if level == AT_DUE else "task_due_soon"
        notices = sum(_write(work, staff, kind, (task,), f"{level}") for staff in recipients(work, task))
        mark(task, level)
        work.commit()
        return notices


def recipients(work: Work, task: Task) -> Sequence[StaffMember]:
    """Return whom to remind of a task: never somebody from whom it is kept."""
    return besides_those_named(work.session, task, _recipients(work, task))


def _recipients(work: Work, task: Task) -> Sequence[StaffMember]:
    """Return whom to remind: the holder, their cover while they are away, otherwise the pool of the role.

    Before a case has a team, the pool is that of the team its practice belongs to, not of every team. Only those who
    may know of the case are reminded, and nobody of a step that two people have to look at who did the first. Where
    nobody is here who could do it, whoever can hand the task on; of one about safety they hear beside the pool.
    """
    if doers.stuck(work.session, task, work.today):
        return _who_hands_on(work, task)
    if theirs := doers.here_for(work.session, task, work.today):
        return theirs
    first = doers.did_the_first(work.session, task)
    but = first.ended_by_id if first else None
    asked = asked_first(work.session, each_of(task.role), task.case, task.team_id, work.today, but)  # whose it is first
    if task.assignee is None or task.escalation != "S":
        return asked or _who_hands_on(work, task)
    return tuple(dict.fromkeys((*asked, *_who_hands_on(work, task))))


def _who_hands_on(work: Work, task: Task) -> Sequence[StaffMember]:
    """Return who is told of a task that nobody can do: the team's managers; failing them, whoever runs the case.

    Where all of these are away it is said to them all the same: it must not be said to nobody.
    """
    for away_too in (False, True):
        for roles in (MANAGERS, RUNS_THE_CASE):
            held = dict.fromkeys(
                staff
                for role in sorted(roles)
                for staff in pool_of(work.session, role, task.case, task.team_id, work.today)
            )
            told = [one for one in held if away_too or not people.absent(work.session, one.id, work.today)]
            if found := doers.may_be_asked(work.session, told, task.case, work.today):
                return found
    return ()


def to_remind(now: datetime, *, safety: bool) -> Select[Task]:
    """Ask for the open tasks whose next reminder has come; a stopped clock reminds nobody."""
    due = or_(and_(Task.level < BEFORE, Task.remind_at <= now), and_(Task.level < AT_DUE, Task.due_at <= now))
    return (
        select(Task)
        .where(Task.open, Task.paused_at.is_(None), due)
        .where(Task.escalation == "S" if safety else Task.escalation != "S")
        .order_by(Task.due_sort, Task.id)
        .limit(TASKS_A_ROUND)
    )


def held(query: Select[Task]) -> Select[Task]:
    """The same tasks, held: nobody completes one while its reminder is being written."""
    return query.with_for_update(of=Task)


def level_of(due_at: datetime | None, now: datetime) -> int:
    """Return the rung of the ladder that the reminder of now stands on."""
    return AT_DUE if due_at is not None and due_at <= now else BEFORE


def mark(task: Task, level: int) -> None:
    """Note that it was reminded of on this rung."""
    task.level = level
    task.happened("reminder written", task=task.name, level="at due" if level == AT_DUE else "before due")


def _write(work: Work, staff: StaffMember, kind: str, tasks: Iterable[Task], slot: str) -> int:
    """Write one reminder to one person; the same slot again writes nothing."""
    listed = list(tasks)
    once = f"{kind}:{staff.id.hex}:{listed[0].id.hex}:{slot}"
    return int(put_out(work, reminder(kind, once, words_of(work, listed), listed), staff))


def reminder(kind: str, once: str, words: dict[str, str], about: list[Task]) -> Told:
    """Say what a reminder tells; of one task it names the task and its case."""
    one = about[0] if len(about) == 1 else None
    return Told(kind, once, words, one.case_id if one else None, one.id if one else None)


def words_of(work: Work, tasks: list[Task]) -> dict[str, str]:
    """Return the words of a reminder: case numbers, what is asked and when; never who the person is."""
    lines = [f"{task.case.number}: {task.name}, {_when(task, work.now)}" for task in tasks if task.due_at]
    return {
        "case_number": tasks[0].case.number,
        "task_name": tasks[0].name,
        "due": _when(tasks[0], work.now),
        "count": str(len(tasks)),
        "lines": "\n".join(lines),
        "link": f"{work.desk.settings.base_url}/inbox",
    }


def _when(task: Task, now: datetime) -> str:
    """Say "due tomorrow", but "6 days overdue"."""
    said = _due(task, now)
    return said if said.endswith(" overdue") else f"due {said}"


def _due(task: Task, now: datetime) -> str:
    return due_in_words(task.due_at, now, task.case.programme.calendar) if task.due_at else ""
