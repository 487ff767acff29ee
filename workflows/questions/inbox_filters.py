"""Narrowing the inbox: what may be asked for in the address, and what it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from workflows.casework.case import Case
from workflows.casework.task import Task
from workflows.questions.finding import nhs_number_in
from workflows.questions.inbox_views import (
    END_OF_FORTNIGHT,
    END_OF_TODAY,
    END_OF_WEEK,
    Condition,
    due_until,
    overdue,
)

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

    def asked(self) -> list[Condition]:
        """What tasks are asked to be, as conditions on `Task` alone; forms and words stand by themselves."""
        asked: list[Condition] = []
        if self.teams:
            asked.append(Task.team_id.in_(self.teams))
        if self.classes:
            asked.append(Task.escalation.in_(self.classes))
        if self.risks:
            risky = select(Case.id).where(Case.id == Task.case_id, Case.risk_level.in_(self.risks))
            asked.append(risky.correlate_except(Case).exists())
        if self.holder:
            asked.append(Task.assignee_id == self.holder)
        if self.due:
            asked.append(_window(self.due))
        return asked

    @property
    def repeated(self) -> str:
        """The words as a page may say them back: never an NHS number."""
        return "" if nhs_number_in(self.words) else self.words

    def searched(self) -> list[str]:
        """The words that are looked for; shorter ones would find everybody."""
        return [word for word in self.words.split() if len(word) >= SHORTEST_WORD][:MOST_WORDS]


def _window(due: str) -> Condition:
    if due == "overdue":
        return overdue()
    if due == "paused":
        return Task.paused_at.is_not(None)
    return due_until({"today": END_OF_TODAY, "week": END_OF_WEEK, "fortnight": END_OF_FORTNIGHT}[due])


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
