"""What somebody says to the ladder of a task: that they know of it, or that it has to wait, and why.

Neither changes by when it was promised. Nothing but doing the task stops the last rung.
"""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from forms.days import long_date
from workflows.actions.tasks import must_know_of
from workflows.casework import access
from workflows.casework.errors import AnswersRefused, NotAllowed, RuleBroken
from workflows.casework.task import PUT_OFF_AT_MOST, SAFETY, Task
from workflows.clock import at_london
from workflows.desk import Desk, Work
from workflows.duties.rungs import last_day_to_wait, may_wait, set_next_rung
from workflows.storage import doers, nudges, runs

LONGEST_REASON = 300
MORNING = time(9)
ABOUT_SAFETY = "What is about safety cannot be put off. Hand it to somebody who can do it now."


def know_of(desk: Desk, task_id: UUID) -> None:
    """Say that one knows of a task: whoever would only be told so that somebody knows is not told. Twice is once."""
    with desk.work() as work:
        task = held_to_say(work, task_id)
        if task.seen_at is None:
            task.seen_at, task.seen_by_id = work.now, work.actor.id
            set_next_rung(task, work.now)
            task.happened("task known of", **task.in_the_trail, by=work.actor.name)
        work.commit()


def put_off(desk: Desk, task_id: UUID, until: date, why: str) -> None:
    """Let the reminders of a task wait until the morning of a day, at most twice, with a reason.

    Raises AnswersRefused for a day that is past or too far off, or without a reason; RuleBroken for what cannot be put
    off (again).
    """
    with desk.work() as work:
        task = held_to_say(work, task_id)
        if task.escalation == SAFETY:
            raise RuleBroken(ABOUT_SAFETY)
        if task.snoozes >= PUT_OFF_AT_MOST:
            raise RuleBroken("This task was put off twice already. Do it, hand it over, or speak with your manager.")
        _must_say(why.strip(), until, work.today, last_day_to_wait(task, work.now))
        task.snoozed_until, task.snoozes = at_london(until, MORNING), task.snoozes + 1
        set_next_rung(task, work.now)
        _hold_back(work, task, task.snoozed_until)
        task.happened("task put off", **task.in_the_trail, until=until.isoformat(), why=why.strip(), by=work.actor.name)
        work.commit()


def _hold_back(work: Work, task: Task, until: datetime) -> None:
    """Let what the next message of the day was to say of a task wait as well."""
    for nudge in nudges.waiting(work.session, task.id):
        if may_wait(task, nudge.level):
            nudge.tell_at = max(nudge.tell_at, until)


def _must_say(why: str, until: date, today: date, last: date) -> None:
    errors = {}
    if until <= today:
        errors["until"] = "Enter a day after today"
    elif until > last:
        errors["until"] = f"Reminders can wait until {long_date(last)} at most. Enter that day or an earlier one"
    if not why:
        errors["why"] = "Say why it has to wait, for example what you are waiting for"
    elif len(why) > LONGEST_REASON:
        errors["why"] = f"Say it in {LONGEST_REASON} characters or fewer"
    if errors:
        raise AnswersRefused(errors)


def held_to_say(work: Work, task_id: UUID) -> Task:
    """Hold an open task that is the actor’s to do, or that they could hand on."""
    found = runs.held_with_task(work.session, task_id, work.actor.id)
    task = found.task
    must_know_of(work, task, found.names_somebody)
    task.must_be_open()
    place = (task.programme_id, task.team_id, task.assignee_id)
    stuck = doers.to_hand_on(work.session, task, work.today)
    if not (access.may_do_task(work.actor, task.role, *place) or access.may_reassign(work.actor, *place, stuck)):
        raise NotAllowed("Only whoever does a task, or could hand it on, can say this of it.")
    return task
