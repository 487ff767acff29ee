"""Answers as people read them: on a screen, in a document, on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms import instruments
from forms.circumstances import Lookups
from forms.days import human_day
from forms.definition import Definition, Question, Section
from forms.figures import plain
from forms.picks import no_longer_offered, offered
from forms.words import spaced

RESTRICTED = "Restricted"
NOT_FILLED_IN = "Not filled in"
TAKEN_AWAY = "Taken away"
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One answered question in words."""

    label: str
    text: str
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class ShownSection:
    """The answered questions of one section."""

    title: str
    rows: tuple[ShownRow, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the names behind lookups, and whether sensitive answers may be seen."""

    lookups: Lookups
    may_see_sensitive: bool

    def rows(self, questions: Sequence[Question], answers: Mapping[str, Any], before: str = "") -> Iterator[ShownRow]:
        """The rows of one set of questions, in reading order.

        A sensitive question is shown as "Restricted" whether or not it is answered: that there is an answer
        would already tell something.
        """
        for question in questions:
            label = before + question.label
            if question.sensitive and not self.may_see_sensitive:
                yield ShownRow(label, RESTRICTED, sensitive=True)
            elif question.id in answers:
                yield from self._answered(question, answers[question.id], label)

    def _answered(self, question: Question, answer: Any, label: str) -> Iterator[ShownRow]:
        if answer is None:  # a part of the form took away what stood there
            yield ShownRow(label, TAKEN_AWAY, question.sensitive)
        elif question.kind == "instrument":
            yield from self._scored(question, answer, label)
        elif question.kind == "group":
            yield from self._inner(question, self.rows(question.fields, answer, f"{label}: "))
        elif question.kind == "repeating":
            item = question.item_label or question.label
            for number, row in enumerate(answer, 1):
                yield from self._inner(question, self.rows(question.fields, row, f"{item} {number}: "))
        else:
            yield ShownRow(label, self.text(question, answer), question.sensitive)

    def _scored(self, question: Question, answer: Mapping[str, Any], label: str) -> Iterator[ShownRow]:
        found = instruments.score(question.instrument, answer["items"])
        yield ShownRow(label, _first_capital(found.explain), question.sensitive)
        yield from self._inner(question, self.rows(question.fields, answer["items"], f"{label}: "))

    def _inner(self, question: Question, rows: Iterator[ShownRow]) -> Iterator[ShownRow]:
        for row in rows:
            yield ShownRow(row.label, row.text, row.sensitive or question.sensitive)

    def text(self, question: Question, answer: Any) -> str:
        """One answer in words."""
        if question.kind in ("date", "datetime"):
            return human_day(str(answer))
        if question.kind == "nhs_number":
            return spaced(str(answer))
        if isinstance(answer, bool):
            return "Yes" if answer else "No"
        labels = dict(no_longer_offered(question, self.lookups))
        labels |= {choice.value: choice.label for choice in offered(question, self.lookups)}
        if isinstance(answer, list):
            return ", ".join(labels.get(value, str(value)) for value in answer)
        if str(answer) in labels:
            return labels[str(answer)]
        number = plain(answer) if isinstance(answer, int | float) else name_or_day(question, str(answer))
        return f"{number} {question.unit}" if question.unit else number


def name_or_day(question: Question, answer: str) -> str:
    """A meeting is known by its day, and offered as a choice on that day only."""
    return human_day(answer) if question.kind == "lookup" and ISO_DAY.fullmatch(answer) else answer


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def show(definition: Definition, answers: Mapping[str, Any], reader: Reader) -> tuple[ShownSection, ...]:
    """The answered form for this reader; sections without an answer are left out, untouched ones say so."""
    found = (ShownSection(each.title, tuple(_rows(each, answers, reader))) for each in definition.sections)
    return tuple(section for section in found if section.rows)


def _rows(section: Section, answers: Mapping[str, Any], reader: Reader) -> Iterator[ShownRow]:
    """The rows of a section; that there is no answer is told only to those who may see all of it."""
    signed = bool(section.filled_in_by) and answers.keys() >= set(section.filled_in_by)
    told = reader.may_see_sensitive or not any(each.sensitive for each in section.fields)
    if signed and told and section.untouched(answers):
        return iter([ShownRow("This part", NOT_FILLED_IN)])
    return reader.rows(section.fields, answers)
