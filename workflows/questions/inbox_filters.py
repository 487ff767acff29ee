"""Narrowing the inbox: what may be asked for in the address, and what it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select

from workflows.casework.case import Case
from workflows.casework.person import Person
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.questions.finding import has_nhs_number, nhs_number_in
from workflows.questions.inbox_views import Condition, Glance, due_until, overdue

CLASSES = {"S": "Safety", "A": "Promised to a person", "B": "Internal", "C": "Low"}
WINDOWS = {
    "overdue": "Overdue",
    "today": "Due today",
    "week": "Due this week",
    "fortnight": "Due within 14 days",
    "paused": "Clock stopped",
}
RISKS = {
    "palliative": "palliative",
    "very_high": "very high",
    "high": "high",
    "medium": "medium",
    "low": "low",
    "unknown": "not yet known",
}
SHORTEST_WORD, LONGEST_SEARCH, MOST_WORDS = 2, 60, 4
_FORM = re.compile(r"F[0-9]{2}[a-z]?")
Given = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Filters:
    """What narrows a list of tasks. Empty: nothing. `words` looks for a task, a case number, a name or an NHS number.

    The words are never part of an address: they may say who somebody is. `mark` stands there for them.
    """

    teams: tuple[UUID, ...] = ()
    classes: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    due: str = ""
    risks: tuple[str, ...] = ()
    holder: UUID | None = None  # in whose hands
    words: str = ""
    mark: str = field(default="", compare=False)

    @classmethod
    def read(cls, given: Given, mark: str = "") -> Filters:
        """Read filters from an address; what is not understood is passed over, never an error."""
        return cls(
            teams=tuple(_ids(given.get("team", ()))),
            classes=_known(given.get("class", ()), CLASSES),
            forms=tuple(key for key in dict.fromkeys(given.get("form", ())) if _FORM.fullmatch(key)),
            due=next(iter(_known(given.get("due", ()), WINDOWS)), ""),
            risks=_known(given.get("risk", ()), RISKS),
            holder=next(iter(_ids(given.get("holder", ()))), None),
            words=_printable(next(iter(given.get("q", ())), ""))[:LONGEST_SEARCH],
            mark=mark,
        )

    @property
    def active(self) -> bool:
        """Whether anything is narrowed."""
        return self != Filters()

    def pairs(self) -> list[tuple[str, str]]:
        """The filters as they stand in an address."""
        return [*self.lasting_pairs(), *([("search", self.mark)] if self.mark else [])]

    def lasting_pairs(self) -> list[tuple[str, str]]:
        """The same without what was searched for: a name must not lie in somebody's saved filters."""
        return [
            *(("team", str(team)) for team in self.teams),
            *(("class", each) for each in self.classes),
            *(("form", each) for each in self.forms),
            *([("due", self.due)] if self.due else []),
            *(("risk", each) for each in self.risks),
            *([("holder", str(self.holder))] if self.holder else []),
        ]

    def condition(self, glance: Glance) -> Condition:
        """The filters as a condition on `Task` joined with its case and person."""
        asked: list[Condition] = [Task.id.is_not(None)]
        if self.teams:
            asked.append(Task.team_id.in_(self.teams))
        if self.classes:
            asked.append(Task.escalation.in_(self.classes))
        if self.forms:
            asked.append(Task.form_key.in_(self.forms))
        if self.risks:
            asked.append(Case.risk_level.in_(self.risks))
        if self.holder:
            asked.append(Task.assignee_id == self.holder)
        if self.due:
            asked.append(_window(self.due, glance))
        if number := nhs_number_in(self.words):
            return and_(*asked, has_nhs_number(number))
        return and_(*asked, *(_mentions(word) for word in self.searched()))

    @property
    def repeated(self) -> str:
        """The words as a page may say them back: never an NHS number."""
        return "" if nhs_number_in(self.words) else self.words

    def searched(self) -> list[str]:
        """The words that are looked for; shorter ones would find everybody."""
        return [word for word in self.words.split() if len(word) >= SHORTEST_WORD][:MOST_WORDS]


def _window(due: str, glance: Glance) -> Condition:
    if due == "overdue":
        return overdue(glance)
    if due == "paused":
        return Task.paused_at.is_not(None)
    ends = {
        "today": glance.end_of_today,
        "week": glance.end_of_week,
        "fortnight": glance.end_of(glance.today + timedelta(days=14)),
    }
    return due_until(glance, ends[due])


def _mentions(word: str) -> Condition:
    """Whether a task's name, its case number, the person's name or that of its holder holds a word.

    However it is written; the holder, so that whoever runs a team finds what lies with a colleague.
    """
    # SQLite folds only the letters of English: names like Özlem are looked for in each spelling.
    spellings = {word, word.lower(), word.upper(), word.capitalize()} if not word.isascii() else {word}
    places = (Task.name, Case.number, Person.family_name, Person.given_name, Person.preferred_name)
    holder = or_(*(StaffMember.name.icontains(each, autoescape=True) for each in sorted(spellings)))
    theirs = Task.assignee_id.in_(select(StaffMember.id).where(holder))
    return or_(theirs, *(place.icontains(each, autoescape=True) for place in places for each in sorted(spellings)))


def _printable(text: str) -> str:
    """What can be read of a text, with single spaces."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _known(given: Iterable[str], offered: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(each for each in offered if each in set(given))


def _ids(given: Iterable[str]) -> Iterable[UUID]:
    for each in dict.fromkeys(given):
        try:
            yield UUID(each)
        except ValueError:
            continue
