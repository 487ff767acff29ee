"""Clocks that stand still: of tasks, of the next review, of timers and of letters.

All that is promised stands still while the person is in hospital; a task also while its referrer owes an answer. Where
both hold, what was left is kept from when the first began, and goes on when neither holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select

from workflows.casework.care import HospitalEpisode
from workflows.casework.case import Case
from workflows.casework.task import SAFETY, Task
from workflows.desk import PendingClocks, Work
from workflows.duties.correspondence import hold_invitations, let_invitations_go
from workflows.duties.missed_reviews import move_open_review
from workflows.duties.outcomes import open_review
from workflows.duties.plans import set_review
from workflows.duties.register import Asking, duty
from workflows.duties.rungs import set_next_rung
from workflows.storage import cases
from workflows.storage.referrer_waits import waits_for_referrer
from workflows.working_time import Calendar, Counted, Duration, Remaining, Unit

Span = tuple[datetime, datetime]


@duty("clocks.pause")
def pause_clocks(asking: Asking, reason: str) -> None:
    """Stop the person-facing clocks of the case; what is about safety runs on."""
    case = asking.case
    if case.clocks_paused_at is not None:
        return
    case.clocks_paused_at, case.clocks_paused_why = asking.work.now, reason
    case.next_review_at = None  # nobody knows yet; the review keeps its date until the clocks go on
    case.happened("clocks paused", reason=reason)
    for task in _open_tasks(asking):
        if clock_pauses(task.escalation, task.properties):
            pause_task(asking.work, task)
    hold_invitations(asking)
    asking.work.pending.append(PendingClocks(case))


def clock_pauses(escalation: str, properties: Mapping[str, str]) -> bool:
    """Say whether a step's clock stands still with the others: not where it is about safety, or about the stay itself.

    A step that is asked because the person is in hospital, or that follows a concern about their safety whatever its
    class, says so in the diagram with the property `pauses` = no. A review waits for the person whatever its class: it
    says `pauses` = yes.
    """
    return properties.get("pauses") == "yes" or (escalation != SAFETY and properties.get("pauses") != "no")


def may_wait_for_referrer(task: Task) -> bool:
    """Say whether a task's clock may stop until its referrer answers: not where its diagram says what stops it."""
    return task.due_at is not None and task.escalation != SAFETY and "pauses" not in task.properties


def stands_still(task: Task) -> bool:
    """Say whether anything holds the clock of a task."""
    in_hospital = task.case.clocks_paused_at is not None and clock_pauses(task.escalation, task.properties)
    return in_hospital or task.referrer_asked_at is not None


def pause_task(work: Work, task: Task) -> None:
    """Stop a task's clock and keep what was left; one that stands still already keeps what it had."""
    if task.due_at is not None and task.paused_at is None:
        left = task.case.calendar.remaining(work.now, task.due_at, Unit(task.due_unit))
        task.paused_at, task.remaining = work.now, left.amount
        task.happened("clock paused", task=task.name)


@duty("clocks.resume")
def resume_clocks(asking: Asking) -> None:
    """Let the clocks go on with the working time that was left, not with the old dates."""
    case, stopped_at = asking.case, asking.case.clocks_paused_at
    if stopped_at is None or still_in_hospital(asking):
        return
    case.clocks_paused_at = case.clocks_paused_why = None
    case.happened("clocks resumed")
    # Timers first: whatever moves a process on before they have new dates would set the old ones off.
    asking.work.pending.insert(0, PendingClocks(case, stopped_at))
    for task in _open_tasks(asking):
        resume_task(asking.work, task)
    _resume_review(asking, stopped_at)
    let_invitations_go(asking)


def still_in_hospital(asking: Asking) -> bool:
    """Say whether a stay is open that nobody has heard the end of."""
    stays = cases.of_case(asking.work.session, HospitalEpisode, asking.case.id)
    return any(stay.discharged_at is None for stay in stays)


def resume_task(work: Work, task: Task) -> None:
    """Let a task's clock go on with what was left, unless something else holds it still."""
    if task.paused_at is None or stands_still(task):
        return
    left = Counted(work.now, Remaining(task.remaining or 0, Unit(task.due_unit)))
    task.go_on(task.case.calendar.counted(left), left)
    set_next_rung(task, work.now)


def _resume_review(asking: Asking, stopped_at: datetime) -> None:
    """Set the review that waited anew; whoever waits for it to come up hears of its dates."""
    review = open_review(asking)
    if review is not None:
        due, counted = put_off(asking.case.calendar, review.due_at, stopped_at, asking.work.now)
        counted = counted or review.counted
        asking.send_later("review_set_anew", set_review(asking, due, counted))
        move_open_review(asking, due)


def put_off(calendar: Calendar, due: datetime, stopped_at: datetime, now: datetime) -> tuple[datetime, Counted | None]:
    """Return the new date of a clock that stood still from one instant to another, and how it is counted.

    Its working days are kept. It is never an earlier date (between a Sunday and the day agreed for it there are fewer
    working days than days): then it stays as it came about, and None is returned beside it.
    """
    counted = Counted(now, calendar.remaining(stopped_at, due, Unit.WORKING_DAYS))
    later = calendar.counted(counted)
    return (later, counted) if later > due else (due, None)


def counted_since(work: Work, case: Case, duration: Duration, since: datetime) -> Counted:
    """Return how the time of something promised at `since` is counted: anew after each time in which it stood still.

    So it does in hospital, and while the referrer owes an answer to what the case itself asked them.
    """
    calendar, counted = case.calendar, Counted.promised(since, duration)
    if since >= work.now:
        return counted  # nothing lies between the promise and now
    due = calendar.counted(counted)
    for began, over in together([*_stays(work, case), *waits_for_referrer(work.session, case.id)]):
        away = max(began, since)
        if away < min(due, over):
            after = Counted(over, calendar.remaining(away, due, duration.unit))
            if calendar.counted(after) > due:
                due, counted = calendar.counted(after), after
    return counted


def _stays(work: Work, case: Case) -> list[Span]:
    stays = cases.of_case(work.session, HospitalEpisode, case.id)
    return [(stay.admitted_at, stay.discharged_at or work.now) for stay in stays]


def together(spans: Iterable[Span]) -> list[Span]:
    """Return the times in which any of these holds, each once, in their order."""
    found: list[Span] = []
    for began, over in sorted(spans):
        if found and began <= found[-1][1]:
            found[-1] = found[-1][0], max(over, found[-1][1])
        else:
            found.append((began, over))
    return found


def _open_tasks(asking: Asking) -> list[Task]:
    query = select(Task).where(Task.case_id == asking.case.id, Task.open)
    return list(asking.work.session.scalars(query))
