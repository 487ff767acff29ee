"""The timeline as its page shows it: days, and under each of them a line for what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from webapp.cases.timeline_words import SENTENCES, Detail
from webapp.wording import day
from workflows.clock import LONDON
from workflows.questions.timeline import Entry

GATHERED = frozenset({"notice written", "notice sent", "notice suppressed", "notice failed"})
KIND_NAMES = {
    "journey": "The journey",
    "tasks": "Tasks and actions",
    "documents": "Documents and plan",
    "letters": "Letters",
    "contacts": "Contacts and hospital",
    "messages": "Messages and notices",
    "decisions": "Decisions and reviews",
    "sharing": "Consent and sharing",
}


@dataclass(frozen=True)
class Line:
    """One entry as the page shows it."""

    time: str
    text: str
    why: str
    who: str
    document_id: str


@dataclass(frozen=True)
class Day:
    """What happened on one day, newest first."""

    on: str
    lines: tuple[Line, ...]


def days(entries: tuple[Entry, ...]) -> list[Day]:
    """Put entries under their days, in London."""
    by_day = groupby(_gathered(entries), key=lambda entry: entry.at.astimezone(LONDON).date())
    return [Day(f"{on:%A} {day(on)}", tuple(_line(entry) for entry in told)) for on, told in by_day]


def _gathered(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Tell in one line what was told to several people at once."""
    for _, same in groupby(entries, key=lambda one: (one.at, one.act, one.who, one.detail.get("kind"), _alone(one))):
        first, *others = same
        told = [str(one.detail["to"]) for one in (first, *others) if "to" in one.detail]
        detail = {**first.detail, "times": 1 + len(others)} | ({"to": _and(told)} if told else {})
        yield replace(first, detail=detail)


def _alone(entry: Entry) -> object:
    """Everything but a notice keeps its own line."""
    return entry.act in GATHERED or id(entry)


def _and(names: Sequence[str]) -> str:
    *others, last = dict.fromkeys(names)
    return f"{', '.join(others)} and {last}" if others else last


def _line(entry: Entry) -> Line:
    return Line(
        time=f"{entry.at.astimezone(LONDON):%H:%M}",
        text=sentence(entry),
        why=_why(entry.detail),
        who=entry.who,
        document_id=str(entry.document_id or ""),
    )


def sentence(entry: Entry) -> str:
    """Say one act. One that nobody has put into words is said as the trail names it."""
    said = SENTENCES.get(entry.act)
    if said is None:
        return entry.act[:1].upper() + entry.act[1:]
    if callable(said):
        return said(entry.detail) if entry.act != "document filed" else f"Document: {entry.title or 'not yours to see'}"
    return said.format_map(_Told(entry.detail))


def _why(detail: Detail) -> str:
    """Say the reason somebody gave, or a table found."""
    explained = detail.get("changed", {}).get("explain", ["", ""])[-1] if "table" in detail else ""
    return str(explained or detail.get("why") or "")


class _Told(dict[str, Any]):
    """The details an entry holds; one that is missing shows as a dash, never as an error."""

    def __missing__(self, name: str) -> str:
        return "–"
