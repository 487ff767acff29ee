"""Answers that another system tells as JSON, as the page of the form would send them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from forms import Form, Question
from forms.inputs import MOST_ROWS
from forms.kinds import KINDS, Shape
from workflows.casework.errors import AnswersRefused
from workflows.clock import LONDON

Typed = dict[str, list[str]]
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def as_typed(form: Form, answers: Mapping[str, Any]) -> Typed:
    """Return the answers by the names of the form's inputs; the form itself then checks what they say.

    Raises AnswersRefused, by the name of the answer, for what has the wrong shape or belongs to no question.
    """
    telling = _Telling()
    typed = dict(telling.all(form.definition.questions, answers, ""))
    if telling.errors:
        raise AnswersRefused(telling.errors)
    return typed


class _Telling:
    """One set of answers on its way to the form, and what is wrong with its shape."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def all(
        self, questions: Sequence[Question], answers: Mapping[str, Any], prefix: str
    ) -> Iterator[tuple[str, list[str]]]:
        known = {question.id: question for question in questions}
        for name, answer in answers.items():
            if name not in known or KINDS[known[name].kind].shape is Shape.NONE:
                self.errors[prefix + str(name)] = "There is no such question"
            elif answer is not None:
                yield from self._one(known[name], answer, prefix + name)

    def _one(self, question: Question, answer: Any, name: str) -> Iterator[tuple[str, list[str]]]:
        match KINDS[question.kind].shape:
            case Shape.SEVERAL:
                yield from self._several(answer, name)
            case Shape.PARTS:
                yield from self._parts(question, answer, name)
            case Shape.SET:
                yield from self._set(question, answer, name)
            case Shape.SETS:
                yield from self._sets(question, answer, name)
            case _:
                yield from self._single(question, answer, name)

    def _single(self, question: Question, answer: Any, name: str) -> Iterator[tuple[str, list[str]]]:
        if question.kind == "bool":
            if not isinstance(answer, bool):
                self.errors[name] = "Give true or false"
            elif answer:
                yield name, ["yes"]
        elif isinstance(answer, bool) or not isinstance(answer, str | int | float):
            self.errors[name] = "Give text or a number"
        else:
            yield name, [str(answer)]

    def _several(self, answer: Any, name: str) -> Iterator[tuple[str, list[str]]]:
        if isinstance(answer, list) and all(isinstance(each, str) for each in answer):
            yield name, answer
        else:
            self.errors[name] = "Give a list of words"

    def _parts(self, question: Question, answer: Any, name: str) -> Iterator[tuple[str, list[str]]]:
        parts = _moment(answer) if question.kind == "datetime" else _day(answer)
        if parts is None:
            like = "2026-11-24T09:30:00Z" if question.kind == "datetime" else "2026-11-24"
            self.errors[name] = f"Give a date like {like}"
        else:
            yield from ((f"{name}[{part}]", [text]) for part, text in parts.items())

    def _set(self, question: Question, answer: Any, name: str) -> Iterator[tuple[str, list[str]]]:
        if not isinstance(answer, Mapping):
            self.errors[name] = "Give an object with the answers"
            return
        items = answer.get("items") if question.kind == "instrument" else None
        yield from self.all(question.fields, items if isinstance(items, Mapping) else answer, f"{name}.")

    def _sets(self, question: Question, answer: Any, name: str) -> Iterator[tuple[str, list[str]]]:
        right = isinstance(answer, list) and all(isinstance(each, Mapping) for each in answer)
        if not right or len(answer) > MOST_ROWS:
            self.errors[name] = f"Give a list of at most {MOST_ROWS} objects"
            return
        yield f"{name}.count", [str(len(answer))]
        for row, inner in enumerate(answer):
            yield from self.all(question.fields, inner, f"{name}.{row}.")


def _day(answer: Any) -> dict[str, str] | None:
    found = _DAY.fullmatch(answer) if isinstance(answer, str) else None
    return {"day": found[3], "month": found[2], "year": found[1]} if found else None


def _moment(answer: Any) -> dict[str, str] | None:
    """An instant with its zone, as the clock on a wall in London shows it."""
    try:
        instant = datetime.fromisoformat(answer) if isinstance(answer, str) else None
    except ValueError:
        return None
    if instant is None or instant.tzinfo is None:
        return None
    if not date(1900, 1, 2) <= instant.date() <= date(9998, 12, 30):
        return None
    local = instant.astimezone(UTC).astimezone(LONDON)
    return {
        "day": str(local.day),
        "month": str(local.month),
        "year": f"{local.year:04}",
        "time": f"{local:%H:%M} {local:%Z}".lower(),
    }
