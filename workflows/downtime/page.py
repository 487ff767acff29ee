"""A downtime pack as one file that any browser opens and prints: nothing is loaded, nothing runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeAlias

from lxml.etree import _Element
from lxml.html import builder as h
from lxml.html import tostring

from forms.days import long_date
from workflows.clock import LONDON, london_day
from workflows.downtime.sheet import LOOKS
from workflows.due_words import exactly
from workflows.questions.downtime import Pack, PaperMeeting, PaperTask
from workflows.questions.downtime_contacts import Reach
from workflows.questions.downtime_readers import Place

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
RISKS = {"very_high": "Very high risk", "palliative": "Palliative care"}
WARNING = (
    "Confidential. For colleagues who give care in the team, to work with while the system is down; for nobody else. "
    "Keep it locked away. Destroy prints and copies as confidential waste as soon as the system is back."
)
SINCE = "What happened after it was written is not on it. Write down what you do, when, and who did it: it is entered "
Part: TypeAlias = _Element | str


def team_page(pack: Pack) -> bytes:
    """Return the page of one team."""
    place, written = pack.place, _moment(pack.at)
    return _page(
        f"Downtime pack: {place.team}",
        f"{place.programme}. {long_date(london_day(pack.at))}, written at {written}.",
        [
            h.P(h.STRONG(WARNING), h.CLASS("warning")),
            h.P(f"{SINCE}when the system is back. {_left_out(pack)}"),
            *_whom_to_call(pack),
            *_tasks(pack),
            *_meetings(pack.meetings),
            *_contacts(pack.contacts),
        ],
    )


def contents_page(at: datetime, packs: Iterable[tuple[str, Pack]], failed: Sequence[Place]) -> bytes:
    """Return the page that leads to the page of each team; `packs` by the name of its file."""
    rows = [
        [h.A(f"{one.place.team}, {one.place.programme}", href=f"{name}.html"), str(len(one.tasks)),
         str(len(one.meetings)), str(len(one.contacts)), h.A("Table of tasks (CSV)", href=f"{name}.csv")]
        for name, one in packs
    ]  # fmt: skip
    missing = [h.P(h.STRONG(f"There is none for {one.team}, {one.programme}: it failed.")) for one in failed]
    heads = ("Team", "Tasks", "Meetings", "People at highest risk", "For a spreadsheet")
    said = f"{long_date(london_day(at))}, written at {_moment(at)}."
    return _page(
        "Downtime packs", said, [h.P(h.STRONG(WARNING), h.CLASS("warning")), *missing, _table(heads, "contents", rows)]
    )


def _page(title: str, said: str, parts: Iterable[Part]) -> bytes:
    head = h.HEAD(
        h.META(charset="utf-8"),
        h.META({"http-equiv": "Content-Security-Policy", "content": POLICY}),
        h.META(name="viewport", content="width=device-width, initial-scale=1"),
        h.TITLE(title),
        h.STYLE(LOOKS),
    )
    top = h.E.header(h.DIV(h.P("Roundtable", h.CLASS("brand")), h.H1(title), h.P(said)))
    page = h.HTML(head, h.BODY(top, h.E.main(*parts)), lang="en-GB")
    written: bytes = tostring(page, doctype="<!DOCTYPE html>", encoding="utf-8")
    return written


def _left_out(pack: Pack) -> str:
    said = [f"{number} {_noun(what, number)}" for what, number in pack.left_out.items() if number]
    if not said:
        return "Nothing is left out."
    return f"Left out, because not everybody who may read this may know of them: {', '.join(said)}. Ask the manager."


def _noun(plural: str, number: int) -> str:
    return plural if number != 1 else {"tasks": "task", "meetings": "meeting", "people": "person"}[plural]


def _whom_to_call(pack: Pack) -> Iterable[Part]:
    if pack.emergency:
        lines = [h.LI(h.STRONG(one.number), f" {one.name}: {one.when}") for one in pack.emergency]
        yield h.H2("Whom to call")
        yield h.UL(*lines)


def _tasks(pack: Pack) -> Iterable[Part]:
    late = sum(one.late for one in pack.tasks)
    yield h.H2(f"Tasks: {len(pack.tasks) - late} due today, {late} overdue")
    if not pack.tasks:
        yield h.P("Nothing is due today.")
    held: dict[str, list[PaperTask]] = {}
    for one in sorted(pack.tasks, key=lambda one: (not one.holder, one.holder, one.whose)):
        held.setdefault(_whose(one), []).append(one)
    for whose, theirs in held.items():
        yield h.H3(f"{whose} ({len(theirs)})")
        heads = ("Due", "What", "Person", "Phone", "Done: when, by whom")
        yield _table(heads, "tasks", [_row(one, pack.at) for one in sorted(theirs, key=lambda one: one.due_at)])


def _whose(task: PaperTask) -> str:
    if task.holder:
        return f"{task.holder}, {task.away}" if task.away else task.holder
    return f"In nobody’s hands yet: for the {task.whose}"


def _row(task: PaperTask, at: datetime) -> list[Part]:
    due = f"Overdue since {exactly(task.due_at, at)}" if task.late else f"Today {_moment(task.due_at)}"
    what = h.SPAN(h.STRONG("Safety: ") if task.safety else "", task.name, h.BR(), _whole(task.case_number))
    phone = f"Ask {task.ask_first} before you ring" if task.ask_first else _whole(task.phone)
    return [h.STRONG(due) if task.late else due, what, _who(task.person, task.dob), phone, ""]


def _meetings(meetings: Sequence[PaperMeeting]) -> Iterable[Part]:
    yield h.H2(f"Meetings today: {len(meetings)}")
    rows: list[list[Part]] = [
        [
            _moment(one.at),
            f"{one.person}, {one.case_number}",
            one.where or "not said",
            ", ".join(one.who) or "nobody yet",
        ]
        for one in meetings
    ]
    yield _table(("When", "About", "Where", "Who"), "meetings", rows) if rows else h.P("None that we know of.")


def _contacts(contacts: Sequence[Reach]) -> Iterable[Part]:
    yield h.H2(f"People at the highest risk: {len(contacts)}")
    if not contacts:
        yield h.P("None.")
    for one in contacts:
        lines = (
            ("Know first", "; ".join(one.alerts)), ("To contact safely", one.safe_contact),
            ("Phone", one.phone or "not known"), ("Another way", one.other_contact), ("Carer", one.carer),
            ("Address", one.address), ("Language and support", one.language),
            ("Care coordinator", one.coordinator or "not named yet"), ("NHS number", _spaced(one.nhs_number)),
        )  # fmt: skip
        said = [part for label, text in lines if text for part in (h.DT(label), h.DD(text))]
        name = h.H3(_who(one.name, one.dob), h.SPAN(f" {RISKS.get(one.risk, '')}. {one.case_number}"))
        yield h.E.section(name, h.DL(*said))


def _who(name: str, dob: date | None) -> str:
    return f"{name}, born {long_date(dob) if dob else 'on a day not known'}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%H:%M}"


def _whole(text: str) -> _Element:
    """A number that stays on one line."""
    number: _Element = h.SPAN(text, h.CLASS("whole"))
    return number


def _spaced(digits: str | None) -> str:
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if digits else "not known"


def _table(heads: Sequence[str], kind: str, rows: Sequence[Sequence[Part]]) -> _Element:
    body = [h.TR(*(h.TD(cell) for cell in row)) for row in rows]
    drawn: _Element = h.TABLE(h.THEAD(h.TR(*(h.TH(one, scope="col") for one in heads))), h.TBODY(*body), h.CLASS(kind))
    return drawn
