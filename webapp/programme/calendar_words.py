"""The words around calendars: hours of a week, what a change does, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from webapp.programme.typed_hours import WEEKDAYS
from webapp.wording import counted, day, when
from workflows.questions.calendars import LETTER, REVIEW, TASK, WAIT, ChangePage, Move, Prospect
from workflows.working_time import Calendar, Hours, Week, bank_holidays

A_YEAR = timedelta(days=365)
NAMES = {TASK: ("task", "tasks"), REVIEW: ("next review", "next reviews")}
NAMES[WAIT] = ("date that a case waits for", "dates that cases wait for")
NAMES[LETTER] = ("letter to send", "letters to send")


def week_words(week: Week) -> list[tuple[str, str]]:
    """Say the hours of a week, days of the same hours together: ("Monday to Friday", "9:00 to 17:00")."""
    days = [(name, hours_words(hours)) for name, hours in zip(WEEKDAYS, week, strict=True)]
    runs = [(words, [name for name, _words in together]) for words, together in groupby(days, lambda one: one[1])]
    return [(_days(names), words) for words, names in runs]


def hours_words(hours: Hours | None) -> str:
    """Say the hours of a day."""
    return (
        f"{_time(hours.opens.hour, hours.opens.minute)} to {_time(hours.closes.hour, hours.closes.minute)}"
        if hours
        else "shut"
    )


def title(found: ChangePage) -> str:
    """Say what a change does."""
    if found.kind == "close":
        return f"Close on {day(found.first)}"
    if found.kind == "open":
        return f"Open after all on {day(found.first)}"
    return (
        f"Other hours from {day(found.first)}" if found.week else f"The hours of the programme from {day(found.first)}"
    )


def done(found: ChangePage) -> str:
    """Say what came of a change."""
    moved = counted(found.moved, "due date was moved", "due dates were moved")
    return f"{moved}, {when(found.ended_at)}." if found.moved else f"No due date had to move, {when(found.ended_at)}."


def progress(found: ChangePage) -> str:
    """Say how far the dates have followed."""
    left = counted(found.left, "case is", "cases are")
    return f"{counted(found.moved, 'due date', 'due dates')} moved so far; {left} still to be gone through"


def in_all(prospect: Prospect) -> str:
    """Say how many dates would move, by kind."""
    parts = [counted(number, *NAMES[kind]) for kind, number in prospect.counts.items() if number]
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else "nothing"


def name(move: Move) -> str:
    """Name what falls due."""
    if move.kind == LETTER:
        return f"To send: {move.name}"
    return "Next review" if move.kind == REVIEW else move.name


def at(move: Move, moment: datetime) -> str:
    """Say when something falls due; a letter goes by a day."""
    return day(moment) if move.kind == LETTER else when(moment)


def bank_holidays_ahead(today: date, calendar: Calendar) -> Sequence[date]:
    """The bank holidays of the coming year that fall on days on which the service would be open."""
    known = sorted(bank_holidays(today.year) | bank_holidays(today.year + 1))
    return [one for one in known if today <= one <= today + A_YEAR and calendar.week_on(one)[one.weekday()]]


def _days(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} {'and' if len(names) == 2 else 'to'} {names[-1]}"


def _time(hour: int, minute: int) -> str:
    return f"{hour}:{minute:02}"
