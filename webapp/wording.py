"""How things are said on the pages: dates, numbers, roles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NoReturn

from flask import Flask
from jinja2 import ChainableUndefined, UndefinedError

from forms.days import long_date
from webapp.actor import office
from workflows.casework.care import OwnLevel
from workflows.casework.roles import named
from workflows.clock import london_day
from workflows.due_words import due_in_words, exactly
from workflows.working_time import Calendar


class Unsaid(ChainableUndefined):
    """A name that the page was not given: it may be asked about (the NHS macros do), never printed."""

    def __str__(self) -> NoReturn:
        raise UndefinedError(f"The page prints “{self._undefined_name}”, which it was not given.")

    __html__ = __str__


def nhs_number(digits: str | None) -> str:
    """Space an NHS number 3-3-4, as it is printed everywhere; none is said in words."""
    if not digits:
        return "not known"
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if len(digits) == 10 else digits


def day(value: date | datetime | None) -> str:
    """Say a date: 3 November 2026. An instant is said as London's date."""
    if value is None:
        return ""
    return long_date(london_day(value) if isinstance(value, datetime) else value)


def weekday(value: date) -> str:
    """Say a day with its weekday: Tuesday 24 November 2026."""
    return f"{value:%A} {long_date(value)}"


def short_day(value: date | datetime | None) -> str:
    """Say a date where there is little room: 3 Nov 2026."""
    day_of_month, _, rest = day(value).partition(" ")
    month, _, year = rest.partition(" ")
    return f"{day_of_month} {month[:3]} {year}".strip()


def when(value: datetime | None) -> str:
    """Say an instant in London time: Tue 24 Nov, 17:00; the year only when it is another one."""
    return "" if value is None else exactly(value, office().clock.now())


def due(value: datetime | None, calendar: Calendar) -> str:
    """Say a due time as people do, on the programme's calendar: in 2 working days (Tue 24 Nov, 17:00)."""
    return "" if value is None else due_in_words(value, office().clock.now(), calendar)


def lowered(words: str) -> str:
    """Begin in lower case within a sentence, unless with an abbreviation such as GP."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def raised(words: str) -> str:
    """Begin a line with a capital letter, and leave names and abbreviations as they are."""
    return words[:1].upper() + words[1:]


def role(key: str) -> str:
    """Name a role, or the several that may do one task, as they are called everywhere."""
    return named(key)


def dialled(number: str) -> str:
    """Return what a telephone dials: the digits, and the plus before a country."""
    return "".join(sign for sign in number if sign.isdigit() or sign == "+")


def counted(number: int, noun: str, plural: str = "") -> str:
    """Count things: 1 practice, 3 practices."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def first_of(shown: Sequence[object], in_all: int, noun: str, plural: str = "") -> str:
    """Count the rows of a list that may be cut: 3 notices, 100 of 120 notices."""
    counted_all = counted(in_all, noun, plural)
    return f"{len(shown):,} of {counted_all}" if len(shown) < in_all else counted_all


def given_instead(given: OwnLevel) -> str:
    """Say who gave another level of risk than the table, when and why."""
    level = given.level.replace("_", " ")
    return f"{given.by} gave another level on {day(given.at)}: {level}. Why: “{given.why}”"


def speak(app: Flask) -> None:
    """Teach the templates these words."""
    for word in (nhs_number, day, short_day, when, due, role, raised, dialled, counted, first_of, given_instead):
        app.jinja_env.filters[word.__name__] = word


def gone_words(whose: str) -> str:
    """Say whose a case is now, to somebody who has just written down that it is not shared with them."""
    return f"You do not see this case any more: it is not shared with you. What comes next in it is for {whose}."


def outside_line(name: str, since: datetime, given_up: bool) -> str:
    """Say that another system has a step to do, or that it could not do it and tries no more."""
    if given_up:
        return f"Another system could not do this: {lowered(name)}. Whoever runs the service has been told."
    return f"Waiting for another system: {lowered(name)}, since {day(since)}."


def held_up_line(names: Sequence[str]) -> str:
    """Say that something that should follow by itself did not, and that nobody has to do anything about it here."""
    what = ", ".join(f"“{name}”" for name in names)
    return (
        f"What you did is recorded. What should follow by itself could not be done yet: {what}. "
        "It is tried again, and whoever runs the service sees it. If it cannot wait, phone those who have to act."
    )
