"""Counting the dates of a case anew, because its team or the calendar of that has changed."""

from __future__ import annotations

from sqlalchemy import select

from workflows.casework.case import Case
from workflows.casework.counted import counted_anew, day_counted_anew
from workflows.casework.diagram import Waiting
from workflows.casework.notice import Letter
from workflows.casework.programme import Team
from workflows.casework.task import Task
from workflows.desk import PendingDates, Work
from workflows.duties.plans import count_review_anew
from workflows.duties.register import Asking, on_behalf
from workflows.duties.rungs import set_next_rung
from workflows.storage import runs

TIMER = "timer"
ANOTHER_TEAM = "team"  # why dates moved, where no calendar was changed


def give_to_team(asking: Asking, team: Team) -> None:
    """Put a case into a team's hands; where that has other hours or closed days, what was counted is counted anew."""
    case, before = asking.case, asking.case.calendar
    case.join_team(team)
    if case.calendar != before:
        count_dates_anew(asking.work, case, calendar=ANOTHER_TEAM, team=team.name)


def count_dates_anew(work: Work, case: Case, **why: str) -> int:
    """Move what falls due by the count of a calendar to where that leads now; returns how many dates moved.

    What somebody named, what is late, and what stands still keeps its date; when somebody is told of it moves. Twice is
    once.
    """
    open_tasks = work.session.scalars(select(Task).where(Task.case_id == case.id, Task.open)).all()
    moved = sum([_moved_task(work, task, why) for task in open_tasks])
    if case.clocks_paused_at is None and runs.running(work.session, case.id):
        moved += count_review_anew(on_behalf(work, case), **why)
    return moved + _moved_waits(work, case, why) + _moved_letters(work, case, why)


def _moved_task(work: Work, task: Task, why: dict[str, str]) -> bool:
    if task.due_at is None or task.paused_at is not None:
        return False
    due = counted_anew(task.counted, task.due_at, task.case.calendar, work.now)
    if due is not None:
        task.move(due, **why)
    before = task.remind_at
    set_next_rung(task, work.now)  # those after its day are counted on the calendar, too
    if due is None and task.remind_at != before:
        task.happened("reminder moved", task=task.name)
    return due is not None


def _moved_waits(work: Work, case: Case, why: dict[str, str]) -> int:
    dates = {}
    waiting = select(Waiting).where(Waiting.case_id == case.id, Waiting.kind == TIMER, Waiting.due_at.is_not(None))
    for row in work.session.scalars(waiting):
        counted, was = row.counted, row.due_at
        due = counted_anew(counted, was, case.calendar, work.now) if was else None
        if due and was and counted:
            dates[row.step_id], work.counted[row.step_id] = due, counted
            case.happened("due date moved", task=row.name, key=row.key, was=was.isoformat(), due=due.isoformat(), **why)
    if dates:
        work.pending.append(PendingDates(case, dates))
    return len(dates)


def _moved_letters(work: Work, case: Case, why: dict[str, str]) -> int:
    waiting = (Letter.case_id == case.id, Letter.status == "ready", Letter.send_by >= work.today)
    moved = 0
    for letter in work.session.scalars(select(Letter).where(*waiting)):
        day = letter.send_by and day_counted_anew(letter.counted, letter.send_by, case.calendar, work.today)
        if day:
            letter.go_by(day, **why)
            moved += 1
    return moved
