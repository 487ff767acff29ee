"""How the overdue board says things: what is late, by how much, whose it is, and whom to call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import url_for

from webapp.cases.presenters import RISKS
from webapp.ladder_words import left_words
from webapp.wording import counted, when
from workflows.casework.overdue import AGES, KINDS
from workflows.clock import london_day
from workflows.due_words import WAITING
from workflows.questions.overdue import MOST_COLLEAGUES, Board
from workflows.questions.overdue_filters import Narrowed
from workflows.questions.overdue_rows import LateCase, LateTask

KIND_WORDS = {
    "S": "Safety", "A": "Promised to a person", "review": "Review", "B": "Internal", "C": "Low",
}  # fmt: skip
AGE_WORDS = {"today": "Since today", "1-2": "1–2 days", "3-5": "3–5 days", "6-10": "6–10 days", "11-": "More than 10"}
# The headings of the columns of numbers, and the same where there is little room.
KINDS_SAID = list(zip(KIND_WORDS.values(), ("Safety", "Prom.", "Rev.", "Int.", "Low"), strict=True))
AGES_SAID = list(zip(AGE_WORDS.values(), ("Today", "1–2", "3–5", "6–10", "> 10"), strict=True))
NAMES = ("team", "kind", "age", "holder")


@dataclass(frozen=True)
class Figure:
    """A number of the board and the address that shows what it counts; `here`: it is what the list shows."""

    number: int
    href: str
    here: bool


@dataclass(frozen=True)
class Line:
    """A line of numbers: what it counts, one for each column, and all of them together. `about`: more about it."""

    label: str
    figures: tuple[Figure, ...]
    total: Figure
    about: str = ""


def address(narrowed: Narrowed, page: int = 1) -> str:
    """Return the address of the board as it is narrowed, and its page."""
    pairs = [(name, one) for name, one in narrowed.pairs() if name != "page"]
    pairs += [("page", str(page))] if page > 1 else []
    return url_for("overdue.board") + (f"?{urlencode(pairs)}" if pairs else "")


def by_kind(board: Board, narrowed: Narrowed) -> list[Line]:
    """Return the numbers by kind and age, in the teams and hands that are asked for."""
    number = board.count(narrowed, "kind", "age")
    lines = []
    for kind in KINDS:
        ages = tuple(_figure(narrowed, number(kind=kind, age=age), kind=(kind,), age=(age,)) for age in AGES.values())
        total = _figure(narrowed, number(kind=kind), kind=(kind,), age=())
        lines.append(Line(KIND_WORDS[kind], ages, total))
    ages = tuple(_figure(narrowed, number(age=age), kind=(), age=(age,)) for age in AGES.values())
    return [*lines, Line("All", ages, _figure(narrowed, number(), kind=(), age=()))]


def by_team(board: Board, narrowed: Narrowed) -> list[Line]:
    """Return the numbers by team and kind, of the age and in the hands that are asked for."""
    number = board.count(narrowed, "team", "kind")
    return [
        Line(
            team.name,
            tuple(
                _figure(narrowed, number(team=team.key, kind=kind), team=(team.key,), kind=(kind,)) for kind in KINDS
            ),
            _figure(narrowed, number(team=team.key), team=(team.key,), kind=()),
        )
        for team in board.teams
    ]


def by_colleague(board: Board, narrowed: Narrowed) -> list[Line]:
    """Return how much is late in whose hands, of what is asked for otherwise."""
    number = board.count(narrowed, "holder")
    lines = [
        Line(one.name, (), _figure(narrowed, number(holder=one.key), holder=(one.key,)), one.away)
        for one in board.colleagues
    ]
    return sorted((one for one in lines if one.total.number), key=lambda one: -one.total.number)


def _figure(narrowed: Narrowed, number: int, **asked: tuple[str, ...]) -> Figure:
    there = narrowed.but(**asked)
    return Figure(number, address(there) + "#people", there == narrowed.but())


def asked_for(board: Board, narrowed: Narrowed) -> Iterator[tuple[str, str]]:
    """Yield what the list is narrowed to, each with the address of the board without it."""
    names = {one.key: one.name for one in (*board.teams, *board.colleagues)}
    words = {**names, **KIND_WORDS, **{age: f"Late: {AGE_WORDS[age].lower()}" for age in AGE_WORDS}}
    for name in NAMES:
        chosen = getattr(narrowed, name)
        for one in chosen:
            said = "In nobody’s hands" if (name, one) == ("holder", "none") else words.get(one, "Somebody else")
            said = "No team yet" if (name, one) == ("team", "none") else said
            yield said, address(narrowed.but(**{name: tuple(each for each in chosen if each != one)}))


def standing(board: Board) -> str:
    """Say what holds the clocks that stand still: the hospital, the referrer, or either."""
    elsewhere = board.paused - board.waiting
    parts = [f"{elsewhere} in hospital"] * bool(elsewhere) + [f"{board.waiting} {WAITING}"] * bool(board.waiting)
    return ", ".join(parts)


def more_colleagues(board: Board) -> str:
    """Say of how many colleagues no number is shown."""
    return f"The {MOST_COLLEAGUES} with most are named; {counted(board.more_colleagues, 'other')} hold less."


def late_words(task: LateTask, now: datetime) -> str:
    """Say how late a task is, in working days: a weekend lets nobody fall behind."""
    if task.days:
        return f"{counted(task.days, 'working day')} late"
    return (
        "Late since today" if london_day(task.due_at) == london_day(now) else "Late since its day, no working day ago"
    )


def whose(task: LateTask) -> str:
    """Say in whose hands a task is, and whether they are away."""
    return ", ".join(filter(None, (task.holder, task.away))) or f"nobody’s yet, {task.whose} pool"


def next_step(task: LateTask) -> str:
    """Say what the ladder does next if nobody acts, and whether somebody knows of it."""
    following = left_words(task.next_rung, task.next_at, task.level, task.calendar, overdue=True)
    return ". ".join(filter(None, (f"{task.known_by} knows of it" if task.known_by else "", following)))


def about(case: LateCase) -> str:
    """Say how grave it would be to lose sight of somebody: their risk, and whether they are in hospital."""
    risk = RISKS.get(case.risk_level, case.risk_level)
    return f"{risk}, in hospital" if case.in_hospital else risk


def call(case: LateCase) -> str:
    """Say why there is no number to ring; empty where there is one."""
    if case.phone:
        return ""
    return "Read on the case how to reach them before you ring" if case.ask_first else "No number to ring is known"


def shown(cases: Sequence[LateCase], narrowed: Narrowed, people: int) -> str:
    """Say which of the people are on the page."""
    first = (narrowed.page - 1) * 25 + 1
    return f"{first:,} to {first + len(cases) - 1:,} of {counted(people, 'person', 'people')}"


def since(task: LateTask) -> str:
    """Say since when a task is late."""
    return f"since {when(task.due_at)}"
