"""The exception report: what a manager has to answer for, week by week, by team and without the names of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from workflows.desk import Desk
from workflows.questions.exception_cases import long_stays, open_for_long, silent, undelivered
from workflows.questions.exception_rows import Asked, Period, Row, Section
from workflows.questions.exception_tasks import late_safety, left_undone, nobody_can, very_late_reviews
from workflows.questions.lateness import houses_of

USUAL_DAYS = 7
MOST_SHOWN = 100  # of each section on the page; the file holds all

# The one door of the report: another sort of exception is one line more.
SECTIONS = (
    Section(
        "reviews",
        "Reviews more than 10 working days late",
        "Reviews that stood open in these days although they were late by more than 10 working days; one whose clock "
        "stands still, for the days before that.",
        very_late_reviews,
    ),
    Section(
        "safety",
        "Safety tasks that were late",
        "Every task about safety that was late in these days, done since or not.",
        late_safety,
    ),
    Section(
        "ladder",
        "Tasks left undone up to the last rung",
        "Tasks that came in these days to the last rung of their ladder, or to one that stands in this report as the "
        "ladders of the programme say, or stood open in these days since. Safety tasks and very late reviews stand "
        "above.",
        left_undone,
    ),
    Section(
        "silence",
        "Nobody has spoken to the person",
        "Open cases that nobody has spoken to, or tried to, for longer than their reviews are apart (28 days where "
        "that is not said yet). Cases whose clocks stand still are left out. Where the days end in the past: only "
        "cases that are silent still.",
        silent,
    ),
    Section(
        "nobody",
        "Tasks that nobody can do",
        "Open tasks for which nobody is here who may know of the case, as things stand now.",
        nobody_can,
    ),
    Section(
        "notices",
        "Emails that could not be delivered",
        "Emails given up after several tries and not sent again, as things stand now.",
        undelivered,
    ),
    Section(
        "stays",
        "Long stays in hospital",
        "Stays in hospital that went on in these days for longer than the programme’s limit (28 days unless it was "
        "changed).",
        long_stays,
    ),
    Section(
        "length",
        "Cases open for long",
        "Cases open in these days for longer than the programme’s alert, or than the time after which a manager "
        "decides (26 and 52 weeks unless they were changed).",
        open_for_long,
    ),
)


@dataclass(frozen=True)
class Found:
    """A section with its rows; `more`: there are others, which only the file holds."""

    section: Section
    rows: Sequence[Row]
    more: bool


@dataclass(frozen=True)
class Report:
    """The report of a period."""

    period: Period
    found: tuple[Found, ...]


def exception_report(
    desk: Desk, first: date | None = None, last: date | None = None, *, most: int | None = MOST_SHOWN
) -> Report:
    """Return the exceptions of a period in the cases that whoever asks sees whole; without days, of the last seven.

    most: so many rows of each section; None: all of them.
    """
    last = min(last or desk.today, desk.today)
    first = min(first or last - timedelta(days=USUAL_DAYS - 1), last)
    with desk.looking() as session:
        asked = Asked(session, desk, Period(first, last), houses_of(session), most)
        return Report(asked.period, tuple(_found(asked, section) for section in SECTIONS))


def _found(asked: Asked, section: Section) -> Found:
    rows = section.rows(asked)
    more = asked.most is not None and len(rows) > asked.most
    return Found(section, [_named(row) for row in rows[: asked.most]], more)


def _named(row: Row) -> Row:
    return replace(row, team=row.team or "No team yet")
