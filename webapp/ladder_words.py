"""What a ladder does next, as people say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from webapp.wording import weekday, when
from workflows.casework.ladder import AT_DUE, AT_ONCE, PACES, PEOPLE, PLACES, Rung
from workflows.casework.mornings import told_at
from workflows.casework.roles import ROLE_NAMES, in_a_sentence
from workflows.due_words import due_in_words
from workflows.questions.task_clock import OnAgenda, TaskClock
from workflows.questions.told import Told
from workflows.working_time import Calendar

LAST_RUNG = "Its last reminder has come; nobody else will be told"


def left_words(rung: Rung | None, at: datetime | None, level: int, calendar: Calendar, overdue: bool) -> str:
    """Say what happens if a task that has climbed so far is left; `rung` comes next, at that instant."""
    if rung is None or at is None:
        return LAST_RUNG if level > AT_DUE else ""
    return next_words(rung, at, calendar, overdue)


def next_words(rung: Rung, at: datetime, calendar: Calendar, overdue: bool = False) -> str:
    """Say what happens on a rung that comes at an instant, and when somebody hears of it, unless the task is done."""
    how, told = PACES[rung.how], when(told_at(at, rung.how, calendar))
    if rung.level < AT_DUE:
        return f"Reminder {how} from {told}, and when it falls due"
    if rung.level == AT_DUE and rung.how == AT_ONCE:
        return f"A reminder goes out {how}{'' if overdue else ' when it falls due'}"
    if rung.level == AT_DUE:
        return f"A reminder goes out {told}, {how}"
    if not rung.whom:
        return f"Stands {' and '.join(PLACES[one] for one in rung.shown)} from {when(at)} unless it is done"
    pace = "" if rung.how == AT_ONCE else f", {how}"
    return f"{whom_words(rung).capitalize()} told {told}{pace}, unless it is done"


def whom_words(rung: Rung) -> str:
    """Name whom a rung concerns, within a sentence: team manager, service manager and safeguarding lead."""
    return listed([PEOPLE.get(one) or in_a_sentence(one, ROLE_NAMES) for one in rung.whom])


def listed(words: Sequence[str]) -> str:
    """Join words within a sentence: one, two and three; nothing where there are none."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else list(words))


def level_words(level: int) -> str:
    """Say of which rung somebody was told."""
    if level < AT_DUE:
        return "Before it was due"
    return "When it fell due" if level == AT_DUE else "Passed on, because it stayed undone"


def told_state(one: Told, now: datetime) -> str:
    """Say how something stands of which somebody was told."""
    if not one.open:
        return "Done"
    if one.paused:
        return "Its clock stands still"
    said = due_in_words(one.due_at, now, one.calendar) if one.due_at else "no date"
    return f"▲ {said}" if said.endswith(" overdue") else f"Due {said}" if one.due_at else "No date"


def clock_lines(clock: TaskClock, overdue: bool) -> list[str]:
    """Say who was told of a task, who knows of it, what holds reminders back, and what comes next."""
    return list(_clock_lines(clock, overdue))


def agenda_words(agenda: OnAgenda) -> str:
    """Say on which agenda a task stands: that of Tuesday 24 November 2026."""
    return f"On the agenda of {weekday(agenda.day)}" if agenda.day else "On the agenda of the team’s next meeting"


def _clock_lines(clock: TaskClock, overdue: bool) -> Iterator[str]:
    for one in clock.told:
        yield f"{level_words(one.level)}: {', '.join(one.names)} told {when(one.at)}"
    if clock.to_tell and not clock.paused:
        yield f"In the next morning message of {', '.join(clock.to_tell)}"
    if clock.known_at:
        yield f"{clock.known_by or 'Somebody'} knows of it since {when(clock.known_at)}"
    if clock.put_off_until:
        yield f"Reminders are put off until {when(clock.put_off_until)}"
    if clock.paused:
        yield "No reminders while its clock stands still"
    elif clock.next_rung is not None and clock.next_at is not None:
        yield next_words(clock.next_rung, clock.next_at, clock.calendar, overdue)
    else:
        yield LAST_RUNG if clock.level > AT_DUE else "No reminders"
