"""What came of the reminders of a month, as a page and as a file: who got how many, and which rungs are noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, render_template, request, url_for

from webapp.actor import desk
from webapp.csv_files import csv_file, handed_out
from webapp.guard import permission
from webapp.ladder_words import level_words, whom_words
from webapp.overdue.room import room
from webapp.wording import counted
from workflows.casework.ladder import LEVELS, NAMES
from workflows.questions.noise import LETTERS, MANY, SELDOM, Colleague, Noise, Step, Tally, noise_of

HEADINGS = ("Reminders", "Followed", "In the morning", "At once", "By email", "By text", "Looked at")
DAYS = ("Days", "Most a day")
IN_FILE = ("Month", "Colleague", "Ladder", "Rung", *HEADINGS, *DAYS)
OTHERS, EVERYBODY, ALL_RUNGS, LATE_LETTERS = "Others", "Everybody", "All", "Letters past their day"
ORDERS = {"most": "Most reminders first", "least": "Least followed first", "name": "By name"}


@room.get("/reminders")
@permission("reminders.count")
def reminders() -> str:
    """Show what came of the reminders of a month."""
    found, order = _asked(), request.args.get("order", "")
    order = order if order in ORDERS else "most"
    return render_template(
        "overdue/noise.html",
        noise=found,
        month_words=month_words,
        months=[(f"{one:%Y-%m}", month_words(one)) for one in found.months],
        links=_links(found, order),
        colleagues=in_order(found.colleagues, order),
        order=order,
        orders=ORDERS,
        headings=HEADINGS,
        cells=cells,
        days=DAYS,
        summary=summary(found),
        many=MANY,
        seldom=round(100 * SELDOM),
        rung_words=rung_words,
        to_whom=to_whom,
        percent=percent,
    )


@room.get("/reminders.csv")
@permission("reminders.count")
def reminders_file() -> Response:
    """Hand out the same numbers as a file for a spreadsheet: by colleague and rung."""
    found = _asked()
    return handed_out(csv_file(IN_FILE, _lines(found)), f"reminders-{found.month:%Y-%m}.csv")


def _asked() -> Noise:
    """What is asked for; an address that says no month or no team asks for none."""
    month, team = request.args.get("month", ""), request.args.get("team", "")
    return noise_of(desk(), _read_month(month), _read_team(team))


def _read_month(said: str) -> date | None:
    try:
        return date.fromisoformat(f"{said}-01")
    except ValueError:
        return None


def _read_team(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


def month_words(month: date) -> str:
    """Say a month: October 2026."""
    return f"{month:%B %Y}"


def in_order(colleagues: tuple[Colleague, ...], order: str) -> list[Colleague]:
    """Put colleagues in one of `ORDERS`."""
    ways = {
        "most": lambda one: (-one.all.reminders, one.name),
        "least": lambda one: (one.all.share, -one.all.reminders, one.name),
        "name": lambda one: (one.name,),
    }
    return sorted(colleagues, key=ways[order])


def summary(found: Noise) -> str:
    """Say in a sentence how much there was, and how much of it led to anything."""
    people = counted(len(found.colleagues), "colleague")
    return f"{counted(found.all.reminders, 'reminder')}, {people} of your teams; {percent(found.all)} followed."


def percent(tally: Tally) -> str:
    """Say how many led to an act: 12 (32%)."""
    return f"{tally.followed:,} ({tally.share:.0%})"


def rung_words(found: Noise, step: Step) -> str:
    """Name a rung: Promised to a person, L2: passed on, because it stayed undone."""
    level = step[2]
    return f"{_ladder(found, step)}, {LEVELS[level - 1]}: {level_words(level).lower()}" if step[1] else LATE_LETTERS


def _ladder(found: Noise, step: Step) -> str:
    name = NAMES.get(step[1], LATE_LETTERS)
    several = len({programme for programme, _, _ in found.rungs}) > 1
    return f"{name} ({found.programmes[step[0]]})" if several else name


def to_whom(found: Noise, step: Step) -> str:
    """Say whom a rung tells today."""
    rung = found.today.get(step)
    if rung is not None:
        return whom_words(rung) if rung.whom else "nobody"
    return "whoever sends the letter" if step[1] == LETTERS else "nobody: it is no rung any more"


def _lines(found: Noise) -> Iterator[tuple[object, ...]]:
    for one in in_order(found.colleagues, "name"):
        yield from _lines_of(found, one.name, one.all, one.rungs)
    if found.others.reminders:
        yield from _lines_of(found, OTHERS, found.others, {})
    yield from _lines_of(found, EVERYBODY, found.all, found.rungs)


def _lines_of(found: Noise, who: str, whole: Tally, rungs: Mapping[Step, Tally]) -> Iterator[tuple[object, ...]]:
    yield f"{found.month:%Y-%m}", who, ALL_RUNGS, "", *cells(whole), whole.days, whole.most
    for step, tally in rungs.items():
        yield (
            f"{found.month:%Y-%m}",
            who,
            _ladder(found, step),
            LEVELS[step[2] - 1] if step[1] else "",
            *cells(tally),
            tally.days,
            tally.most,
        )


def cells(tally: Tally) -> tuple[int, ...]:
    """Return the numbers under `HEADINGS`."""
    morning = tally.reminders - tally.at_once
    told = (tally.reminders, tally.followed, morning, tally.at_once, tally.by_email, tally.by_text)
    return (*told, tally.seen)


def _links(found: Noise, order: str) -> list[tuple[str, str]]:
    """The file, if there is anything in it, and the months before and after, each with its address."""
    place = found.months.index(found.month)
    file = [("Save as a file (CSV)", _address("overdue.reminders_file", found, found.month))]
    near = [*found.months[place + 1 : place + 2], *found.months[max(place - 1, 0) : place]]
    months = [(month_words(one), _address("overdue.reminders", found, one, order)) for one in near]
    return (file if found.all.reminders else []) + months


def _address(endpoint: str, found: Noise, month: date, order: str = "") -> str:
    asked = {"month": f"{month:%Y-%m}", "team": str(found.team or ""), "order": order}
    return f"{url_for(endpoint)}?{urlencode({name: one for name, one in asked.items() if one})}"
