"""The exception report as a page and as a file: week by week, without the names of people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for

from webapp.actor import desk
from webapp.csv_files import csv_file, handed_out
from webapp.guard import permission
from webapp.notice_words import notice_words
from webapp.overdue.room import room
from webapp.typed_days import boxes, read_period
from workflows.actions.seeing import note_list_seen
from workflows.clock import LONDON
from workflows.questions.exception_rows import Period, Row
from workflows.questions.exceptions import USUAL_DAYS, Found, Report, exception_report

PAGE = "exception report"
HEADINGS = ("Team", "Case", "What", "Since", "Whose", "What was done about it")
IN_FILE = ("Exception", *HEADINGS, "What is counted")
NOTHING, WHY_ELSEWHERE = "Nothing yet", "the reason stands in the case"


@room.get("/report")
@permission("overdue.see")
def report() -> str | tuple[str, int]:
    """Show the exceptions of a week, or of the days that are asked for."""
    (first, last), errors = read_period(request.args)
    found = exception_report(desk(), first, last)
    _seen(found, PAGE)
    period = found.period
    shown = render_template(
        "overdue/report.html",
        report=found,
        headings=HEADINGS,
        errors=errors,
        typed={**_days(period), **(request.args if errors else {})},
        file=_address("overdue.report_file", period),
        before=_address("overdue.report", _week_to(period.first - timedelta(days=1))),
        said=said,
        done=done_words,
    )
    return (shown, 422) if errors else shown


@room.get("/report.csv")
@permission("overdue.see")
def report_file() -> Response:
    """Hand out the same rows as a file for a spreadsheet, all of them."""
    (first, last), _errors = read_period(request.args)
    found = exception_report(desk(), first, last, most=None)
    _seen(found, f"{PAGE}, as a file")
    name = f"exceptions-{found.period.first.isoformat()}-to-{found.period.last.isoformat()}.csv"
    return handed_out(csv_file(IN_FILE, _lines(found)), name)


def said(found: Found, row: Row) -> str:
    """Say what a row is about; of an email, what it tells."""
    return f"Email: {notice_words(row.what)}" if found.section.key == "notices" else row.what


def done_words(row: Row) -> str:
    """Say what was done about it, and why."""
    return f"{row.done}: “{row.why}”" if row.why else row.done or NOTHING


def _lines(report: Report) -> Iterator[tuple[str, ...]]:
    """The rows of the file. A reason is anybody's own words and may name a person: it does not leave the service."""
    for found in report.found:
        section = found.section
        for row in found.rows:
            done = f"{row.done}; {WHY_ELSEWHERE}" if row.why else row.done or NOTHING
            since = f"{row.since.astimezone(LONDON):%Y-%m-%d %H:%M}"
            yield section.title, row.team, row.case_number, said(found, row), since, row.whose, done, section.counts
        if not found.rows:
            yield section.title, "", "", "None", "", "", "", section.counts


def _seen(report: Report, page: str) -> None:
    note_list_seen(desk(), page, (row.case_number for found in report.found for row in found.rows if row.case_number))


def _days(period: Period) -> dict[str, str]:
    return {**boxes("first", period.first), **boxes("last", period.last)}


def _week_to(last: date) -> Period:
    return Period(last - timedelta(days=USUAL_DAYS - 1), last)


def _address(endpoint: str, period: Period) -> str:
    return f"{url_for(endpoint)}?{urlencode(_days(period))}"
