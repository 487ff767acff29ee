"""Which questions of a set are shown once the answers are known, and what each of them is answered with.

The answer to a hidden question is dropped, and with it whatever depended on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms import instruments
from forms.conditions import Condition
from forms.definition import Question
from forms.order import in_order
from forms.schema import Faults


@dataclass(frozen=True, slots=True)
class Shown:
    """A question that counts: its input name, its answer (None if there is none), and what conditions see there."""

    name: str
    question: Question
    answer: Any
    sees: Mapping[str, Any]


class Settling:
    """Settles the questions of one set; `answers` and `faults` are changed in place."""

    def __init__(self, questions: Sequence[Question], answers: dict[str, Any], faults: Faults) -> None:
        self.questions = questions
        self.answers = answers
        self.faults = faults
        self._shown: dict[str, list[Shown]] = {question.id: [] for question in questions}

    def settle(self, outside: Mapping[str, Any], prefix: str = "") -> list[Shown]:
        """The shown questions in reading order. `outside` holds the answers around this set."""
        own = {question.id for question in self.questions}
        around = {name: value for name, value in outside.items() if name not in own}
        for question in in_order(self.questions):
            sees = {**around, **self.answers}
            if question.show_when and not question.show_when.holds(sees):
                self.answers.pop(question.id, None)
                self.faults.pop(question.id, None)
            else:
                self._answer(question, prefix + question.id, sees)
        sees = {**around, **self.answers}
        return [
            Shown(each.name, each.question, each.answer, sees if each.name == prefix + question.id else each.sees)
            for question in self.questions
            for each in self._shown[question.id]
        ]

    def _answer(self, question: Question, name: str, sees: Mapping[str, Any]) -> None:
        inner: list[Shown] = []
        if question.computed:
            self._keep(question.id, computed(question, question.computed, sees))
        elif question.kind == "bool":
            self.answers.setdefault(question.id, False)
        elif question.kind == "repeating":
            inner = self._settle_rows(question, name, sees)
        elif question.fields:
            inner = self._settle_set(question, name, sees)
        self._shown[question.id] = [Shown(name, question, self.answers.get(question.id), sees), *inner]

    def _settle_set(self, question: Question, name: str, sees: Mapping[str, Any]) -> list[Shown]:
        answers = self.answers.setdefault(question.id, {})
        faults = self.faults.setdefault(question.id, {})
        inner = Settling(question.fields, answers, faults).settle(sees, f"{name}.")
        scored = question.kind == "instrument" and answers
        self._keep(question.id, with_score(question.instrument, answers) if scored else answers)
        return inner

    def _settle_rows(self, question: Question, name: str, sees: Mapping[str, Any]) -> list[Shown]:
        """Rows left blank are no rows; those begun are settled one by one."""
        inner: list[Shown] = []
        rows, faults = self.answers.get(question.id, []), self.faults.get(question.id, {})
        begun = []
        for row, answers in enumerate(rows):
            wrong = faults.setdefault(row, {})
            if not answers and not wrong:
                continue
            shown = Settling(question.fields, answers, wrong).settle(sees, f"{name}.{row}.")
            if _holds(wrong) or _is_begun(question.fields, answers):
                inner += shown
                begun.append(answers)
        self._keep(question.id, begun)
        return inner

    def _keep(self, name: str, answer: Any) -> None:
        if answer is None or answer in ({}, []):
            self.answers.pop(name, None)
        else:
            self.answers[name] = answer


def _is_begun(questions: Sequence[Question], answers: Mapping[str, Any]) -> bool:
    """Whether anybody filled in something here: an empty box and a computed answer come by themselves."""
    asked = [answers[question.id] for question in questions if question.id in answers and not question.computed]
    return any(_holds(answer) for answer in asked)


def _holds(value: Any) -> bool:
    """Whether there is anything in nested answers or faults besides empty boxes."""
    return any(_holds(inner) for inner in value.values()) if isinstance(value, dict) else value is not False


def computed(question: Question, how: Condition, sees: Mapping[str, Any]) -> Any:
    """The computed answer, rounded as the question says; None when answers it needs are missing."""
    value = how.value(sees)
    if isinstance(value, float):
        return round(value, 2 if question.decimals is None else question.decimals)
    return value if isinstance(value, str | int | bool) else None


def with_score(key: str, items: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to an instrument: its items, the version asked, and its score as far as there is one."""
    tool, score = instruments.instrument(key), instruments.score(key, items)
    known = {"total": score.total, "band": score.band}
    return {
        "items": dict(items),
        "version": tool.version if tool else 0,
        "complete": score.complete,
        **{name: value for name, value in known.items() if value is not None},
    }
