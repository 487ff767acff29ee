"""A set of questions as a marshmallow schema: each kind of question has its field there.

The schema reads and writes single answers. What depends on several answers (shown, required, rules) is settled
afterwards in `forms.settling`, because it may take an answer away again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from forms.circumstances import Circumstances
from forms.days import Day, Moment
from forms.definition import Question
from forms.figures import Fraction, Whole
from forms.picks import Mark, Pick, Picks, Tick
from forms.words import Answered, Email, FileId, FileIds, LongText, Name, NhsNumber, Phone, Postcode, Text

Typed = Mapping[str, Any]  # what was typed, nested like the questions; blank inputs are absent
Faults = dict[Any, Any]  # marshmallow's messages, nested like the questions

FIELDS: Mapping[str, Callable[[Question, Circumstances], Answered]] = {
    "text": Text,
    "name": Name,
    "longtext": LongText,
    "int": Whole,
    "decimal": Fraction,
    "date": Day,
    "datetime": Moment,
    "yes_no": Pick,
    "yes_no_unknown": Pick,
    "choice": Pick,
    "select": Pick,
    "multichoice": Picks,
    "bool": Tick,
    "nhs_number": NhsNumber,
    "postcode": Postcode,
    "phone": Phone,
    "email": Email,
    "lookup": Pick,
    "file": FileId,
    "files": FileIds,
    "scale": Mark,
}


class _Answers(Schema):
    """Looks an answer up by its name only: "items" or "values" are questions here, never methods of a mapping."""

    def get_attribute(self, obj: Mapping[str, Any], attr: str, default: Any) -> Any:
        return obj.get(attr, default)


def schema_of(questions: Sequence[Question], circumstances: Circumstances) -> Schema:
    """The schema that reads these questions under these circumstances."""
    made = {question.id: _field(question, circumstances) for question in questions}
    asked = {name: field for name, field in made.items() if field is not None}
    return _Answers.from_dict(asked)(unknown=EXCLUDE)


def _field(question: Question, circumstances: Circumstances) -> fields.Field[Any] | None:
    """The field of one question; None for what is shown and not asked."""
    if question.kind in FIELDS:
        return FIELDS[question.kind](question, circumstances)
    if not question.fields:
        return None
    return fields.Nested(schema_of(question.fields, circumstances), many=question.kind == "repeating")


def load(questions: Sequence[Question], typed: Typed, circumstances: Circumstances) -> tuple[dict[str, Any], Faults]:
    """The answers that could be read, and the faults of those that could not."""
    try:
        answers: dict[str, Any] = schema_of(questions, circumstances).load(typed)
    except ValidationError as error:
        return cast("dict[str, Any]", error.valid_data), dict(error.messages_dict)
    return answers, {}


def dump(questions: Sequence[Question], answers: Mapping[str, Any], circumstances: Circumstances) -> Typed:
    """What would be typed to give these answers."""
    typed: Typed = schema_of(questions, circumstances).dump(_without_scores(questions, answers))
    return typed


def _without_scores(questions: Sequence[Question], answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answers with only the items of instruments: beside them stands the score, which is never typed."""
    asked = {question.id: question for question in questions if question.fields}
    return {name: _items(asked[name], value) if name in asked else value for name, value in answers.items()}


def _items(question: Question, answer: Any) -> Any:
    if question.kind == "instrument":
        return answer["items"]
    if question.kind == "repeating":
        return [_without_scores(question.fields, row) for row in answer]
    return _without_scores(question.fields, answer)
