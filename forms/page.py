"""What a page needs to ask the questions of a form: names, ids, what was typed, what was wrong, what is offered."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from forms import instruments
from forms.circumstances import Lookups, Raw
from forms.condition_tree import tree_of
from forms.conditions import Condition
from forms.definition import Choice, Definition, Question
from forms.files import MOST_FILES
from forms.inputs import input_id, parts_of, rows_in
from forms.instruments import Instrument
from forms.kinds import KINDS, Shape
from forms.picks import no_longer_offered, offered
from forms.showing import name_or_day

_INPUTS = {"int": "numeric", "decimal": "decimal", "nhs_number": "numeric", "phone": "tel", "email": "email"}
_NARROW = {"int": 5, "decimal": 5, "nhs_number": 10, "postcode": 10, "phone": 20}
_READ_AS = {
    "int": "number",
    "decimal": "number",
    "scale": "number",
    "multichoice": "list",
    "bool": "tick",
    "date": "date",
}
_FEW, _SHORT = 5, 48  # choices beside each other, and their letters together
_MANY = 12  # boxes; more of them take two columns
_UNREADABLE = frozenset({"datetime", "repeating", "group", "instrument", "computed", "info", "file", "files"})


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One set of a repeating question on the page."""

    number: int
    name: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question on the page. `show_when` is JSON for the page's script, or "" if it is always visible."""

    question: Question
    name: str
    id: str
    widget: str
    values: tuple[str, ...]
    parts: Mapping[str, str]
    error: str
    warning: str
    choices: tuple[Choice, ...]
    show_when: str
    inside: tuple[Asked, ...]
    rows: tuple[AskedRow, ...]
    instrument: Instrument | None

    @property
    def value(self) -> str:
        """What was typed into the one input of the question."""
        return self.values[0] if self.values else ""

    @property
    def chosen(self) -> tuple[Choice, ...]:
        """The files that stand here; one that is not kept any more is left out."""
        return tuple(choice for choice in self.choices if choice.value in self.values)

    @property
    def most_files(self) -> int:
        """How many files the question takes."""
        return self.question.max_items or MOST_FILES

    @property
    def optional(self) -> bool:
        """Whether the label says that the question may be left out."""
        question = self.question
        return not question.required and question.required_when is None and question.kind != "bool"

    @property
    def in_one_line(self) -> bool:
        """Whether the choices stand beside each other: a few short ones do, unless the form says otherwise."""
        if self.question.columns is not None:
            return self.question.columns > 1
        few = self.widget == "radios" and len(self.choices) <= _FEW and not any(one.hint for one in self.choices)
        return few and sum(len(one.label) for one in self.choices) <= _SHORT

    @property
    def in_columns(self) -> bool:
        """Whether a long list of boxes stands in two columns."""
        return self.widget == "checkboxes" and len(self.choices) > _MANY

    @property
    def part_names(self) -> tuple[str, ...]:
        """The parts of a date, in order."""
        return parts_of(self.question)

    @property
    def inputmode(self) -> str:
        """Which keyboard a phone should offer; "" for letters."""
        return _INPUTS.get(self.question.kind, "")

    @property
    def width(self) -> int | None:
        """The width of the input in characters; None for the full width."""
        short = next((width for width in (5, 10, 20) if 0 < (self.question.max_length or 0) <= width), None)
        return _NARROW.get(self.question.kind, short)

    @property
    def longest(self) -> int | None:
        """How many characters the form allows, where it says so."""
        return self.question.max_length


@dataclass(frozen=True, slots=True)
class AskedSection:
    """One section on the page."""

    key: str
    title: str
    about: str
    show_when: str
    asked: tuple[Asked, ...]


class Page:
    """Lays out a form for asking, with what was typed, what was wrong and what is unusual."""

    def __init__(self, raw: Raw, lookups: Lookups, errors: Mapping[str, str], warnings: Mapping[str, str]) -> None:
        self.raw = raw
        self.lookups = lookups
        self.errors = errors
        self.warnings = warnings

    def sections(self, definition: Definition, chosen: Collection[str] | None) -> tuple[AskedSection, ...]:
        """The sections of the page; only the chosen ones if any are named."""
        scope = _Names(definition.questions, "", None)
        return tuple(
            AskedSection(
                key=section.key,
                title=section.title,
                about=section.about,
                show_when=scope.followed(section.show_when),
                asked=self._asked(section.fields, scope),
            )
            for section in definition.sections
            if chosen is None or section.key in chosen
        )

    def _asked(self, questions: Sequence[Question], scope: _Names) -> tuple[Asked, ...]:
        return tuple(self._one(question, scope) for question in questions)

    def _one(self, question: Question, scope: _Names) -> Asked:
        name = scope.prefix + question.id
        shape = KINDS[question.kind].shape
        values = tuple(self.raw.get(name, ()))
        inner = _Names(question.fields, f"{name}.", scope)
        return Asked(
            question=question,
            name=name,
            id=input_id(name),
            widget=KINDS[question.kind].widget,
            values=values,
            parts={part: next(iter(self.raw.get(f"{name}[{part}]", ())), "") for part in parts_of(question)},
            error=self.errors.get(name, ""),
            warning=self.warnings.get(name, ""),
            choices=self._choices(question, values),
            show_when=scope.followed(question.show_when),
            inside=self._asked(question.fields, inner) if shape is Shape.SET else (),
            rows=self._rows(question, name, scope) if shape is Shape.SETS else (),
            instrument=instruments.instrument(question.instrument),
        )

    def _choices(self, question: Question, values: Sequence[str]) -> tuple[Choice, ...]:
        """What is offered, and what was chosen before even if it is no longer offered, so that it is not lost."""
        now = tuple(offered(question, self.lookups))
        if KINDS[question.kind].widget not in ("radios", "select", "checkboxes"):
            return now
        gone = [value for value in values if value and value not in {choice.value for choice in now}]
        told = no_longer_offered(question, self.lookups)
        kept = (Choice(value, told.get(value, f"{name_or_day(question, value)} (no longer offered)")) for value in gone)
        return (*now, *(kept if question.kind != "bool" else ()))

    def _rows(self, question: Question, name: str, scope: _Names) -> tuple[AskedRow, ...]:
        count = max(rows_in(self.raw, name), question.min_items, 1)
        return tuple(
            AskedRow(
                number=row + 1,
                name=f"{name}.{row}",
                asked=self._asked(question.fields, _Names(question.fields, f"{name}.{row}.", scope)),
            )
            for row in range(count)
        )


class _Names:
    """Which input a name in a condition means, seen from one set of questions."""

    def __init__(self, questions: Sequence[Question], prefix: str, outer: _Names | None) -> None:
        self.questions = {question.id: question for question in questions}
        self.prefix = prefix
        self.outer = outer

    def followed(self, condition: Condition | None) -> str:
        """The condition as JSON for the page's script; "" where only the server can judge it."""
        tree = tree_of(condition, self.input_of) if condition else None
        return json.dumps(tree, ensure_ascii=False) if tree else ""

    def input_of(self, name: str) -> Mapping[str, str] | None:
        """The input behind a name and how to read it."""
        first, _, rest = name.partition(".")
        question = self.questions.get(first)
        if question is None:
            return self.outer.input_of(name) if self.outer else None
        if rest:
            inner = _Names(question.fields, f"{self.prefix}{first}.", None)
            return inner.input_of(rest) if question.kind == "group" else None
        if question.kind in _UNREADABLE:
            return None
        return {"input": self.prefix + first, "as": _READ_AS.get(question.kind, "word")}
