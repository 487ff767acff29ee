"""The ladder of a task: when its next rung comes, and whom a rung concerns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import object_session

from workflows.casework.access import MANAGERS, RUNS_THE_CASE
from workflows.casework.escalation import Escalation, LadderVersion
from workflows.casework.ladder import (
    AT_DUE,
    COORDINATOR,
    DUTY,
    HOLDER,
    POOL,
    SAFETY,
    Clock,
    Ladder,
    Moment,
    Rung,
    ladder_name,
)
from workflows.casework.ladder_table import read_ladder, standard
from workflows.casework.roles import each_of
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.clock import london_day
from workflows.desk import Work
from workflows.duties.on_duty import on_duty_for
from workflows.duties.routes import asked_first, pool_of
from workflows.storage import doers, people
from workflows.storage.alleged import besides_those_named
from workflows.working_time import Duration, Unit


def climbing(task: Task) -> str:
    """Return which ladder a task climbs."""
    return ladder_name(task.escalation, task.properties)


def moments(task: Task, above: int) -> tuple[Moment, ...]:
    """Return when the rungs above a level come for a task."""
    if task.due_at is None:
        return ()
    return task.case.programme.ladder.climb(climbing(task), Clock.of(task), task.case.calendar, above)


def set_next_rung(task: Task, now: datetime) -> None:
    """Work out when somebody is told of a task next: on its next rung, or once more on the one it stands on.

    A reminder whose time is past, or a rung that somebody who knows of the task need not hear of, is passed over. Who
    put the task off is left alone until then; nothing puts off the last rung, or what is about safety.
    """
    task.remind_at = min((at for at, _ in _coming(task, now)), default=None)


def take_up_ladder(work: Work, task: Task) -> bool:
    """Let a task climb the newest version of its ladder, from the rung that says what was told of it already.

    Returns False where it does so already. Where the next reminder comes at another time, its case tells of that.
    """
    programme, was = task.case.programme, (task.remind_at, task.level)
    if task.ladder_number == programme.ladder_number:
        return False
    level = programme.ladder.reached(climbing(task), _version(work, task), task.level)
    task.climb_instead(programme.ladder_number, level)
    set_next_rung(task, work.now)
    if task.remind_at != was[0]:
        before, after = (at.isoformat() if at else "" for at in (was[0], task.remind_at))
        task.happened("reminder on another day", task=task.name, number=task.ladder_number, was=before, to=after)
    elif task.level != was[1]:
        task.happened("reminder moved", task=task.name)
    return True


def _version(work: Work, task: Task) -> Ladder:
    """The version of the ladders that a task climbs."""
    here = (LadderVersion.programme_id == task.programme_id, LadderVersion.number == task.ladder_number)
    table = work.session.scalar(select(LadderVersion.content).where(*here))
    return read_ladder(table) if table else standard()


def passed(task: Task, now: datetime) -> list[Moment]:
    """Return the rungs that a task has come to by now, the lowest first; with the last, what was put off comes too."""
    coming = [one for one in moments(task, task.level) if _counts(task, one.rung, now)]
    highest = max((one.rung.level for one in coming if _put_off(task, one) <= now), default=0)
    return [one for one in coming if one.rung.level <= highest]


def standing_on(task: Task) -> Rung | None:
    """Return the rung that a task has come to last."""
    return next((one for one in task.case.programme.ladder.of(climbing(task)) if one.level == task.level), None)


def comes_next(task: Task, now: datetime) -> Rung | None:
    """Return what is said of a task when somebody is told next: its next rung, or once more the one it stands on."""
    coming = _coming(task, now) if task.remind_at else []
    return min(coming, key=lambda one: one[0])[1] if coming else None


def _coming(task: Task, now: datetime) -> list[tuple[datetime, Rung]]:
    """What is said of a task from now on, and when: each rung above, and the one it stands on once more."""
    said = [*moments(task, task.level), *_again(task, now)]
    return [(_put_off(task, one), one.rung) for one in said if _counts(task, one.rung, now)]


def _counts(task: Task, rung: Rung, now: datetime) -> bool:
    if rung.before_due:
        return task.due_at is not None and now < task.due_at
    return not (task.seen_at is not None and rung.until == "seen")


def _put_off(task: Task, moment: Moment) -> datetime:
    until = task.snoozed_until if may_wait(task, moment.rung.level) else None
    return max(moment.at, until) if until else moment.at


def may_wait(task: Task, level: int) -> bool:
    """Say whether a rung of a task can be put off: not the last, and nothing about safety."""
    ladder = climbing(task)
    return ladder != SAFETY and level != task.case.programme.ladder.last(ladder)


def last_day_to_wait(task: Task, now: datetime) -> date:
    """Return the last day until which reminders of a task can be put off."""
    longest = task.case.programme.number("put_off_days", london_day(now))
    return london_day(task.case.calendar.due(now, Duration(longest, Unit.WORKING_DAYS)))


def _again(task: Task, now: datetime) -> list[Moment]:
    """When the rung on which a task stands is said once more, counted from when it was said last."""
    rung = standing_on(task)
    if rung is None or rung.every is None or task.due_at is None:
        return []
    said = max(_said_at(task) or now, Clock.of(task).since)
    at = rung.again(said, task.repeats + 1, task.case.calendar)
    return [Moment(at, rung)] if at else []


def _said_at(task: Task) -> datetime | None:
    """When a rung of a task was said last."""
    session = object_session(task)
    said = select(func.max(Escalation.fired_at)).where(Escalation.task_id == task.id)
    return session.scalar(said) if session else None


def concerned(work: Work, task: Task, rung: Rung) -> Sequence[StaffMember]:
    """Return whom a rung of a task concerns: never somebody from whom it is kept, never nobody at all.

    Where nobody who is named is here, it is said to whoever could hand the task on.
    """
    if not rung.whom:
        return ()
    found = dict.fromkeys(staff for whom in rung.whom for staff in _named(work, task, whom))
    return besides_those_named(work.session, task, found) or who_hands_on(work, task)


def _named(work: Work, task: Task, whom: str) -> Iterable[StaffMember]:
    if whom == HOLDER:
        return whose_it_is(work, task)
    if whom == POOL:
        return _here(work, task, each_of(task.role))
    if whom == DUTY:
        return on_duty_for(work, task)
    if whom == COORDINATOR:
        named = work.session.get(StaffMember, task.case.coordinator_id) if task.case.coordinator_id else None
        here = named and doers.in_hand_of(work.session, named, task.case, "care_coordinator", work.today)
        return (here,) if here else ()
    return asked_first(work.session, (whom,), task.case, task.team_id, work.today)


def whose_it_is(work: Work, task: Task) -> Sequence[StaffMember]:
    """Return whose task it is today: its holder, their cover while they are away, otherwise the pool of the role.

    Before a case has a team, the pool is that of the team its practice belongs to, not of every team. Only those who
    may know of the case are reminded, and nobody of a step that two people have to look at who did the first. Where
    nobody is here who could do it, whoever can hand the task on; of one about safety they hear beside the pool.
    """
    if task.assignee is None:
        return _here(work, task, each_of(task.role)) or who_hands_on(work, task)
    if doers.stuck(work.session, task, work.today):
        return who_hands_on(work, task)
    if theirs := doers.here_for(work.session, task, work.today):
        return theirs
    asked = _here(work, task, each_of(task.role))
    if task.escalation != SAFETY:
        return asked or who_hands_on(work, task)
    return tuple(dict.fromkeys((*asked, *who_hands_on(work, task))))


def _here(work: Work, task: Task, roles: Iterable[str]) -> Sequence[StaffMember]:
    """Return who of a task's pool is here and may know of it: of the first of its roles that has anybody."""
    first = doers.did_the_first(work.session, task)
    but = first.ended_by_id if first else None
    here = asked_first(work.session, roles, task.case, task.team_id, work.today, but)
    return besides_those_named(work.session, task, here)


def who_hands_on(work: Work, task: Task) -> Sequence[StaffMember]:
    """Return who is told of a task that nobody can do: the team's managers; failing them, whoever runs the case.

    Never somebody from whom it is kept. Where all others are away it is said to them all the same: it must not be said
    to nobody.
    """
    for away_too in (False, True):
        for roles in (MANAGERS, RUNS_THE_CASE):
            held = dict.fromkeys(
                staff
                for role in sorted(roles)
                for staff in pool_of(work.session, role, task.case, task.team_id, work.today)
            )
            told = held if away_too else people.here(work.session, held, work.today)
            asked = doers.may_be_asked(work.session, told, task.case, work.today)
            if found := besides_those_named(work.session, task, asked):
                return found
    return ()


def passed_on(rung_level: int) -> bool:
    """Say whether a rung tells somebody of what is not theirs to do: it has been left undone."""
    return rung_level > AT_DUE
