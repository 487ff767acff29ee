"""What a form asks, as frozen values: the form, its sections, its questions and its rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.conditions import Condition


class DefinitionError(ValueError):
    """A definition cannot be used; `faults` holds one sentence for each thing that is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer a person may pick: the stored value and the words shown for it."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a form, with the entries of its JSON; what each kind may say stands in `forms.kinds`.

    `show_when` already holds the condition of the section. `min` and `max` belong to the number allowed, as do
    the lengths (characters) and the items (rows or choices).
    """

    id: str
    label: str
    kind: str
    hint: str = ""
    required: bool = False
    required_when: Condition | None = None
    required_message: str = ""
    show_when: Condition | None = None
    sensitive: bool = False
    warn_when: Condition | None = None
    warning: str = ""
    choices: tuple[Choice, ...] = ()
    lookup: str = ""
    min: float | None = None
    max: float | None = None
    min_length: int = 0
    max_length: int | None = None
    unit: str = ""
    decimals: int | None = None
    fields: tuple[Question, ...] = ()
    min_items: int = 0
    max_items: int | None = None
    item_label: str = ""
    past: bool = False
    future: bool = False
    not_before: str = ""
    instrument: str = ""
    computed: Condition | None = None
    columns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a form under one heading, which may be filled by somebody of its own.

    `filled_in_by` names the questions that say who filled it in and when: by themselves they fill in nothing.
    """

    key: str
    title: str
    about: str = ""
    show_when: Condition | None = None
    filled_in_by: tuple[str, ...] = ()
    fields: tuple[Question, ...]

    def untouched(self, answers: Mapping[str, Any]) -> bool:
        """Whether nothing stands in it but who filled it in; a box that is not ticked says nothing either."""
        said = {each.id for each in self.fields if _says_something(answers.get(each.id))}
        return bool(self.filled_in_by) and not said - set(self.filled_in_by)


def _says_something(answer: Any) -> bool:
    """Whether it is an answer; 0 is one, although Python takes it for False."""
    return answer is not None and answer is not False and answer not in ([], {})


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that must not be so across several answers; the message appears at one question."""

    when: Condition
    field: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One version of a form, as it was written and checked."""

    key: str
    title: str
    version: int
    about: str = ""
    sections: tuple[Section, ...]
    rules: tuple[Rule, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions of the form's own level, in reading order."""
        return tuple(question for section in self.sections for question in section.fields)

    @property
    def names(self) -> frozenset[str]:
        """Every name that a condition or a date of the form looks at, be it a question or not."""
        asked = [rule.when.names for rule in self.rules]
        for one in every_question(self.questions):
            conditions = (one.show_when, one.required_when, one.warn_when, one.computed)
            asked += [frozenset({one.not_before}), *(each.names for each in conditions if each)]
        return frozenset().union(*asked)


def every_question(questions: Sequence[Question]) -> Iterator[Question]:
    """These questions and all those inside their groups, in reading order."""
    for question in questions:
        yield question
        yield from every_question(question.fields)
