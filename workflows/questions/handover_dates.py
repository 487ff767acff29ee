"""Which dates of a case the calendar of another team moves, shown to those who let it go and who take it on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.care import Review
from workflows.casework.case import Case
from workflows.casework.counted import counted_anew, day_counted_anew
from workflows.casework.diagram import CaseRun, Waiting
from workflows.casework.notice import Letter
from workflows.casework.task import Task
from workflows.clock import at_london
from workflows.desk import Desk
from workflows.questions.sight import Opened
from workflows.questions.waits import OpenTask
from workflows.working_time import Calendar, Counted

BY = time(17)  # where a letter, which goes by a day, stands among the instants of the others


@dataclass(frozen=True)
class Follows:
    """A date that follows the calendar of the team to which a case goes; of a letter the days alone count."""

    name: str
    was: datetime
    due: datetime
    by_day: bool = False


def dates_that_follow(
    session: Session, desk: Desk, found: Opened, tasks: Sequence[OpenTask], team_key: str
) -> tuple[Follows, ...]:
    """Return which dates would move if a case went to a team now, the earliest first.

    tasks: those that the reader sees. team_key: empty where nobody has named the team.
    """
    team = next((one for one in found.case.programme.teams if one.key == team_key), None)
    if team is None:
        return ()
    calendar, now = team.calendar, desk.clock.now()
    moved = (
        (name, was, counted_anew(counted, was, calendar, now)) for name, was, counted in _dated(session, found, tasks)
    )
    dates = [Follows(name, was, due) for name, was, due in moved if due]
    return tuple(sorted([*dates, *_letters(session, found, calendar, desk.today)], key=lambda one: one.was))


def _letters(session: Session, found: Opened, calendar: Calendar, today: date) -> Iterator[Follows]:
    """The letters that wait, and would go by another day."""
    waiting = (Letter.case_id == found.case.id, Letter.status == "ready", Letter.send_by >= today)
    for letter in session.scalars(select(Letter).where(*waiting)):
        was = letter.send_by or today
        day = day_counted_anew(letter.counted, was, calendar, today)
        if day:
            yield Follows(f"To send: {letter.title}", at_london(was, BY), at_london(day, BY), by_day=True)


def _dated(
    session: Session, found: Opened, tasks: Sequence[OpenTask]
) -> Iterator[tuple[str, datetime, Counted | None]]:
    """Every date of the case that runs, with how it was counted."""
    running = select(Task).where(Task.id.in_([one.id for one in tasks if not one.paused]), Task.due_at.is_not(None))
    for task in session.scalars(running):
        yield task.name, task.due_at or task.opened_at, task.counted
    set_now = (Review.case_id == found.case.id, Review.done_at.is_(None), Case.next_review_at == Review.due_at)
    for review in session.scalars(select(Review).join(Case, Case.id == Review.case_id).where(*set_now)):
        yield "Next review", review.due_at, review.counted
    seen = (Waiting.case_id == found.case.id, CaseRun.process.not_in(found.sight.unseen_processes))
    waits = select(Waiting).join(CaseRun, CaseRun.id == Waiting.run_id).where(*seen, Waiting.due_at.is_not(None))
    for wait in session.scalars(waits):
        yield wait.name, wait.due_at or wait.since, wait.counted
