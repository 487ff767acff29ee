"""Answers picked from what is offered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError

from forms.circumstances import Circumstances, Lookups
from forms.definition import Choice, Question
from forms.kinds import FILE_KINDS, KINDS
from forms.wording import demand
from forms.words import Answered

FILES = "file"  # in the lookups: the files that may stand in a form, by id with their names
GONE = "_gone"  # behind the name of a lookup: what it offered once and offers no longer


def offered(question: Question, lookups: Lookups) -> Sequence[Choice]:
    """The choices of a question; those of a lookup are known only at run time, and so are the names of files."""
    if question.kind == "lookup":
        return lookups.get(question.lookup, ())
    if question.kind in FILE_KINDS:
        return lookups.get(FILES, ())
    if question.kind == "scale" and not question.choices:
        low = int(question.min or 0)
        high = 10 if question.max is None else int(question.max)
        return tuple(Choice(str(number), str(number)) for number in range(low, high + 1))
    return question.choices or KINDS[question.kind].offered


def named(questions: Iterable[Question]) -> frozenset[str]:
    """The names of the lookups that these questions offer from, with what is no longer offered, and of the files."""
    names: set[str] = set()
    for question in questions:
        if question.kind == "lookup":
            names |= {question.lookup, f"{question.lookup}{GONE}"}
        elif question.kind in FILE_KINDS:
            names.add(FILES)
    return frozenset(names)


def no_longer_offered(question: Question, lookups: Lookups) -> Mapping[str, str]:
    """What a lookup offered once, by value, in words that say what became of it: they stand beside the lookup."""
    return {choice.value: choice.label for choice in lookups.get(f"{question.lookup}{GONE}", ())}


class Pick(Answered):
    """One of the choices."""

    def __init__(self, question: Question, circumstances: Circumstances) -> None:
        super().__init__(question, circumstances)
        self.values = tuple(choice.value for choice in offered(question, circumstances.lookups))
        self.gone = no_longer_offered(question, circumstances.lookups)

    def _deserialize(self, value: str, attr: str | None, data: object, **kwargs: Any) -> Any:
        if value not in self.values:
            raise self.not_offered(self.gone.get(value, ""))
        return value

    def not_offered(self, gone: str = "") -> ValidationError:
        """The error for a choice that is not, or no longer, on the list; `gone` says what became of it."""
        return ValidationError(f"{f'{gone}. ' if gone else ''}{demand(self.question)} from the list")


class Mark(Pick):
    """One mark on a scale, kept as a number."""

    def _deserialize(self, value: str, attr: str | None, data: object, **kwargs: Any) -> int:
        return int(super()._deserialize(value, attr, data, **kwargs))


class Picks(Pick):
    """Any number of the choices, kept in the order in which they are offered."""

    def _deserialize(self, value: Sequence[str], attr: str | None, data: object, **kwargs: Any) -> list[str]:
        if not set(value) <= set(self.values):
            raise self.not_offered()
        chosen = [choice for choice in self.values if choice in value]
        least, most = self.question.min_items, self.question.max_items
        if len(chosen) < least:
            raise ValidationError(f"{demand(self.question)}: at least {least}")
        if most is not None and len(chosen) > most:
            raise ValidationError(f"{demand(self.question)}: no more than {most}")
        return chosen

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> list[str]:
        return [str(choice) for choice in value]


class Tick(Answered):
    """One box, ticked or not."""

    def _deserialize(self, value: str, attr: str | None, data: object, **kwargs: Any) -> bool:
        return True

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str:
        return "yes" if value else ""
